"""Group recorded calls by path template and read each group as an endpoint."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from builder.imports.credentials import extract_credentials
from builder.imports.graphql_parents import link_operations
from builder.imports.har_bodies import request_body
from builder.imports.har_calls import RecordedCall
from builder.imports.har_pagination import recorded_pagination
from builder.imports.har_paths import TemplatedPath, find_templates
from builder.imports.har_sequences import CACHE_BUSTERS
from builder.imports.har_values import KnownValues, listing_nouns
from builder.imports.header_filter import keep_significant_headers
from builder.imports.imported import ImportedEndpoint, drop_empty_parts, query_params
from builder.imports.listing_detection import detect_listing
from builder.imports.name_parts import is_representation_header, listing_title, short_form
from builder.imports.parent_listings import CandidateParent, ParentListings, TemplateParameter, link_parents
from builder.imports.path_templates import mask_segments
from builder.imports.posted_bodies import PostedBody
from builder.imports.sample_redaction import SampleRedactor
from builder.imports.secret_detection import is_secret_text
from builder.inference import parameter_names
from builder.json_values import as_object
from rest.bodies import Json

_MAX_RECORDED_VALUES = 20
# 007 stays text: as a number it would be sent as 7.
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}")
_MAX_ITEMS = 1000


@dataclass(frozen=True, slots=True)
class _CallGroup:
    """The calls of one endpoint. values: the recorded values of each path parameter, in order."""

    template: str
    calls: tuple[RecordedCall, ...] = field(repr=False)
    values: Mapping[str, tuple[str, ...]] = field(repr=False)

    @property
    def best(self) -> RecordedCall:
        """The call with the most items."""
        return max(self.calls, key=lambda call: len(call.items or ()))

    def template_parameters(self) -> list[TemplateParameter]:
        """Return the path parameters with their recorded values."""
        return [
            _template_parameter(name, self.values.get(name, ())) for name in parameter_names(self.template)
        ]


def read_endpoints(calls: Sequence[RecordedCall], redactor: SampleRedactor) -> tuple[ImportedEndpoint, ...]:
    """Return the list endpoints in the order of the file, each with its parents."""
    groups = _groups(calls, redactor)
    endpoints = [_endpoint(group, redactor) for group in groups]
    items = [[item for call in group.calls for item in call.items or ()][:_MAX_ITEMS] for group in groups]
    listings = [
        CandidateParent(each.kind, each.selector, listed)
        for each, listed in zip(endpoints, items, strict=True)
        if "body" not in each.selector or "query" not in as_object(each.selector["body"])
    ]
    parents = _by_all_nouns(ParentListings.of(listings), listings)
    linked = [
        link_parents(each, group.template_parameters(), parents)
        for each, group in zip(endpoints, groups, strict=True)
    ]
    return link_operations(linked, items)


def _by_all_nouns(parents: ParentListings, listings: Sequence[CandidateParent]) -> ParentListings:
    """Add the listings by the resources that their items are: /search with the items `.issues` by issue."""
    found = {noun: list(same) for noun, same in parents.by_noun.items()}
    for each in listings:
        data_path = each.selector.get("data_path")
        if not parameter_names(each.path):
            for noun in listing_nouns(each.path, data_path if isinstance(data_path, str) else None):
                same = found.setdefault(short_form(noun), [])
                if all(each.path != other.path for other in same):
                    same.append(each)
    return replace(parents, by_noun=found)


def _groups(calls: Sequence[RecordedCall], redactor: SampleRedactor) -> list[_CallGroup]:
    """Group the calls by method, path template and GraphQL operation."""
    recorded = find_templates((call.path for call in calls), KnownValues.of(calls))
    groups: dict[tuple[str, str, str], list[RecordedCall]] = defaultdict(list)
    for call in calls:
        operation = call.operation.name if call.operation else ""
        groups[call.method, recorded[call.path].template, operation].append(call)
    return [
        _CallGroup(
            mask_segments(template, redactor),
            tuple(call for call in same if call.items is not None),
            _values([recorded[call.path] for call in same], redactor),
        )
        for (_, template, _), same in groups.items()
        if any(call.items is not None for call in same)
    ]


def _values(recorded: Iterable[TemplatedPath], redactor: SampleRedactor) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for each in recorded:
        for name, value in each.values.items():
            if redactor(value) == value and not is_secret_text(value):
                found[name][value] = None
    return {name: tuple(values) for name, values in found.items()}


def _template_parameter(name: str, texts: tuple[str, ...]) -> TemplateParameter:
    are_numbers = bool(texts) and all(_WHOLE.fullmatch(text) for text in texts)
    values = tuple(int(text) if are_numbers else text for text in texts[:_MAX_RECORDED_VALUES])
    return TemplateParameter(name, are_numbers or None, values, recorded=frozenset(texts))


def _endpoint(group: _CallGroup, redactor: SampleRedactor) -> ImportedEndpoint:
    """Return the endpoint without the parents of its path parameters."""
    best = group.best
    operation = best.operation
    body = redactor(best.body)
    found = detect_listing(body, f"/{operation.name}" if operation else group.template)
    pagination = recorded_pagination(group.calls, best, body, found.data_path if found else None)
    constant, varying = _params(group, redactor)
    posted, notes = request_body(group.calls, best, pagination.mapping, redactor)
    selector: dict[str, Json] = {
        "method": None if best.method == "GET" else best.method,
        "query_params": {name: text for name, text in constant.items() if name not in pagination.names},
        "headers": PostedBody(posted, best.body_type).headers_of(_headers(best, redactor)),
        "data_path": found.data_path if found else None,
        "pagination": dict(pagination.mapping),
        "body": posted,
        "body_type": best.body_type if posted is not None and best.body_type != "json" else None,
    }
    left_out = [name for name in varying if name not in pagination.names]
    notes += [f"{name} was left out of query_params because it has several values" for name in left_out]
    return ImportedEndpoint(
        group.template,
        operation.title if operation else listing_title(group.template),
        selector=drop_empty_parts(selector),
        sample=body,
        notes=tuple(notes),
    )


def _params(group: _CallGroup, redactor: SampleRedactor) -> tuple[dict[str, Json], list[str]]:
    """Return the query parameters with one value in all calls, and the names of the others."""
    sent = [query_params(extract_credentials((), call.params).params) for call in group.calls]
    names = sorted({name for params in sent for name in params if name.lower() not in CACHE_BUSTERS})
    varying = [name for name in names if any(params.get(name) != sent[0].get(name) for params in sent)]
    return {name: redactor(sent[0][name]) for name in names if name not in varying}, varying


def _headers(call: RecordedCall, redactor: SampleRedactor) -> dict[str, Json]:
    """Return the headers that select the representation. Other headers may identify the user."""
    headers = extract_credentials(keep_significant_headers(call.headers), ()).headers
    return {name: redactor(text) for name, text in headers if is_representation_header(name)}
