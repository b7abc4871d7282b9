"""The path parameters of a kind, and the fields that the integration adds to the items for them."""

from collections.abc import Sequence

from builder.inference.value_columns import ValueColumn, iter_columns
from configuration.resource import PLACEHOLDER
from rest.page import Item
from rest.request import text_of


def parameter_names(kind: str) -> list[str]:
    """Return the distinct names in braces, in order."""
    return list(dict.fromkeys(match["name"] for match in PLACEHOLDER.finditer(kind)))


def add_path_parameters(kind: str, items: Sequence[Item]) -> list[Item]:
    """Return the items with each path parameter as `.name` and `.__name`, as the integration adds them.

    A pasted sample has no values for them, so the parameter's name is the value.
    """
    added: Item = {key: name for name in parameter_names(kind) for key in (name, f"__{name}")}
    return [{**added, **item} for item in items] if added else list(items)


def scope_parameters(kind: str, *, is_item: bool) -> list[str]:
    """Return the parameters that name the parents of the items.

    is_item: the response is a single item, so a parameter at the end of the path names the item itself.
    """
    own = _last_parameter(kind) if is_item else ""
    return [name for name in parameter_names(kind) if name != own]


def own_columns(kind: str, items: Sequence[Item]) -> list[ValueColumn]:
    """Return the fields of the items without those that the integration adds."""
    own = _last_parameter(kind)
    if own and len({text_of(item.get(f"__{own}")) for item in items}) < len(items):
        own = ""  # a parent with several items
    names = parameter_names(kind)
    added = {f"__{name}" for name in names} | {
        name for name in names if name != own and _is_added(name, items)
    }
    return [column for column in iter_columns(items) if column.keys[0] not in added]


def _last_parameter(kind: str) -> str:
    """Return the parameter at the end of the path, "" if there is none."""
    path = kind.partition("?")[0].rstrip("/")
    return next((each["name"] for each in PLACEHOLDER.finditer(path) if each.end() == len(path)), "")


def _is_added(name: str, items: Sequence[Item]) -> bool:
    """True for a field with the parameter's value in every item."""
    return all(text_of(item.get(name)) == item.get(f"__{name}") for item in items)
