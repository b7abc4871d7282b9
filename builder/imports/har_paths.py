"""Find the templates of recorded paths: /projects/1/tasks and /projects/2/tasks have the template
/projects/{project_id}/tasks.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from builder.imports.har_values import KnownValues
from builder.imports.name_parts import subject_noun
from builder.imports.path_templates import kind_from_path, parameter_name
from builder.imports.secret_detection import is_secret_text

_NUMBER = re.compile(r"[0-9]+")
# Segments that cannot be the name of a collection: UUIDs, hashes, and database ids.
_OPAQUE = re.compile(
    r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?=.*[0-9])[0-9a-fA-F]{12,}"
    r"|(?=.*[0-9])(?=.*[A-Z])[A-Za-z0-9_-]{16,}"
)


@dataclass(frozen=True, slots=True)
class TemplatedPath:
    """A path as a template and the values of the template's parameters."""

    template: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


def find_templates(paths: Iterable[str], known: KnownValues) -> dict[str, TemplatedPath]:
    """Return the template of each path.

    A segment is a parameter if it is one of several numbers at its position, if it is opaque (an id or a
    secret), or if it identifies a recorded item. So are two segments that identify one: acme/web.
    """
    templated = {path: TemplatedPath("") for path in paths}
    split_paths = {path: path.split("/")[1:] for path in templated}
    joined: dict[str, int] = {}
    for depth in range(max(map(len, split_paths.values()), default=0)):
        long_enough = {path: segments for path, segments in split_paths.items() if depth < len(segments)}
        numbers = _numbers(templated, long_enough, depth)
        for path, segments in long_enough.items():
            if joined.get(path) == depth:
                continue
            segment = unquote(segments[depth])
            same_position = numbers[templated[path].template]
            pair = unquote("/".join(segments[depth : depth + 2]))
            varies = segment in same_position and len(same_position) > 1
            if "/" in pair and known.has(pair, segments[:depth]):
                templated[path] = _with_value(templated[path], pair, raw="+")
                joined[path] = depth + 1
            elif varies or _is_opaque(segment) or known.has(segment, segments[:depth]):
                templated[path] = _with_value(templated[path], segment)
            else:
                templated[path] = TemplatedPath(
                    f"{templated[path].template}/{segments[depth]}", templated[path].values
                )
    return {
        path: TemplatedPath(kind_from_path(each.template), each.values) for path, each in templated.items()
    }


def _numbers(
    templated: Mapping[str, TemplatedPath], long_enough: Mapping[str, list[str]], depth: int
) -> dict[str, set[str]]:
    """Return the numbers at this depth, by the template before them."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, segments in long_enough.items():
        if _NUMBER.fullmatch(segments[depth]):
            found[templated[path].template].add(segments[depth])
    return found


def _with_value(templated: TemplatedPath, value: str, raw: str = "") -> TemplatedPath:
    """Add a parameter named after the segment before it. raw: + for a value with a slash."""
    before = templated.template.rpartition("/")[2]
    noun = subject_noun(before) if before[:1].isalpha() else ""
    name = parameter_name(f"{noun}_id") if noun else "id"
    if name in templated.values:
        name = f"{name}_{len(templated.values) + 1}"
    return TemplatedPath(f"{templated.template}/{{{raw}{name}}}", {**templated.values, name: value})


def _is_opaque(segment: str) -> bool:
    return bool(_OPAQUE.fullmatch(segment)) or is_secret_text(segment)
