"""Read the entries of path_parameters: one source of values, or a list of sources."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from configuration.computed import Computed, without_computed
from configuration.mapping_models import ParameterInput
from configuration.parameter_values import Batch
from configuration.validation import validated
from rest.errors import Mistake, ResourceError

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_WITH_VALUES = frozenset({"values", "batch", "separator"})


@dataclass(frozen=True, slots=True)
class ParameterEntry:
    """One source of a parameter, as the user wrote it. where: its path in the mapping entry."""

    where: str
    read: ParameterInput
    computed: tuple[Computed, ...] = ()


def read_entries(name: str, value: object) -> list[ParameterEntry]:
    """Return the sources of one parameter.

    Raises ResourceError: the name or a key is wrong, or keys contradict each other.
    """
    where = f"selector.path_parameters.{name}"
    if not _NAME.fullmatch(name):
        raise ResourceError.of(Mistake(where, "the name of a parameter can only have letters, digits and _"))
    if value == []:
        raise ResourceError.of(Mistake(where, "the list of sources is empty"), hint="Add endpoint or values")
    written = (
        [(f"{where}[{number}]", each) for number, each in enumerate(value)]
        if isinstance(value, list)
        else [(where, value)]
    )
    entries = [_read_entry(place, each) for place, each in written]
    for entry in entries:
        _check(entry)
    return entries


def _read_entry(where: str, value: object) -> ParameterEntry:
    plain, computed = without_computed(value, where)
    return ParameterEntry(where, validated(ParameterInput, plain, where), computed)


def batch_of(entries: Sequence[ParameterEntry]) -> Batch | None:
    """Return the batch of a parameter. Raises ResourceError: its sources have different batches."""
    first = entries[0].read
    for entry in entries:
        for key in ("batch", "separator"):
            if getattr(entry.read, key) != getattr(first, key):
                raise ResourceError.of(
                    Mistake(f"{entry.where}.{key}", f"differs from the one of {entries[0].where}"),
                    hint=f"Set the same {key} for each source of the parameter",
                )
    return None if first.batch is None else Batch(first.batch, first.separator)


def _check(entry: ParameterEntry) -> None:
    read, where = entry.read, entry.where
    if (read.endpoint is None) == (read.values is None):
        raise ResourceError.of(Mistake(where, "needs either endpoint or values"))
    if read.separator is not None and read.batch is None:
        raise ResourceError.of(
            Mistake(f"{where}.separator", "has no effect without batch"),
            hint="Set batch, or remove separator",
        )
    if read.parent_fields and read.batch:
        raise ResourceError.of(
            Mistake(f"{where}.parent_fields", "has no effect with batch: a request is for several parents"),
            hint="Remove one of them",
        )
    if read.values is not None:
        _check_values(read, where)
    elif read.field is None:
        raise ResourceError.of(
            Mistake(f"{where}.field", "is missing"), hint="Set it to the field with the value, like .id"
        )


def _check_values(read: ParameterInput, where: str) -> None:
    if others := sorted(read.model_fields_set - _WITH_VALUES):
        raise ResourceError.of(
            Mistake(f"{where}.{others[0]}", "has no effect with values"), hint="Remove one of them"
        )
    if not read.values or "" in read.values:
        raise ResourceError.of(
            Mistake(f"{where}.values", "accepts texts, numbers and booleans, none of them empty")
        )
