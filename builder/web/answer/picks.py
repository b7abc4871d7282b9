"""What the user picks in the tree: the identifier, the title, and the fields that become properties."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from builder.inference.identifiers import FoundIdentifier
from builder.inference.property_names import field_title, property_names
from builder.inference.titles import FoundTitle
from builder.inference.value_columns import path_expression
from builder.web.answer.node_paths import Keys, field_expression
from builder.web.answer.tree import Node
from builder.web.choose.endpoint import EndpointForm, PropertyRow
from expressions.paths import jq_path
from rest.errors import JqError
from rest.steps import quoted_key

type Role = Literal["identifier", "title", "property"]

_TYPES = {"object": "object", "list": "array", "boolean": "boolean", "number": "number"}


@dataclass(frozen=True, slots=True)
class Pick:
    """A field of the items and its role. field: its jq path within the item."""

    field: str
    role: Role


def picks_of(form: EndpointForm) -> tuple[Pick, ...]:
    """Return the roles of the fields. An expression has the role of the field that it begins with."""
    return tuple(dict.fromkeys(_picks(form)))


def with_pick(form: EndpointForm, role: Role, node: Node) -> EndpointForm:
    """Return the endpoint with a field of the items in a role. A property that exists is removed.

    Raises ValueError: the node is not in an item, or an item has several such values.
    """
    if not node.item_keys or (role != "property" and (not node.is_single or node.is_branch)):
        raise ValueError(node.label, role)
    if role == "property":
        return replace(form, rows=_toggled(form.rows, node))
    return _with_expression(form, role, node)


def _with_expression(form: EndpointForm, role: Role, node: Node) -> EndpointForm:
    """Use the proposed expression of a field, because Port may refuse the value as it is."""
    proposed = {each.keys: each.expression for each in reversed(_proposals(form, role))}
    keys = tuple(str(key) for key in node.item_keys or ())
    expression = proposed.get((keys,), node.field)
    return replace(form, title=expression) if role == "title" else replace(form, identifier=expression)


def _proposals(form: EndpointForm, role: Role) -> Sequence[FoundIdentifier | FoundTitle]:
    if form.sample is None:
        return ()
    return form.sample.proposal.titles if role == "title" else form.sample.proposal.identifiers


def _picks(form: EndpointForm) -> Iterator[Pick]:
    yield from (Pick(field, "identifier") for field in _fields_of(form, "identifier", form.identifier))
    yield from (Pick(field, "title") for field in _fields_of(form, "title", form.title))
    for row in form.rows:
        if row.is_selected and (field := _field_of(row)):
            yield Pick(field, "property")


def _fields_of(form: EndpointForm, role: Role, expression: str) -> list[str]:
    """Return the fields that an expression is made of. Of an expression of the user, the first one."""
    for each in _proposals(form, role):
        if each.expression == expression.strip():
            return [path_expression(keys) for keys in each.keys]
    return [field] if (field := _leading_field(expression)) else []


def _leading_field(expression: str) -> str:
    """Return the plain path at the start of an expression in its shortest form, "" if there is none."""
    try:
        steps = jq_path(expression.strip()).leading_steps if expression.strip() else None
    except JqError:
        return ""
    if not steps or not all(isinstance(step.at, str) for step in steps):
        return ""
    return "".join(quoted_key(str(step.at)) for step in steps)


def _field_of(row: PropertyRow) -> str:
    return path_expression(row.found.keys) if row.found else _leading_field(row.expression) or row.expression


def _toggled(rows: tuple[PropertyRow, ...], node: Node) -> tuple[PropertyRow, ...]:
    same = [row for row in rows if _field_of(row) == node.field]
    if not same:
        return (*rows, _new_row(rows, node))
    if not any(row.is_selected for row in same):
        return tuple(replace(row, is_selected=row is same[0] or row.is_selected) for row in rows)
    kept = (row for row in rows if row not in same or row.found)
    return tuple(replace(row, is_selected=row.is_selected and row not in same) for row in kept)


def _new_row(rows: tuple[PropertyRow, ...], node: Node) -> PropertyRow:
    keys: Keys = node.item_keys or ()
    names = tuple(key for key in keys if isinstance(key, str)) or ("value",)
    taken = [(row.name,) for row in rows]
    name = property_names([*taken, names])[-1]
    is_many = any(isinstance(key, int) for key in keys)
    type_ = "array" if is_many else _TYPES.get(node.type, "string")
    return PropertyRow(name, field_title(names), type_, field_expression(keys), is_selected=True)
