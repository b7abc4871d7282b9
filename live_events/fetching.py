"""From a change to what the catalog should have: the API is asked for the present state."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus

from configuration.parameter_values import Bound
from extraction import Binding, Extractor
from extraction.items import MissingPathError
from live_events.change import Change
from live_events.value_evidence import ValueEvidence
from rest.errors import DoubtError, PaginationError, Place, RefusedError, SyncError
from rest.page import Item
from rest.response import NO_CONTENT_TYPE
from rest.texts import text_of

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
# A 404 of another kind may come from a proxy, which does not know the item.
_DATA_TYPES = ("json", "xml", "yaml")
# Values of `Outcome.certainty`.
AGREED, REFUSED, CONTRADICTED = 1, 2, 3
# The doubts that say that the response is one page of several.
_MORE_PAGES = frozenset({"unread_signal", "partial_answer", "unproven_end"})


@dataclass(frozen=True, slots=True)
class Deletion:
    """An item that no longer exists.

    item: what the mapping computes the identifier from.
    must_contain: texts that the identifier must contain: the values by which the API confirms that the item
    does not exist. Another item may have the same identifier otherwise. Empty: the event says it, too.
    is_item_known: False: the item has only these values, so that the mapping may compute another identifier.
    """

    item: Item
    must_contain: tuple[str, ...] = ()
    is_item_known: bool = True

    def allows(self, identifier: str) -> bool:
        """Return True if the entity with this identifier may be deleted."""
        return all(text in identifier for text in self.must_contain)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the catalog should have after a change.

    requested_at: when the API was asked for it. None: the event shows it.
    certainty: how often the API must say the same before it counts: 1 where it agrees with the event, 2 where
    it refuses the item that the event reports as deleted, 3 where it contradicts the event.
    """

    updated: list[Item] = field(default_factory=list)
    deleted: list[Deletion] = field(default_factory=list)
    requested_at: datetime | None = None
    certainty: int = AGREED

    @property
    def only_updated(self) -> "Outcome":
        """The outcome without its deletions."""
        return replace(self, deleted=[])


async def current_state(
    change: Change, extractor: Extractor, evidence: ValueEvidence | None = None
) -> Outcome:
    """Return the present state of what changed. A status 404 or 410 of the API is a deletion.

    The API decides, so that late and repeated events do no harm. If it has the item that an event reports as
    deleted, the item is updated. evidence: learns from the responses. None: nothing is known yet.
    Raises SyncError: the state cannot be read. Nothing may be deleted then.
    """
    if not change.needs_request:
        return reported_state(change)
    kind = change.kind
    fetch = kind.webhook.fetch
    evidence = evidence or ValueEvidence()
    assert fetch is not None  # noqa: S101 - needs_request
    try:
        items = await extractor.read_endpoint(fetch, _bound(change), kind.resource.accept)
    except SyncError as error:
        if certainty := kind.webhook.needed and _certainty_of_deletion(error, change):
            return Outcome(deleted=[_deletion(change, evidence)], certainty=certainty)
        raise _located(error, change) from None
    updated = _with_values(change, items)
    evidence.note(change, updated)
    if not change.is_deletion:
        return Outcome(updated)
    # The listing of a parent never shows the deleted item. If it does, the item is not deleted.
    is_listing = fetch.path == kind.resource.endpoint.path
    deleted = [_deletion(change, evidence)] if is_listing or not items else []
    return Outcome(updated, deleted, certainty=AGREED if deleted else CONTRADICTED)


def reported_state(change: Change) -> Outcome:
    """Return the state that the event itself shows."""
    if change.is_deletion:
        return Outcome(deleted=[Deletion(each) for each in _with_values(change, [change.item or {}])])
    return Outcome(updated=_with_values(change, [] if change.item is None else [change.item]))


def _bound(change: Change) -> Mapping[str, Bound]:
    """Return the values for the request. A parameter that takes several at once gets a list of one."""
    resource = change.kind.resource
    fetch = change.kind.webhook.fetch
    batches = {each.name: each.batch for each in resource.parameters if each.batch}
    is_own = fetch is not None and fetch.path == resource.endpoint.path
    bound: dict[str, Bound] = {}
    for name, value in change.values.items():
        if name not in change.kind.webhook.needed or isinstance(value, dict | list) or value is None:
            continue
        batch = batches.get(name) if is_own else None
        bound[name] = batch.of([value]) if batch else value
    return bound


def _with_values(change: Change, items: list[Item]) -> list[Item]:
    """Return the items with the values that the items of a resync have."""
    names = change.kind.resource.value_names
    return Binding(fields={name: value for name, value in change.values.items() if name in names}).added_to(
        items
    )


def _deletion(change: Change, evidence: ValueEvidence) -> Deletion:
    """Return the deletion of what changed: as the event shows it, or else as the values alone tell."""
    needed, values = change.kind.webhook.needed, change.values
    texts = tuple(text_of(values[name]) for name in sorted(needed))
    fields: Item = {name: values[name] for name in evidence.fields(change)} | (change.item or {})
    parents = {name: values[name] for name in values.keys() & change.kind.resource.value_names - needed}
    # An item can have a `.name` of its own, but `.__name` is the value.
    texts_of_parents = {
        f"__{name}": text_of(values[name]) for name in change.kind.resource.value_names & needed
    }
    (item,) = Binding(fields=parents).added_to([{**fields, **texts_of_parents}])
    is_certain = change.item is not None and change.may_be_deleted
    return Deletion(item, () if is_certain else texts, is_item_known=change.item is not None)


def _certainty_of_deletion(error: SyncError, change: Change) -> int:
    """Return the certainty of the deletion that an error of the API is. 0: it is none."""
    if isinstance(error, RefusedError) and _is_gone(error, change):
        return AGREED if change.may_be_deleted else CONTRADICTED
    # GraphQL answers status 200 with errors, and without data, for an item that does not exist.
    is_error_in_body = isinstance(error, DoubtError) and error.doubt == "error_in_answer"
    is_refused = isinstance(error, RefusedError | MissingPathError) or is_error_in_body
    return REFUSED if is_refused and change.is_deletion else 0


def _is_gone(error: RefusedError, change: Change) -> bool:
    """Return True for the API's own status. Where the event says the same, only an HTML page is doubtful."""
    if change.may_be_deleted:
        return error.status in _GONE and "html" not in error.content_type
    is_data = error.content_type in ("", NO_CONTENT_TYPE) or any(
        name in error.content_type for name in _DATA_TYPES
    )
    return error.status in _GONE and is_data


def _located(error: SyncError, change: Change) -> SyncError:
    resource, fetch = change.kind.resource, change.kind.webhook.fetch
    is_single = fetch is not None and fetch.path != resource.endpoint.path
    if is_single and isinstance(error, PaginationError | DoubtError) and error.doubt in _MORE_PAGES:
        error.hint = (
            "Set selector.webhook.fetch to the path of one item, or to the path of the kind to read all pages"
        )
    return error.at(Place(kind=resource.kind))
