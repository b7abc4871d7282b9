"""Find where an object of a payload has the identifier of an item."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from builder.inference.property_names import Keys
from builder.inference.value_columns import path_expression
from builder.inference.webhooks.detail_path import DetailPath
from builder.inference.webhooks.event_types import body_types
from builder.inference.webhooks.item_shape import ItemShape, is_telling, squash_noun
from builder.inference.webhooks.payload import PayloadObject
from builder.inference.words import split_words, squash_name
from builder.json_values import value_at
from configuration.resource import PLACEHOLDER
from rest.bodies import Json
from rest.page import Item
from rest.steps import quoted_key
from rest.texts import text_of

# Keys that refer to what the event is about, without its name.
_ANY_NOUN = frozenset({"object", "resource", "entity", "record", "item", "target", "subject", "model"})
_ID_WORDS = frozenset(
    {"id", "uid", "uuid", "guid", "key", "number", "iid", "sid", "slug", "name", "identifier"}
)
_MAX_SHOWN = 40
_PREFIX = re.compile(r"[A-Za-z]{2,8}[_-]")


@dataclass(frozen=True, slots=True)
class ItemKey:
    """Where an object has the identifier of an item. place: jq from the object.

    evidence: what the choice rests on. item: the sampled item with this value, None if there is none.
    score: how strong the evidence is. is_reference: the object is not the item, but names it.
    value: in the payload.
    """

    place: str
    value: Json
    evidence: str
    score: float
    item: Item | None = None
    is_reference: bool = False


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """The identifiers of the sampled items, in one field.

    items: by identifier, as text. prefix: of all identifiers, "" if they have none in common.
    """

    shape: ItemShape
    keys: Keys
    items: Mapping[str, Item] = field(repr=False)
    prefix: str = ""
    are_numbers: bool = False

    @classmethod
    def of(cls, shape: ItemShape, keys: Keys) -> "KnownKeys":
        """Return the identifiers in a field. keys: () if no field identifies the items."""
        if not keys:
            return cls(shape, keys, {})
        items: dict[str, Item] = {}
        for item in shape.source.items:
            items.setdefault(text_of(value_at(item, keys)), item)
        matches = [_PREFIX.match(text) for text in items]
        prefixes = {match[0] if match else "" for match in matches}
        prefix = prefixes.pop() if len(prefixes) == 1 else ""
        return cls(shape, keys, items, prefix, bool(items) and all(text.isdecimal() for text in items))


def item_keys(
    known: KnownKeys,
    detail: DetailPath | None,
    holder: PayloadObject,
    *,
    is_like: bool,
    is_near: bool,
) -> Iterator[ItemKey]:
    """Yield where an object has an identifier of an item. is_near: the event's name has the items' noun."""
    keys = known.keys
    if not keys:
        return
    value = value_at(dict(holder.value), keys)
    if _is_value(value) and detail and detail.is_url:
        yield _own_url(known, value)
    elif _is_value(value):
        yield from _own_key(known, value, holder, is_like=is_like)
    for name, each in holder.scalars():
        place = quoted_key(name)
        if (name,) != keys and not isinstance(each, float):
            yield from _reference(known, name, place, each, is_like=is_like, is_near=is_near)
        if isinstance(each, str) and detail and _is_url_of(each, detail):
            yield ItemKey(f"({place} | {_LAST_SEGMENT})", each, f"{place} is a URL that ends with it", 1.3)


# The last segment of a URL, without its query.
_LAST_SEGMENT = 'split("?")[0] | split("/") | last'


def _own_key(known: KnownKeys, value: Json, holder: PayloadObject, *, is_like: bool) -> Iterator[ItemKey]:
    """Yield the field that has the identifier in the items, too."""
    place = path_expression(known.keys)
    item = known.items.get(text_of(value))
    if item is not None:
        evidence = f"{place} is {_quoted(value)}, as of a sampled item"
        yield ItemKey(place, value, evidence, 3 if is_telling(value) else 1, item)
    elif prefix := known.prefix:
        if text_of(value).startswith(prefix):
            yield ItemKey(place, value, f"{place} begins with {prefix}, as those of the sampled items", 2)
    elif _has_form(known, value):
        # The `id` of an object with a type is often that of the event.
        is_envelope = not is_like and bool(body_types([holder]))
        score = 1.4 if is_like else 0 if is_envelope else 0.5
        yield ItemKey(place, value, f"{place} has the same name as in the sampled items", score)


def _own_url(known: KnownKeys, value: Json) -> ItemKey:
    """Return the end of the item's own URL, which is its only identifier."""
    place, item = path_expression(known.keys), known.items.get(text_of(value))
    is_sampled = item is not None
    evidence = f"{place} is the URL of {'a sampled item' if is_sampled else 'the item'}"
    return ItemKey(f"({place} | {_LAST_SEGMENT})", value, evidence, 3 if is_sampled else 1.4, item)


def _reference(
    known: KnownKeys, name: str, place: str, value: Json, *, is_like: bool, is_near: bool
) -> Iterator[ItemKey]:
    """Yield the field of an object that refers to an item: by its value, or by its name."""
    words = [word.lower() for word in split_words(name)]
    is_id = bool(words) and (words[-1] in _ID_WORDS or name.lower().endswith("id"))
    noun = squash_name("".join(words[:-1])) if is_id else squash_name(name)
    is_noun = squash_noun(name) in known.shape.nouns or (bool(noun) and _is_noun(noun, known.shape))
    is_any = (noun in _ANY_NOUN or squash_name(name) == squash_name(known.keys[-1])) and is_near
    item = known.items.get(text_of(value))
    is_reference = not (is_like or is_any)
    if item is not None and is_telling(value) and (is_id or is_noun):
        evidence = f"{place} is {_quoted(value)}, the {path_expression(known.keys)} of a sampled item"
        yield ItemKey(place, value, evidence, 2.5 + 0.4 * is_noun, item, is_reference)
    elif item is not None and (is_noun or is_any):
        yield ItemKey(
            place, value, f"{place} is {_quoted(value)}, as of a sampled item", 1.8, item, is_reference
        )
    elif ((is_id and is_noun) or is_any) and _has_form(known, value):
        yield ItemKey(place, value, f"only the name of {place} suggests it", 0.4, None, is_reference)


def _is_noun(noun: str, shape: ItemShape) -> bool:
    return squash_noun(noun) in shape.nouns


def _has_form(known: KnownKeys, value: Json) -> bool:
    """Return whether a value may be one of the field: digits for digits, another text for a text."""
    if not _is_value(value):
        return False
    text = text_of(value)
    return text.startswith(known.prefix) and (not known.are_numbers or text.isdecimal())


def _is_value(value: Json) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _is_url_of(text: str, detail: DetailPath) -> bool:
    """Return whether a URL ends with the path of one item, whose last segment is its key."""
    if "://" not in text or not detail.path.endswith("}"):
        return False
    fixed = PLACEHOLDER.sub("\0", detail.path).split("\0")
    pattern = "[^/]+".join(map(re.escape, fixed))
    return re.search(f"{pattern}$", urlsplit(text).path.rstrip("/")) is not None


def _quoted(value: Json) -> str:
    text = text_of(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 1]}…"
