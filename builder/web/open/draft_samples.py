"""The samples of a draft file, with masked secrets and of limited size."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from builder.imports.sample_redaction import SampleRedactor
from builder.inference import FoundField, propose_from_samples
from builder.sampling import Answer
from builder.web.choose.endpoint import EndpointForm, PropertyRow, Sample
from builder.web.open.draft_models import SavedEndpoint, SavedResponse, SavedRow, SavedSample
from extraction import Binding
from extraction import Sample as SampledResponse
from rest.errors import ItemsError, JqError
from rest.response import Response

type Redact = Callable[[str], str]

_MAX_SIZE = 2**20
_SECRET_HEADERS = frozenset({"set-cookie", "cookie", "authorization", "proxy-authorization"})


def save_sample(sample: Sample, redact: Redact) -> SavedSample | None:
    """Return a sample for a file, None if it is too large."""
    try:
        responses = list(_saved_responses(sample.answer, redact))
    except ItemsError:
        return None
    path = str(sample.proposal.source.selector["data_path"])
    saved = SavedSample(
        origin=sample.origin, kind=sample.kind, url=redact(sample.url), data_path=path, responses=responses
    )
    return saved if saved.size <= _MAX_SIZE else None


def restore_sample(form: EndpointForm, saved: SavedEndpoint) -> EndpointForm:
    """Return the endpoint with the rows and the sample of a file, without a sample that cannot be read."""
    sample = _restored(saved.sample) if saved.sample else None
    fields = {field.keys: field for field in sample.proposal.fields} if sample else {}
    rows = tuple(_restored_row(row, fields) for row in saved.rows)
    return replace(form, rows=rows, sample=sample)


def _saved_responses(answer: Answer, redact: Redact) -> Iterator[SavedResponse]:
    mask = SampleRedactor()
    for each in answer.samples:
        headers = {
            name: redact(text)
            for name, text in each.response.headers.items()
            if name.lower() not in _SECRET_HEADERS
        }
        yield SavedResponse(
            status=each.response.status,
            # The body is saved as JSON, whatever it was.
            headers={**headers, "content-type": "application/json"},
            content=redact(json.dumps(mask(each.response.body), ensure_ascii=False)),
            values=dict(each.binding.item_values),
            fields=dict(each.binding.fields),
        )


def _restored(saved: SavedSample) -> Sample | None:
    samples = tuple(
        SampledResponse(
            Response(each.status, each.headers, each.content.encode("utf-8", "surrogatepass")),
            Binding(each.values, each.fields),
        )
        for each in saved.responses
    )
    answer = Answer(samples, saved.url)
    try:
        proposal = propose_from_samples(saved.kind, answer.samples, saved.data_path)
    except (ItemsError, JqError, ValueError):
        return None
    return Sample(answer, saved.origin, saved.kind, saved.url, proposal, proposal.items)


def _restored_row(saved: SavedRow, fields: Mapping[tuple[str, ...], FoundField]) -> PropertyRow:
    return PropertyRow(
        saved.name,
        saved.title,
        saved.type,
        saved.expression,
        saved.is_selected,
        fields.get(tuple(saved.keys)) if saved.keys is not None else None,
        saved.enum,
    )
