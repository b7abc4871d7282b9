"""Find the object of a payload that an event is about: an item of an endpoint, or what refers to one."""

from collections.abc import Sequence
from dataclasses import dataclass

from builder.inference.singular import singular
from builder.inference.webhooks.detail_path import DetailPath
from builder.inference.webhooks.event_types import EventType
from builder.inference.webhooks.item_keys import ItemKey, KnownKeys, item_keys
from builder.inference.webhooks.item_shape import ItemShape, squash_noun
from builder.inference.webhooks.payload import PayloadObject
from builder.inference.words import split_words

# An object with more of the items' fields looks like one of them.
LIKE_AN_ITEM = 0.4
_EARLIER = frozenset({"old", "previous", "before", "prior", "from", "original", "past", "last"})
# Keys that hold what an event is about, whatever it is.
_MAIN = frozenset(
    {
        *("data", "object", "resource", "payload", "record", "item", "entity", "detail", "after", "current"),
        *("new", "event", "body", "content", "attributes", "value"),
    }
)
# Who did it, not what it was done to.
_ACTORS = frozenset(
    {
        *("actor", "sender", "operator", "initiator", "performer", "agent", "by", "author", "creator"),
        *("principal", "parent"),
    }
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The object that an event is about.

    key: of the item in it, None if only a parent's items can be read. likeness: to the sampled items.
    is_named: the object's name is what the items are called. is_actor: it is who caused the event, or the
    state before it.
    """

    holder: PayloadObject
    key: ItemKey | None
    likeness: float
    is_named: bool
    is_actor: bool
    score: float


def find_subject(
    shape: ItemShape, detail: DetailPath | None, objects: Sequence[PayloadObject], types: Sequence[EventType]
) -> Subject | None:
    """Return the likeliest object, None if none is an item of the endpoint or refers to one."""
    is_about = any(each.is_about(shape.nouns) for each in types)
    is_near = any(each.nearness(shape.nouns) for each in types)
    known = KnownKeys.of(shape, detail.keys if detail and detail.keys else shape.own_key)
    found = [_subject(known, detail, each, is_near=is_near) for each in objects]
    likely = [each for each in found if each and _is_likely(each, is_about=is_about)]
    return max(likely, key=lambda each: each.score, default=None)


def _subject(
    known: KnownKeys, detail: DetailPath | None, holder: PayloadObject, *, is_near: bool
) -> Subject | None:
    shape = known.shape
    likeness = shape.likeness(holder.value)
    is_named = squash_noun(_without_qualifier(holder.name)) in shape.nouns
    key = max(
        item_keys(known, detail, holder, is_like=is_named or likeness >= LIKE_AN_ITEM, is_near=is_near),
        key=lambda each: each.score,
        default=None,
    )
    if key is None and (likeness < LIKE_AN_ITEM or (detail and detail.name)):
        return None
    words = [word.lower() for name in holder.keys for word in split_words(name)]
    is_main = bool(words) and _MAIN.issuperset(map(singular, words))
    score = 3 * likeness + 1.5 * (is_named or is_main) - 0.2 * len(holder.keys) + (key.score if key else 0)
    is_item = key is not None and not key.is_reference
    is_actor = not (_EARLIER | _ACTORS).isdisjoint(words)
    return Subject(holder, key, likeness, is_named, is_actor, score + is_item - 2 * is_actor)


def _is_likely(subject: Subject, *, is_about: bool) -> bool:
    key = subject.key
    if subject.likeness >= LIKE_AN_ITEM:
        return True
    if key is None:
        return False
    return key.score >= 2 or ((subject.is_named or is_about) and key.score > 0)


def _without_qualifier(name: str) -> str:
    """Return a name without a word such as `new` or `current` at its start."""
    words = split_words(name)
    is_qualified = len(words) > 1 and words[0].lower() in {"new", "current", "updated", "changed", "after"}
    return "_".join(words[1:] if is_qualified else words)
