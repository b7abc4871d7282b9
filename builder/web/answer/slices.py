"""The slices of a sample: its pages, and its responses for several parents."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from builder.recording import Exchange
from builder.sampling import Answer
from builder.web.choose.endpoint import EndpointForm, Sample
from configuration.parameter_values import Bound, ValueList
from expressions.paths import jq_path
from extraction import Sample as Fetched
from rest.errors import SyncError
from rest.page import Item
from rest.request import text_of
from rest.response import Response


@dataclass(frozen=True, slots=True)
class Slice:
    """One response of a sample. label: which page, or of which parent. exchanges: of a fetched response."""

    label: str
    fetched: Fetched = field(repr=False)
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)

    @property
    def response(self) -> Response:
        """The response of the API."""
        return self.fetched.response

    def items(self, data_path: str) -> list[Item]:
        """Return the items. Raises SyncError: there are none at the path."""
        return self.fetched.items(jq_path(data_path.strip() or "."))


def slices_of(sample: Sample) -> tuple[Slice, ...]:
    """Return the slices in the order in which they were requested."""
    first = tuple(_slices_in(sample.answer, "Page 1"))
    following = sample.next_page.answer if sample.next_page else None
    if following is None:
        return first
    return (*first, *_slices_in(following, "Page 2" if len(first) == 1 else "Next page"))


def slice_at(sample: Sample, number: int | None) -> tuple[int, Slice]:
    """Return a slice and its number. None, or a number that does not exist: the largest first response."""
    slices = slices_of(sample)
    if number is None or not 0 <= number < len(slices):
        first = sample.answer.first
        number = next(index for index, each in enumerate(slices) if each.response is first)
    return number, slices[number]


def version_of(form: EndpointForm) -> str:
    """Return a text that changes with everything that the response's tree shows."""
    tokens = [str(form.number), form.data_path.strip()]
    if form.sample:
        tokens.append(form.sample.answer.token)
        if form.sample.next_page and form.sample.next_page.answer:
            tokens.append(form.sample.next_page.answer.token)
    if form.failure:
        tokens.append(form.failure.token)
    return " ".join(tokens)


def count_text(items: int) -> str:
    """Return a number of items as text."""
    return f"{items:,} {'item' if items == 1 else 'items'}"


def item_count(part: Slice, data_path: str) -> int | None:
    """Return how many items a slice has. None: there are none at the path."""
    try:
        return len(part.items(data_path))
    except SyncError:
        return None


def _slices_in(answer: Answer, label: str) -> Iterator[Slice]:
    exchanges = answer.exchanges or ((),) * len(answer.samples)
    for fetched, own in zip(answer.samples, exchanges, strict=True):
        yield Slice(_parent_label(fetched) or label, fetched, own)


def _parent_label(fetched: Fetched) -> str:
    return ", ".join(f"{name} = {_value_text(value)}" for name, value in fetched.binding.values.items())


def _value_text(value: Bound) -> str:
    """Return the value of a path parameter as text. Of a batch, the first value and how many more."""
    if not isinstance(value, ValueList):
        return text_of(value)
    first, *others = value.values
    return f"{text_of(first)} and {len(others)} more" if others else text_of(first)
