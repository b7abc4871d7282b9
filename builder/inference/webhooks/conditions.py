"""The jq of a webhook block: which events are meant, which items they bring, and which of them are gone."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from builder.inference.webhooks.chosen_types import ChosenTypes, element_of
from builder.inference.webhooks.event_types import EventType
from builder.inference.webhooks.item_shape import ItemShape, squash_noun
from builder.inference.webhooks.payload import PayloadObject
from builder.inference.webhooks.subject import Subject
from rest.steps import quoted_key

_FLAGS = frozenset({"deleted", "is_deleted", "isDeleted", "removed", "is_removed"})
_CONSTANTS = ("type", "object", "kind")
_ARCHIVED = frozenset({"archive", "archived"})


@dataclass(frozen=True)
class Conditions:
    """The conditions for events like one payload. types: its types, those of outer objects first."""

    shape: ItemShape
    subject: Subject
    types: Sequence[EventType] = field(repr=False)
    objects: Sequence[PayloadObject] = field(default=(), repr=False)

    @cached_property
    def _chosen(self) -> ChosenTypes:
        return ChosenTypes(self.shape, self.subject, self.types)

    @property
    def item(self) -> PayloadObject:
        """The object that `items` returns: the element of a list as a whole, because it has the type, too."""
        return self.subject.holder.element or self.subject.holder

    @cached_property
    def nearness(self) -> int:
        """2 if the event is about such an item, 1 if its name mentions one, else 0."""
        return max((each.nearness(self.shape.nouns) for each in self._chosen.named), default=0)

    @cached_property
    def when(self) -> str:
        """The condition on the event, "" if nothing tells events apart."""
        outer = self._chosen.by_level[0] or self._chosen.other
        if outer:
            return self._condition(outer)
        if any(self._chosen.by_level):
            return self._any_element()
        return next(self._structural(), "")

    @cached_property
    def items(self) -> str:
        """The jq for what changed."""
        holder, places = self.subject.holder, []
        for element, type_ in zip(holder.elements, self._chosen.by_level[1:], strict=True):
            select = f" | select({self._condition(type_)})" if type_ else ""
            places.append(f"{element.place}{select}")
        return " | ".join(places) or holder.place

    @cached_property
    def deletion(self) -> EventType | None:
        """The type that says that the item was deleted, None if there is none, or if something else was."""
        if not self.is_item:
            return None
        found = (each for each in self.types if each.is_deletion and self._is_readable(each))
        return next((each for each in found if not self._chosen.is_field(each)), None)

    @property
    def delete(self) -> str:
        """The condition for a deletion, "" if the event is none."""
        item = self.item
        if self.deletion:
            is_in_item = item.is_element and element_of(self.deletion) is item
            place = f"{'$item' if is_in_item else ''}{self.deletion.place}"
            return f"{place} == {json.dumps(self.deletion.text, ensure_ascii=False)}"
        flag = self._flag if self.is_item else ""
        holder = self.subject.holder
        inner = holder.inner_place if holder is not item else ""
        return f"$item{inner}.{flag} == true" if flag else ""

    def reasons(self) -> Iterator[str]:
        """Yield a sentence for each condition that rests on something."""
        for type_ in self._chosen.chosen:
            if type_.nearness(self.shape.nouns):
                yield f"{_name_of(type_)} is {type_.text}"

    @property
    def why_delete(self) -> str:
        """What the condition for a deletion rests on."""
        if self.deletion:
            return f"{_name_of(self.deletion)} is {self.deletion.text}"
        return f"the object has {self._flag}: true"

    def doubts(self) -> Iterator[str]:
        """Yield what is not certain."""
        if not self.when:
            yield "Nothing in the payload says what it is about, so every event is taken for such an item"
        elif not self._chosen.named:
            yield "No header and no field names the event. Only the object itself says what it is about"
        elif not self.nearness:
            yield f"The event is called {self._chosen.named[0].text}, which does not name these items"
        elif self.nearness == 1:
            yield f"The event is called {self._chosen.named[0].text}. It may be about a part of the item only"
        if self.deletion and self.deletion.action in _ARCHIVED:
            yield "If the listing still returns archived items, remove delete: a resync would add them again"

    @cached_property
    def named_object(self) -> str:
        """The place of another object in the payload that the event's name means, "" if there is none."""
        around = [
            each
            for each in self._chosen.usable
            if self._chosen.is_around(each) and not self._chosen.is_field(each)
        ]
        nouns = {noun for each in around for noun in each.subject_nouns}
        holder = self.subject.holder
        others = (each for each in self.objects if not (each.is_inside(holder) or holder.is_inside(each)))
        return next((each.place for each in others if squash_noun(each.name) in nouns), "")

    def _condition(self, type_: EventType) -> str:
        """Return the condition on one type. What follows the noun in its text may be another verb."""
        nouns, key = self.shape.nouns, self.subject.key
        if type_.is_about(nouns) and (pattern := type_.pattern):
            return f"{type_.place} | test({json.dumps(pattern, ensure_ascii=False)})"
        stem = type_.stem_with(nouns)
        if not type_.is_about(nouns) and stem[-1:] in (".", ":", "/") and key and not key.is_reference:
            return f"{type_.place} | startswith({json.dumps(stem, ensure_ascii=False)})"
        return f"{type_.place} == {json.dumps(type_.text, ensure_ascii=False)}"

    def _any_element(self) -> str:
        """Return the condition that an element of the lists meets."""
        pairs = list(zip(self.subject.holder.elements, self._chosen.by_level[1:], strict=True))
        last = max(number for number, (_, type_) in enumerate(pairs) if type_)
        places = [
            f"{element.place}{f' | select({self._condition(type_)})' if type_ and number < last else ''}"
            for number, (element, type_) in enumerate(pairs[: last + 1])
        ]
        final = pairs[last][1]
        return f"any({' | '.join(places)}; {self._condition(final) if final else 'true'})"

    def _structural(self) -> Iterator[str]:
        """Yield conditions on the object: that it has its constant type, or that it is there."""
        holder = self.subject.holder
        if holder.elements:
            return
        for name in _CONSTANTS:
            if name in self.shape.constants and holder.value.get(name) == self.shape.constants[name]:
                yield f"{holder.place}{quoted_key(name)} == {json.dumps(holder.value[name])}"
        if holder.keys:
            yield f"{holder.place} != null"

    @property
    def is_item(self) -> bool:
        """Whether the event is about the item itself, as far as anything names it."""
        key = self.subject.key
        if self.nearness:
            return self.nearness == 2
        return not (self._chosen.other or (key and key.is_reference))

    def _is_readable(self, type_: EventType) -> bool:
        """Return whether `delete` can read the type: outside of lists, or in the item."""
        holder, item = type_.holder, self.item
        if holder is None:
            return True
        is_around = self.subject.holder.is_inside(holder) or holder.is_inside(self.subject.holder)
        is_beside = holder.parent is not None and holder.parent.parent is None and not type_.subject
        element = holder.element
        return (is_around or is_beside) and (element is None or element is item)

    @property
    def _flag(self) -> str:
        value = self.subject.holder.value
        return next((name for name in _FLAGS if value.get(name) is True), "")


def _name_of(type_: EventType) -> str:
    """Return what people call a type: the header's name, or the place of a field."""
    match = re.fullmatch(r'\.(headers|query)\["(.*)"\]', type_.place)
    return match[2] if match and type_.holder is None else type_.place
