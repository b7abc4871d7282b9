"""The path of one item, as the items' own URLs show it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlsplit

from builder.inference.property_names import Keys
from builder.inference.value_columns import ValueColumn
from builder.inference.webhooks.item_shape import ItemShape, squash_noun
from builder.inference.webhooks.parents import refers_to
from builder.inference.words import squash_name
from builder.json_values import value_at
from configuration.resource import PLACEHOLDER
from rest.bodies import Json
from rest.page import Item
from rest.texts import text_of

_ILLEGAL = re.compile(r"\W", re.ASCII)
_SELF_NAMES = ("self", "url", "selflink", "selfurl", "href", "uri", "resourceurl", "apiurl", "odataid")
_SELF_RANK = {name: rank for rank, name in enumerate(_SELF_NAMES)}


@dataclass(frozen=True, slots=True)
class UrlTemplate:
    """The path of one item.

    name, keys: the placeholder of its key, and the field. column: of the URLs. is_url: the URL is the only
    identifier, so its end is the key. others: the fields of further placeholders, such as a parent's.
    """

    path: str
    name: str
    keys: Keys
    column: Keys
    is_url: bool = False
    others: tuple[tuple[str, Keys], ...] = ()


def template_of_urls(shape: ItemShape, base_url: str, path: str) -> UrlTemplate | None:
    """Return the path that the items' own URLs have below the base URL. path: of their listing."""
    columns = [(rank, each) for each in shape.columns if (rank := _self_rank(each)) is not None]
    for _, column in sorted(columns, key=lambda pair: (pair[0], len(pair[1].keys))):
        paths = [_below(base_url, value, path) for value in column.values]
        if not column.is_complete or not all(paths):
            continue
        texts = [each or "" for each in paths]
        own, others = _with_references(texts, shape, path)
        if found := _template(own, shape, column.keys):
            return replace(found, others=others)
        if found := _by_last_segment(own, column.keys, shape):
            return replace(found, others=others)
    return None


def _by_last_segment(paths: Sequence[str], column: Keys, shape: ItemShape) -> UrlTemplate | None:
    """Return the path whose last segment no field has: the URL is the identifier."""
    rests = [_with_parameters(path, item, shape) for path, item in zip(paths, shape.items, strict=True)]
    parents = {path.rstrip("/").rpartition("/")[0] for path in rests}
    if len(parents) != 1 or len(set(rests)) != len(rests):
        return None
    name = free_name("id", shape)
    return UrlTemplate(f"{parents.pop()}/{{{name}}}", name, column, column, is_url=True)


def _with_references(
    paths: Sequence[str], shape: ItemShape, listing: str
) -> tuple[list[str], tuple[tuple[str, Keys], ...]]:
    """Replace segments that the listing's path lacks, and that fields of the items name.

    `/pipelines/web/builds/1` becomes `/pipelines/{pipeline_slug}/builds/1` if .pipeline.slug is `web`.
    """
    segments = [path.split("/") for path in paths]
    known = set(listing.split("/"))
    others: list[tuple[str, Keys]] = []
    shortest = min(map(len, segments), default=0)
    for place in range(1, shortest - 1):
        before = {each[place - 1] for each in segments}
        values = [unquote(each[place]) for each in segments]
        if len(before) != 1 or set(values) <= known:
            continue
        keys = _reference_of(squash_noun(before.pop()), values, shape)
        if keys:
            name = free_name("_".join(keys), shape)
            others.append((name, keys))
            for each in segments:
                each[place] = f"{{{name}}}"
    return ["/".join(each) for each in segments], tuple(others)


def _reference_of(noun: str, values: Sequence[str], shape: ItemShape) -> Keys:
    """Return the field of each item that has the value and refers to what the noun means."""
    for column in shape.columns:
        if not column.is_complete or list(map(text_of, column.values)) != list(values):
            continue
        if refers_to(column.keys, frozenset({noun})):
            return column.keys
    return ()


def _template(paths: Sequence[str], shape: ItemShape, column: Keys) -> UrlTemplate | None:
    """Return the template that all paths share, with the field and the placeholder of its own value."""
    rests = [_with_parameters(path, item, shape) for path, item in zip(paths, shape.items, strict=True)]
    candidates = sorted(shape.own_keys, key=lambda keys: -len(text_of(value_at(shape.items[0], keys))))
    for keys in candidates:
        texts = [text_of(value_at(item, keys)) for item in shape.items]
        splits = {split for rest, text in zip(rests, texts, strict=True) for split in [_around(rest, text)]}
        only = splits.pop() if len(splits) == 1 else None
        if only is not None:
            name = free_name(keys[-1], shape)
            path = f"{only[0]}{placeholder(name, keys, shape)}{only[1]}"
            return UrlTemplate(path, name, keys, column)
    return None


def _with_parameters(path: str, item: Item, shape: ItemShape) -> str:
    """Return the path with the values of path parameters replaced by their placeholders."""
    for match in PLACEHOLDER.finditer(shape.kind):
        value = item.get(f"__{match['name']}")
        if value in (None, ""):
            continue
        text = str(value) if match["raw"] else quote(str(value), safe="")
        path = re.sub(rf"(?<=/){re.escape(text)}(?=/)", match[0], path, count=1)
    return path


def _around(path: str, text: str) -> tuple[str, str] | None:
    """Return what is before and after the value, whose end is the end of a path or of a key in brackets."""
    for form in dict.fromkeys((text, quote(text, safe=""), quote(text))):
        before, found, after = path.rpartition(form)
        if text and found and before[-1:] in ("/", "(", "'") and after in ("", "/", ")", "')", ".json"):
            return before, after
    return None


def _below(base_url: str, value: Json, path: str) -> str | None:
    """Return the path of a URL below the base URL, or a path on the same server. None: it is neither."""
    if not isinstance(value, str) or not base_url or "{" in value:
        return None
    base, url = urlsplit(base_url), urlsplit(value)
    root = base.path.rstrip("/")
    is_same_host = url.netloc.lower() == base.netloc.lower() or not url.netloc
    if not is_same_host or not url.path.startswith("/"):
        return None
    if url.path.startswith(f"{root}/"):
        return url.path.removeprefix(root)
    first = path.lstrip("/").partition("/")[0]
    return url.path if not url.netloc and url.path.startswith(f"/{first}") else None


def _self_rank(column: ValueColumn) -> int | None:
    name = squash_name(column.keys[-1])
    if name == "href" and len(column.keys) > 1:  # HAL: _links.self.href
        name = "self" if squash_name(column.keys[-2]) == "self" else "other"
    outer = {squash_name(key) for key in column.keys[:-1]} - {"links", "self", "metadata", "link"}
    return None if outer else _SELF_RANK.get(name)


def placeholder(name: str, keys: Keys, shape: ItemShape) -> str:
    """Return the placeholder. Values with a slash keep it."""
    has_slash = any("/" in text_of(value_at(item, keys)) for item in shape.items)
    return f"{{+{name}}}" if has_slash else f"{{{name}}}"


def free_name(name: str, shape: ItemShape) -> str:
    """Return a placeholder's name that is not the one of a path parameter."""
    legal = _ILLEGAL.sub("_", name).lstrip("0123456789") or "id"
    if legal in shape.parameters:
        noun = max(shape.nouns, key=len, default="item")
        legal = f"{_ILLEGAL.sub('_', noun)}_{legal}"
    return legal
