"""Find where a payload has the values of an endpoint's path parameters and parent_fields."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote, urlsplit

from builder.inference.value_columns import path_expression
from builder.inference.webhooks.conditions import Conditions
from builder.inference.webhooks.detail_path import DetailPath
from builder.inference.webhooks.item_shape import ItemShape, is_telling, squash_noun
from builder.inference.webhooks.parents import parent_nouns, parents_of, refers_to
from builder.inference.webhooks.payload import PayloadObject
from builder.inference.webhooks.places import Places
from builder.inference.webhooks.subject import LIKE_AN_ITEM, Subject
from builder.inference.words import squash_name
from builder.json_values import value_at
from configuration.resource import PLACEHOLDER
from rest.page import Item
from rest.steps import quoted_key
from rest.texts import text_of


@dataclass(frozen=True, slots=True)
class FoundValue:
    """Where a value is. expression: jq on the item, with $event. evidence: what the choice rests on.

    is_by_name: only the name suggests it.
    """

    expression: str
    evidence: str
    is_by_name: bool = False


@dataclass(frozen=True)
class ValueFinder:
    """Finds the values of names in one payload.

    shapes: of all endpoints, among them the parents. detail: the path that is read.
    """

    shape: ItemShape
    conditions: Conditions
    objects: Sequence[PayloadObject] = field(repr=False)
    shapes: Sequence[ItemShape] = field(repr=False)
    detail: DetailPath | None = None

    @property
    def subject(self) -> Subject:
        """The object that the event is about."""
        return self.conditions.subject

    def find(self, name: str) -> FoundValue | None:
        """Return where the value of a path parameter or of a parent_field is, None if nothing tells."""
        return (
            self._in_item(name, depth=1)
            or self._of_other(name)
            or self._in_parent(name, by_fields=True)
            or self._by_value(name)
            or self._in_item(name)
            or self._in_parent(name, by_fields=False)
            or self._in_url(name)
            or self._by_name(name)
        )

    def own_value(self) -> FoundValue | None:
        """Return where the item's own key is."""
        key = self.subject.key
        if key is None:
            return None
        place = f"{self._places.inner(self.subject.holder)}{key.place}"
        if key.place.startswith("("):
            place = f"({self._places.inner(self.subject.holder)}{key.place[1:]}"
        return FoundValue(place, key.evidence, is_by_name=key.item is None and key.score < 1)

    def _nouns(self, name: str) -> frozenset[str]:
        return parent_nouns(name, self.shape, self.shapes)

    @cached_property
    def _places(self) -> Places:
        return Places(self.conditions.item, self.objects)

    @cached_property
    def _sampled_item(self) -> Item | None:
        return self.subject.key.item if self.subject.key else None

    def _in_item(self, name: str, depth: int = 9) -> FoundValue | None:
        """Return a field of the item that has the parameter's value in each sampled item.

        depth: the most keys of the field.
        """
        texts = [item.get(f"__{name}") for item in self.shape.items]
        if not texts or None in texts:
            return None
        for column in self.shape.columns:
            values = list(map(text_of, column.values))
            is_same = column.is_complete and values == list(map(text_of, texts))
            is_deep = len(column.keys) > depth
            if is_deep or not is_same or value_at(dict(self.subject.holder.value), column.keys) in (None, ""):
                continue
            if len(set(values)) > 1 or is_telling(values[0]) or refers_to(column.keys, self._nouns(name)):
                expression = f"{self._places.inner(self.subject.holder)}{path_expression(column.keys)}"
                evidence = f"{path_expression(column.keys)} is the value of {{{name}}} in each sampled item"
                return FoundValue(expression, evidence)
        return None

    def _of_other(self, name: str) -> FoundValue | None:
        """Return the field of the item for a further placeholder, or the object that it refers to."""
        keys = dict(self.detail.others).get(name) if self.detail else None
        if keys is None:
            return None
        if value_at(dict(self.subject.holder.value), keys) not in (None, ""):
            place = f"{self._places.inner(self.subject.holder)}{path_expression(keys)}"
            return FoundValue(place, f"{path_expression(keys)} is in the path of each sampled item")
        for holder in self._places.reachable():
            if holder.keys[-1:] == keys[-2:-1] and holder.value.get(keys[-1]) not in (None, ""):
                evidence = (
                    f"{holder.place} has the name of the object that is in the path of each sampled item"
                )
                return FoundValue(self._places.place(holder, keys[-1]), evidence, is_by_name=True)
        return None

    def _by_value(self, name: str) -> FoundValue | None:
        """Return the place of the value that the same sampled item has, else of one that another item has."""
        item = self._sampled_item
        own = [item] if item is not None else self.shape.items
        known = {text_of(each[f"__{name}"]) for each in own if f"__{name}" in each}
        found: list[tuple[tuple[int, ...], FoundValue]] = []
        for holder, key, value in self._places.scalars():
            text = text_of(value)
            is_named = refers_to((*holder.keys, key), self._nouns(name))
            if (
                (holder.is_inside(self.subject.holder) and self.subject.likeness >= LIKE_AN_ITEM)
                or text not in known
                or not (is_telling(value) or is_named)
            ):
                continue
            place = self._places.place(holder, key)
            evidence = f"{holder.place}{quoted_key(key)} is {text:.40}, a value of {{{name}}} in the sample"
            found.append(((not is_named, len(holder.keys)), FoundValue(place, evidence)))
        return min(found, key=lambda each: each[0])[1] if found else None

    def _in_parent(self, name: str, *, by_fields: bool) -> FoundValue | None:
        """Return the field of the parent in the payload, recognized by its fields or by its name."""
        found: list[tuple[tuple[float, ...], FoundValue]] = []
        for parent in parents_of(name, self.shape, self.shapes):
            for holder in self._places.reachable():
                if holder.is_inside(self.subject.holder) or not parent.has_value(name, holder.value):
                    continue
                likeness = parent.shape.likeness(holder.value) if parent.shape else 0
                is_named = squash_noun(holder.name) in parent.nouns
                if likeness >= LIKE_AN_ITEM if by_fields else is_named:
                    what = "has the fields of" if by_fields else "has the name of"
                    evidence = f"{holder.place} {what} an item of {parent.kind}"
                    path = parent.fields[name]
                    place = f"{self._places.object_place(holder)}{path}" if path.startswith(".") else ""
                    place = place or f"({self._places.object_place(holder)} | {path})"
                    rank = (-round(likeness, 1), not is_named, len(holder.keys))
                    found.append((rank, FoundValue(place, evidence, is_by_name=not by_fields)))
        return min(found, key=lambda each: each[0])[1] if found else None

    def _in_url(self, name: str) -> FoundValue | None:
        """Return the segment of a URL in the payload that the path of the endpoint shows."""
        paths = [
            path.partition("?")[0] for path in (self.shape.kind, self.detail.path if self.detail else "")
        ]
        for holder, key, value in self._places.scalars():
            if not isinstance(value, str) or not ("://" in value or value.startswith("/")):
                continue
            for path in filter(None, paths):
                number = _segment_number(path, name, value)
                if number is not None:
                    expression = f'({self._places.place(holder, key)} | split("?")[0] | split("/")[{number}])'
                    return FoundValue(
                        expression, f"{holder.place}{quoted_key(key)} is a URL that contains it"
                    )
        return None

    def _by_name(self, name: str) -> FoundValue | None:
        nouns = self._nouns(name)
        texts = [text_of(each[f"__{name}"]) for each in self.shape.items if f"__{name}" in each]
        are_numbers = bool(texts) and all(text.isdecimal() for text in texts)
        found: list[tuple[tuple[int, ...], FoundValue]] = []
        for holder, key, value in self._places.scalars():
            squashed = squash_name(key)
            is_exact = squashed == squash_name(name)
            if not (is_exact or refers_to((*holder.keys, key), nouns, is_strict=True)):
                continue
            if are_numbers and not text_of(value).isdecimal():
                continue
            evidence = f"only the name of {holder.place}{quoted_key(key)} suggests it"
            place = self._places.place(holder, key)
            found.append(((not is_exact, len(holder.keys)), FoundValue(place, evidence, is_by_name=True)))
        return min(found, key=lambda each: each[0])[1] if found else None


def _segment_number(path: str, name: str, url: str) -> int | None:
    """Return the place of a placeholder's value among a URL's segments, counted from the end."""
    segments = path.strip("/").split("/")
    wanted = next((number for number, part in enumerate(segments) if part == f"{{{name}}}"), None)
    if wanted is None:
        return None
    pattern = "/".join("[^/]+" if PLACEHOLDER.fullmatch(part) else re.escape(part) for part in segments)
    url_path = unquote(urlsplit(url).path)
    found = re.search(rf"(?:^|/){pattern}(?=/|$)", url_path)
    return None if found is None else wanted - len(segments) - url_path[found.end() :].count("/")
