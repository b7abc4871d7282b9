"""Build the `webhook` of a mapping entry from what was found in a payload."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from builder.inference.jq_outputs import evaluate_expressions
from builder.inference.resource_names import GENERIC_KEYS
from builder.inference.singular import singular
from builder.inference.webhooks.conditions import Conditions
from builder.inference.webhooks.detail_path import DetailPath
from builder.inference.webhooks.item_shape import ItemShape
from builder.inference.webhooks.payload import Payload
from builder.inference.webhooks.subject import LIKE_AN_ITEM
from builder.inference.webhooks.values import FoundValue, ValueFinder
from builder.inference.words import squash_name
from expressions.program import JqProgram
from extraction import Binding
from rest.bodies import Json
from rest.errors import JqError
from rest.texts import text_of

# Keys that hold the items of a listing, and one item where the API has the same envelope for it.
_ENVELOPES = frozenset({"data", "result", "response", "payload"})
_WITHOUT_DELETE = (
    "For delete, paste a payload of a deletion. Without it, a status 404 or 410 of fetch deletes the entity "
    "only if its identifier contains the values of fetch"
)
_NO_DELETE = (
    "The event is a deletion, but delete is not proposed: the entity's identifier cannot be computed from "
    "the event"
)


@dataclass(frozen=True)
class Block:
    """The keys of `webhook`, each with the reason for it.

    is_signed: False if anyone can send events, so that their values are not trusted.
    """

    shape: ItemShape
    detail: DetailPath
    conditions: Conditions
    finder: ValueFinder = field(repr=False)
    payload: Payload = field(repr=False)
    is_signed: bool = True

    @cached_property
    def values(self) -> dict[str, FoundValue | None]:
        """Where the payload has the values of the placeholders, and those that the items have."""
        names = dict.fromkeys([*self.shape.parameters, *self.detail.names])
        return {
            name: self.finder.own_value() if name == self.detail.name else self.finder.find(name)
            for name in names
        }

    def refusal(self) -> str:
        """Return why there is no block, "" if there is one."""
        place = self.conditions.subject.holder.place
        if missing := [name for name, found in self.values.items() if found is None]:
            return (
                f"The payload has an item at {place}, but no value for {_in_braces(missing)}. "
                "Without it, the item cannot be fetched"
            )
        unproven = [name for name in self.shape.parameters if name not in self.detail.names]
        if unproven and not self.is_signed:
            return (
                f"The path of one item, {self.detail.path}, does not use {_in_braces(unproven)}. While "
                "events are not signed, their values must not become part of an entity. If the API can sign, "
                "set webhookSecret and webhookVerify"
            )
        return ""

    @property
    def document(self) -> dict[str, Json]:
        """The block as in the mapping."""
        block: dict[str, Json] = {"when": self.conditions.when} if self.conditions.when else {}
        if self.conditions.items != ".body":
            block["items"] = self.conditions.items
        block["values"] = dict[str, Json](self._expressions)
        block["fetch"] = self.detail.path
        if self.detail.query_params:
            block["fetch"] = {"path": self.detail.path, "query_params": dict(self.detail.query_params)}
        if data_path := self._data_path:
            block["data_path"] = data_path
        if self.conditions.delete and self._identifies:
            block["delete"] = self.conditions.delete
        return block

    def reasons(self) -> Iterator[str]:
        """Yield a sentence for each choice."""
        subject = self.conditions.subject
        yield from self.conditions.reasons()
        if subject.likeness >= LIKE_AN_ITEM:
            yield f"The object at {subject.holder.place} has the fields of the sampled items"
        yield from (f"{{{name}}}: {each.evidence}" for name, each in self.values.items() if each)
        yield f"{self.detail.path}: {self.detail.why}"
        if self.conditions.delete and self._identifies:
            yield f"delete: {self.conditions.why_delete}"
        elif self.conditions.is_item and not self.conditions.delete:
            yield _WITHOUT_DELETE

    def doubts(self) -> Iterator[str]:
        """Yield what is not certain."""
        subject = self.conditions.subject
        yield from self.conditions.doubts()
        if subject.key and subject.key.item is None:
            basis = "the fields of the object" if subject.likeness >= LIKE_AN_ITEM else "names"
            yield f"The identifier in the payload is not in the sample, so the choice rests on {basis}"
        by_name = [
            name
            for name, each in self.values.items()
            if each and each.is_by_name and name != self.detail.name
        ]
        if by_name:
            yield f"Only names suggest {_in_braces(by_name)}. Check the preview"
        if self.detail.doubt:
            yield self.detail.doubt
        if self.conditions.delete and not self._identifies:
            yield _NO_DELETE

    @property
    def _expressions(self) -> dict[str, str]:
        return {name: each.expression for name, each in self.values.items() if each}

    @property
    def _data_path(self) -> str:
        """Where the item is in the answer: in an envelope like the listing's, or the answer itself."""
        keys = self.shape.data_path.removeprefix(".").split(".")
        # HAL embeds the items of a listing only.
        if not self.detail.name or not all(map(str.isidentifier, keys)) or keys[0] == "_embedded":
            return ""
        own = {each.keys[0] for each in self.shape.columns}
        names = [name for name in _envelope_names(keys[-1]) if len(keys) > 1 or name not in own]
        return " // ".join([*(".".join(["", *keys[:-1], name]) for name in names), "."]) if names else ""

    @cached_property
    def _identifies(self) -> bool:
        """Whether the mapping's identifier can be computed from what `items` returns and the values."""
        key, identifier = self.conditions.subject.key, self.shape.source.source.identifier
        if key is None or not identifier:
            return False
        try:
            [[own]] = evaluate_expressions([identifier], [self._bound_item()])
            expected = evaluate_expressions([identifier], [key.item])[0][0] if key.item else None
        except JqError:
            return False
        if expected is not None:
            return text_of(own) == text_of(expected)
        return own is not None and text_of(key.value) in text_of(own)

    def _bound_item(self) -> dict[str, Json]:
        """Return what `items` returns with the values, as the mapping receives it."""
        payload, item = self.payload, dict(self.conditions.item.value)
        event: Json = {
            "headers": dict(payload.headers),
            "query": dict(payload.query),
            "body": payload.body,
        }
        values = {
            name: next(iter(JqProgram(f".[0] as $event | .[1] | ({text})").outputs([event, item])), None)
            for name, text in self._expressions.items()
        }
        return Binding(fields=values).added_to([item])[0]


def _in_braces(names: Sequence[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def _envelope_names(name: str) -> list[str]:
    """Return the keys that may hold one item where a listing has its items under a key."""
    if squash_name(name) in _ENVELOPES:
        return [name]
    if squash_name(name) in GENERIC_KEYS:
        return []
    return list(dict.fromkeys([singular(name.lower()) if name.islower() else singular(name), name]))
