"""curl's ranges and lists in URLs: `[1-10]`, `[a-c]`, `{red,blue}`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.imports.name_parts import subject_noun
from builder.imports.path_templates import parameter_name
from configuration.parameter_values import Value
from pagination.vocabulary import role_of
from rest.request import Pairs

_RANGE = re.compile(
    r"\[(?:(?P<first>[0-9]{1,9})-(?P<last>[0-9]{1,9})|(?P<from>[A-Za-z])-(?P<to>[A-Za-z]))(?::(?P<step>[0-9]{1,6}))?\]"
)
_LIST = re.compile(r"\{(?P<list>[^{}/?&]*,[^{}/?&]*)\}")
_GLOB = re.compile(rf"{_RANGE.pattern}|{_LIST.pattern}")
# The last segment of a URL that has a path.
_LAST_LIST = re.compile(rf"(?<=[^/:]/){_LIST.pattern}/?$")
_MAX_URLS = 50
_MAX_VALUES = 1_000


@dataclass(frozen=True, slots=True)
class ExpandedGlobs:
    """A path and parameters without globs.

    values: the values of each parameter of the path that was a glob. notes: what became of the globs.
    """

    path: str
    params: Pairs
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def expand_globs(path: str, params: Pairs) -> ExpandedGlobs:
    """Return a path and parameters with the globs left to the pagination, or as parameters with values."""
    values: dict[str, tuple[Value, ...]] = {}
    notes: list[str] = []
    segments: list[str] = []
    for segment in path.split("/"):
        segments.append(_with_parameter(segment, _name(segments, values), values))
    kept: list[tuple[str, str]] = []
    for name, text in params:
        found = _GLOB.fullmatch(text)
        if found and _values(found) and role_of(name) in ("page", "offset", "cursor"):
            kept.append((name, str(_values(found)[0])))
            notes.append(f"{name} had the range {text}. The pagination requests all pages")
        else:
            kept.append((name, _with_parameter(text, _free(parameter_name(name), values), values)))
    notes += [f"{{{name}}} has the values of the command: {_shown(each)}" for name, each in values.items()]
    return ExpandedGlobs("/".join(segments), tuple(kept), values, tuple(notes))


def split_last_segment(url: str) -> list[str]:
    """Return the URLs of several collections for a list in the last segment: `/{users,teams}`."""
    path, mark, query = url.partition("?")
    found = _LAST_LIST.search(path)
    if not found:
        return [url]
    return [
        f"{path[: found.start('list') - 1]}{each}{mark}{query}"
        for each in found["list"].split(",")[:_MAX_URLS]
    ]


def _with_parameter(text: str, name: str, values: dict[str, tuple[Value, ...]]) -> str:
    found = _GLOB.search(text)
    if not found or not (inner := _values(found)):
        return text
    values[name] = inner
    return f"{text[: found.start()]}{{{name}}}{text[found.end() :]}"


def _name(before: list[str], values: Mapping[str, tuple[Value, ...]]) -> str:
    noun = subject_noun(before[-1]) if before and before[-1][:1].isalpha() else ""
    return _free(parameter_name(f"{noun}_id" if noun else "id"), values)


def _free(name: str, values: Mapping[str, tuple[Value, ...]]) -> str:
    return name if name not in values else f"{name}_{len(values) + 1}"


def _values(found: re.Match[str]) -> tuple[Value, ...]:
    """Return the values of a glob, empty for a range that runs backwards."""
    if found["list"] is not None:
        return tuple(found["list"].split(",")[:_MAX_VALUES])
    step = int(found["step"] or 1) or 1
    if found["from"]:
        return tuple(map(chr, range(ord(found["from"]), ord(found["to"]) + 1, step)))
    numbers = range(int(found["first"]), int(found["last"]) + 1, step)[:_MAX_VALUES]
    # 007 stays text: as a number it would be sent as 7.
    width = len(found["first"]) if found["first"].startswith("0") and len(found["first"]) > 1 else 0
    return tuple(f"{number:0{width}}" if width else number for number in numbers)


def _shown(values: tuple[Value, ...]) -> str:
    return ", ".join(map(str, values)) if len(values) <= 3 else f"{values[0]} to {values[-1]}"
