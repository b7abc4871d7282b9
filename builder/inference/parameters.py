"""What the integration adds to each item of a kind with path parameters."""

from collections.abc import Sequence

from builder.inference.columns import Column, columns
from builder.inference.words import plain
from configuration.resource import PLACEHOLDER
from rest.page import Item
from rest.request import text_of


def parameter_names(kind: str) -> list[str]:
    """The names in braces, each once, in order."""
    return list(dict.fromkeys(match["name"] for match in PLACEHOLDER.finditer(kind)))


def with_parameters(kind: str, items: Sequence[Item]) -> list[Item]:
    """The items with each path parameter as `.name` and `.__name`, as the integration adds them.

    A sample that was pasted has none: the parameter's own name stands for its value.
    """
    added: Item = {key: name for name in parameter_names(kind) for key in (name, f"__{name}")}
    return [{**added, **item} for item in items] if added else list(items)


def own_columns(kind: str, items: Sequence[Item]) -> list[Column]:
    """What the items have of themselves, without what was added."""
    names = parameter_names(kind)
    added = {f"__{name}" for name in names} | {name for name in names if _is_added(name, items)}
    return [column for column in columns(items) if column.keys[0] not in added]


def _is_added(name: str, items: Sequence[Item]) -> bool:
    """True for a field that has the parameter's value in every item; an id stays what it is."""
    return plain(name) != "id" and all(text_of(item.get(name)) == item.get(f"__{name}") for item in items)
