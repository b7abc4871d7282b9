"""Propose the `webhook` of a mapping entry from a payload, with reasons and doubts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from builder.inference.parent_matching import SampledSource
from builder.inference.webhooks.block import Block
from builder.inference.webhooks.conditions import Conditions
from builder.inference.webhooks.detail_path import DetailPath, find_detail_path
from builder.inference.webhooks.event_types import EventType, body_types, naming_types, outer_types
from builder.inference.webhooks.item_shape import ItemShape
from builder.inference.webhooks.payload import Payload, PayloadObject, payload_objects
from builder.inference.webhooks.subject import find_subject
from builder.inference.webhooks.values import ValueFinder
from rest.bodies import Json

# A second endpoint with the same object must look like it as much as the first, to this share.
_AS_LIKELY = 0.85
# A name that says what an event is about weighs as much as an object with all fields of the items.
_NAME_WEIGHT = 3


@dataclass(frozen=True, slots=True)
class WebhookProposal:
    """What a payload shows about one endpoint.

    block: the `webhook` of its selector, None if the evidence is not enough. reasons: one sentence for each
    choice. doubts: what is not certain. refusal: why there is no block.
    """

    source: SampledSource
    block: Mapping[str, Json] | None = None
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A payload and its objects."""

    payload: Payload
    objects: Sequence[PayloadObject] = field(repr=False)
    is_signed: bool

    def types(self, shape: ItemShape) -> list[EventType]:
        """Return the types, with other fields whose text is what the items are called."""
        found = [*outer_types(self.payload), *body_types(self.objects)]
        places = {(each.place, id(each.holder)) for each in found}
        others = naming_types(self.payload, self.objects, shape.nouns)
        return [*found, *(each for each in others if (each.place, id(each.holder)) not in places)]


@dataclass(frozen=True, slots=True)
class _Match:
    """An endpoint and what in the payload may be its item. conditions: None if nothing is."""

    shape: ItemShape
    detail: DetailPath | None = None
    conditions: Conditions | None = None

    @property
    def nearness(self) -> int:
        """How clearly the event names the endpoint's items."""
        return self.conditions.nearness if self.conditions else 0

    @property
    def score(self) -> float:
        """How likely the payload is about an item of the endpoint."""
        if self.conditions is None:
            return float("-inf")
        return self.conditions.subject.score + _NAME_WEIGHT * self.nearness


def propose_webhooks(
    payload: Payload,
    samples: Sequence[SampledSource],
    base_url: str = "",
    documented: Sequence[str] = (),
    *,
    is_signed: bool = True,
) -> list[WebhookProposal]:
    """Return a proposal for each endpoint, the one that the payload is about first.

    documented: the paths of the API's description, below the base URL. is_signed: False with
    `webhookVerify: hint`, which does not trust the values of events.
    """
    reading = _Reading(payload, payload_objects(payload.body), is_signed)
    shapes = [ItemShape.of(each) for each in samples]
    matches = [_match(each, reading, base_url, documented) for each in shapes]
    matches.sort(key=lambda each: -each.score)
    return [_proposal(each, matches[0], shapes, reading) for each in matches]


def _match(shape: ItemShape, reading: _Reading, base_url: str, documented: Sequence[str]) -> _Match:
    if not shape.items:
        return _Match(shape)
    detail = find_detail_path(shape, base_url, documented)
    types = reading.types(shape)
    subject = find_subject(shape, detail, reading.objects, types)
    return _Match(shape, detail, Conditions(shape, subject, types, reading.objects) if subject else None)


def _proposal(match: _Match, best: _Match, shapes: Sequence[ItemShape], reading: _Reading) -> WebhookProposal:
    source, conditions, detail = match.shape.source, match.conditions, match.detail
    if conditions is None:
        return WebhookProposal(source, refusal=_why_nothing(match.shape, reading))
    if refusal := _why_another(conditions, match, best):
        return WebhookProposal(source, refusal=refusal)
    if detail is None:
        return WebhookProposal(
            source,
            refusal=f"The payload has an item at {conditions.subject.holder.place}, but the path of one item "
            "is not known: the listing's path does not show it, and no item has a URL below the base URL. "
            "Enter fetch yourself",
        )
    finder = ValueFinder(match.shape, conditions, reading.objects, shapes, detail)
    block = Block(match.shape, detail, conditions, finder, reading.payload, reading.is_signed)
    if refusal := block.refusal():
        return WebhookProposal(source, refusal=refusal)
    return WebhookProposal(source, block.document, tuple(block.reasons()), tuple(block.doubts()))


def _why_nothing(shape: ItemShape, reading: _Reading) -> str:
    if not shape.items:
        return "The endpoint has no sample, so its items cannot be recognized. Fetch a sample first"
    if not reading.objects:
        return "The body is neither a JSON object nor a list of objects"
    return (
        "No object in the payload has the identifier, the fields or the name of a sampled item. Paste a "
        "payload about one of them"
    )


def _why_another(conditions: Conditions, match: _Match, best: _Match) -> str:
    """Return why the payload is about something else, "" if it is not."""
    own = conditions.subject
    if own.is_actor and not match.nearness:
        return (
            f"The payload mentions an item of this endpoint only at {own.holder.place}, which it is not about"
        )
    if not match.nearness and (place := conditions.named_object):
        return (
            f"The event is about the object at {place}. It only mentions an item of this endpoint, at "
            f"{own.holder.place}"
        )
    if match is best or best.conditions is None:
        return ""
    other = best.conditions.subject
    if own.holder is other.holder:
        is_as_likely = own.likeness >= _AS_LIKELY * other.likeness
        if match.nearness == best.nearness and is_as_likely:
            return ""
        return f"The object at {own.holder.place} is rather an item of {best.shape.kind}"
    if best.nearness > match.nearness:
        return (
            f"The payload is about an item of {best.shape.kind}. It only mentions an item of this endpoint, "
            f"at {own.holder.place}"
        )
    return ""
