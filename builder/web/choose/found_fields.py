"""The fields of a sample, added to the properties of an opened mapping."""

from collections.abc import Sequence
from dataclasses import replace

from builder.inference import FoundField
from builder.web.choose.endpoint import PropertyRow


def with_found_fields(
    rows: Sequence[PropertyRow], found: Sequence[tuple[FoundField, PropertyRow]]
) -> tuple[PropertyRow, ...]:
    """Return the rows, each with the field that it reads, and the other fields as unselected rows.

    found: each field with its proposed row.
    """
    matched: list[PropertyRow] = []
    remaining = list(found)
    for row in rows:
        match = next((pair for pair in remaining if _reads(row, pair[0])), None)
        if match:
            remaining.remove(match)
        if match or row.found is None or row.is_selected:
            matched.append(replace(row, found=match[0] if match else None))
    return (*matched, *(replace(row, is_selected=False) for _, row in remaining))


def _reads(row: PropertyRow, field: FoundField) -> bool:
    """Return whether a row is of this field, or has the same expression as a proposed property of it."""
    if row.found is not None:
        return row.found.keys == field.keys
    return row.expression.strip() in {each.expression for each in (field.proposed, *field.alternatives)}
