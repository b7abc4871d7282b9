"""Recorded paths as templates: /projects/1/tasks and /projects/2/tasks are /projects/{project_id}/tasks."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from builder.imports.kinds import as_name, kind_of
from builder.imports.names import noun
from builder.imports.secret_names import is_secret_text

_NUMBER = re.compile(r"[0-9]+")
# What nobody calls a collection: UUIDs, hashes, and the ids of databases.
_OPAQUE = re.compile(
    r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?=.*[0-9])[0-9a-fA-F]{12,}"
    r"|(?=.*[0-9])(?=.*[A-Z])[A-Za-z0-9_-]{16,}"
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A path as its template, and the values that stood in the template's places."""

    template: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


def templates_of(paths: Iterable[str], known: Mapping[str, frozenset[str]]) -> dict[str, Recorded]:
    """Each path's template. A segment is a value when it is a number and others stand in its place, when it
    can be nothing else, or when the listing in front of it has it.

    known: what tells the items of a listing apart, by the listing's path.
    """
    read = {path: Recorded("") for path in paths}
    split = {path: path.split("/")[1:] for path in read}
    for depth in range(max(map(len, split.values()), default=0)):
        deep = {path: segments for path, segments in split.items() if depth < len(segments)}
        numbers = _numbers(read, deep, depth)
        for path, segments in deep.items():
            before = "/" + "/".join(segments[:depth])
            segment = unquote(segments[depth])
            varies = segment in (among := numbers[read[path].template]) and len(among) > 1
            if varies or _is_opaque(segment) or segment in known.get(before, ()):
                read[path] = _with_value(read[path], segment)
            else:
                read[path] = Recorded(f"{read[path].template}/{segments[depth]}", read[path].values)
    return {path: Recorded(kind_of(each.template), each.values) for path, each in read.items()}


def _numbers(read: Mapping[str, Recorded], deep: Mapping[str, list[str]], depth: int) -> dict[str, set[str]]:
    """The numbers that stand at this depth, by the template in front of them."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, segments in deep.items():
        if _NUMBER.fullmatch(segments[depth]):
            found[read[path].template].add(segments[depth])
    return found


def _with_value(read: Recorded, value: str) -> Recorded:
    """Called after the segment before it."""
    before = read.template.rpartition("/")[2]
    called = noun(before) if before[:1].isalpha() else ""
    name = as_name(f"{called}_id") if called else "id"
    if name in read.values:
        name = f"{name}_{len(read.values) + 1}"
    return Recorded(f"{read.template}/{{{name}}}", {**read.values, name: value})


def _is_opaque(segment: str) -> bool:
    return bool(_OPAQUE.fullmatch(segment)) or is_secret_text(segment)
