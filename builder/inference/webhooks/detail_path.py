"""The path of one item of an endpoint."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from builder.inference.property_names import Keys
from builder.inference.resource_names import ends_with_one_item, last_segment_name
from builder.inference.value_columns import path_expression
from builder.inference.webhooks.item_shape import ItemShape, squash_noun
from builder.inference.webhooks.self_urls import free_name, placeholder, template_of_urls
from builder.inference.words import squash_name
from builder.json_values import value_at
from configuration.resource import PLACEHOLDER
from rest.bodies import Json
from rest.texts import text_of

_FORMATS = re.compile(r"\.(json|xml)$", re.IGNORECASE)
# Query parameters that decide how an item looks. The others filter, sort or page a listing.
_SHAPING = frozenset(
    {
        *("version", "fields", "expand", "include", "select", "embed", "view", "format", "projection"),
        *("apiversion", "includes", "properties", "displayvalue", "sysparmfields", "sysparmdisplayvalue"),
    }
)
_UNITS = frozenset({"number", "iid"})


@dataclass(frozen=True, slots=True)
class DetailPath:
    """The path of one item.

    path: with placeholders. name: the placeholder of the item's own key, "" if the kind's own path is the
    one of the item, or if only a parent's listing can be read. keys: the field with its value.
    is_url: the value is the end of that field, a URL. others: the fields of further placeholders.
    query_params: those of the listing that decide how an item looks. why: the reason for the path.
    doubt: what is not certain, "" for nothing.
    """

    path: str
    why: str
    name: str = ""
    keys: Keys = ()
    query_params: tuple[tuple[str, Json], ...] = ()
    doubt: str = ""
    is_url: bool = False
    others: tuple[tuple[str, Keys], ...] = ()

    @property
    def names(self) -> list[str]:
        """The placeholders in the path."""
        return list(dict.fromkeys(match["name"] for match in PLACEHOLDER.finditer(self.path)))


def find_detail_path(shape: ItemShape, base_url: str, documented: Sequence[str] = ()) -> DetailPath | None:
    """Return the path of one item, else the path of one parent's items. None: neither is known.

    documented: the paths of an API's description, below the base URL.
    """
    path, _, query = shape.kind.partition("?")
    selector = shape.source.source.selector
    if ends_with_one_item(path) and _has_one_item_each(shape):
        return DetailPath(shape.kind, "The endpoint's own path reads one item")
    reads_by_get = str(selector.get("method") or "GET") == "GET" and not selector.get("job")
    shaping = tuple(_shaping_params(query, selector.get("query_params")))
    found = (
        _documented(shape, path, documented)
        or _from_self_url(shape, base_url, path)
        or (_below_listing(shape, path) if reads_by_get else None)
    )
    if found:
        return replace(found, query_params=shaping)
    if PLACEHOLDER.search(shape.kind):
        why = "The path of one item is not known, so all items of one parent are read"
        return DetailPath(shape.kind, why)
    return None


def _has_one_item_each(shape: ItemShape) -> bool:
    """Return whether each response is a single item: no two of the items have the same parents' values."""
    names = [match["name"] for match in PLACEHOLDER.finditer(shape.kind)]
    values = [tuple(text_of(item.get(f"__{name}")) for name in names) for item in shape.items]
    return bool(names) and len(set(values)) == len(values) and shape.data_path == "."


def _documented(shape: ItemShape, path: str, documented: Sequence[str]) -> DetailPath | None:
    """Return the path of the API's description that continues the listing's path with one parameter."""
    listing = _anonymous(path)
    for each in documented:
        before, _, last = each.rstrip("/").rpartition("/")
        match = PLACEHOLDER.match(last)
        if match is None or _anonymous(before) != listing:
            continue
        keys = _keys_named(match["name"], shape) or _addressing_keys(shape)
        if keys:
            name = free_name(match["name"], shape)
            own = f"{path.rstrip('/')}/{{{name}}}{last[match.end() :]}"
            return DetailPath(own, f"The API's description has the path {each}", name, keys)
    return None


def _from_self_url(shape: ItemShape, base_url: str, path: str) -> DetailPath | None:
    """Return the path that the items' own URLs show, if they are below the base URL."""
    found = template_of_urls(shape, base_url, path)
    if found is None:
        return None
    why = f"The items' {path_expression(found.column)} shows the path"
    return DetailPath(found.path, why, found.name, found.keys, is_url=found.is_url, others=found.others)


def _below_listing(shape: ItemShape, path: str) -> DetailPath | None:
    """Return the listing's path with the identifier, if the listing's path ends with the resource."""
    keys = _addressing_keys(shape)
    resource = last_segment_name(path) or last_segment_name(PLACEHOLDER.sub("", path))
    if not keys or not resource:
        return None
    name = free_name(keys[-1], shape)
    stem, ending = path, ""
    if match := _FORMATS.search(path):
        stem, ending = path[: match.start()], match[0]
    elif path.endswith("/"):
        stem, ending = path.rstrip("/"), "/"
    own = f"{stem}/{placeholder(name, keys, shape)}{ending}"
    doubt = f"Nothing in the sample shows that {own} exists. Send the request of the preview"
    return DetailPath(own, "The listing's path and the item's identifier", name, keys, doubt=doubt)


def _addressing_keys(shape: ItemShape) -> Keys:
    """Return the field that probably stands in the path of one item."""
    by_url = next((keys for keys in shape.own_keys if _ends_urls(keys, shape)), ())
    numbers = [keys for keys in shape.own_keys if squash_name(keys[-1]) in _UNITS]
    is_nested = bool(shape.parameters)
    local = next(iter(numbers), ()) if is_nested else ()
    return by_url or local or shape.own_key


def _ends_urls(keys: Keys, shape: ItemShape) -> bool:
    """Return whether a URL of each item ends with the field's value, below what the items are called."""
    texts = [text_of(value_at(item, keys)) for item in shape.items]
    for column in shape.columns:
        if len(column.values) != len(texts) or column.types.keys() != {str}:
            continue
        parts = [urlsplit(str(value)).path.rstrip("/").split("/") for value in column.values]
        if all(
            len(each) > 1 and unquote(each[-1]) == text and squash_noun(each[-2]) in shape.nouns
            for each, text in zip(parts, texts, strict=True)
        ):
            return True
    return False


def _keys_named(name: str, shape: ItemShape) -> Keys:
    """Return the field that a parameter of the API's description means: petId, issue_number, name."""
    squashed = squash_name(name)
    for keys in shape.own_keys:
        field = squash_name(keys[-1])
        if squashed == field or squashed in {f"{noun}{field}" for noun in shape.nouns}:
            return keys
    return ()


def _shaping_params(query: str, params: Json) -> Iterator[tuple[str, Json]]:
    written = dict(part.partition("=")[::2] for part in query.split("&") if part)
    pairs: dict[str, Json] = {**written, **(params if isinstance(params, dict) else {})}
    for name, value in pairs.items():
        is_fixed = not (isinstance(value, str) and PLACEHOLDER.search(value))
        if squash_name(name.lstrip("$")) in _SHAPING and is_fixed:
            yield name, value


def _anonymous(path: str) -> str:
    return PLACEHOLDER.sub("{}", path.rstrip("/"))
