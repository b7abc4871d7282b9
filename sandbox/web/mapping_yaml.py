"""Conversion of a mapping between JSON and YAML, with line numbers for error messages.

It uses the JSON subset of YAML 1.2: `on`, `no`, `12:30` and `2026-01-31` are strings.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import yaml

from sandbox.port_api.json_codec import Document, Json

_WIDTH = 100
_MAX_NODES = 200_000
_OPENED = ("flow sequence", "flow mapping", "quoted scalar")
_BREAKS = re.compile("[\r\x85\u2028\u2029\ufeff]")
"""Characters that YAML treats as line breaks. They are escaped."""
_TAG = "tag:yaml.org,2002:"

type Steps = tuple[str, ...]
"""The keys and indexes that lead to a value."""


class MappingTextError(Exception):
    """The text is not a valid mapping. line: starts at 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class ReadMapping:
    """A parsed mapping and the line on which each part starts."""

    value: Document
    lines: Mapping[Steps, int]

    def line_of(self, place: str) -> int | None:
        """Return the line of a path such as `resources/0/kind`, or of its closest existing parent."""
        steps = tuple(place.split("/"))
        for length in range(len(steps), 0, -1):
            if steps[:length] in self.lines:
                return self.lines[steps[:length]]
        return None


def write_mapping(mapping: Json) -> str:
    """Return the mapping as YAML. Keys keep their order."""
    return yaml.dump(mapping, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)


def read_mapping(text: str) -> ReadMapping:
    """Parse YAML. Raises MappingTextError: it is invalid, not an object, or not representable in JSON."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise MappingTextError(f"the character U+{error.character:04X} is not allowed here", line) from error
    except RecursionError as error:
        raise MappingTextError("the mapping is nested too deeply", 1) from error
    if not isinstance(root, yaml.MappingNode):
        raise MappingTextError("the mapping must be an object with the key resources", 1)
    reader = _Reader()
    value = reader.object_of(root, ())
    return ReadMapping(value, reader.lines)


def _syntax(error: yaml.MarkedYAMLError) -> MappingTextError:
    mark = error.problem_mark or error.context_mark
    if error.context_mark and any(opened in (error.context or "") for opened in _OPENED):
        mark = error.context_mark  # report an unclosed bracket or quote where it opens
    message = ", ".join(part for part in (error.context, error.problem) if part)
    return MappingTextError(message or "invalid YAML", mark.line + 1 if mark else 1)


class _Reader:
    """Converts YAML nodes to JSON."""

    def __init__(self) -> None:
        self.lines: dict[Steps, int] = {}
        self._ancestors: list[yaml.Node] = []
        self._nodes = 0

    def object_of(self, node: yaml.MappingNode, steps: Steps) -> Document:
        document: Document = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise MappingTextError("a key must be a string", line)
            key = str(key_node.value)
            if key in document:
                raise MappingTextError(f'duplicate key "{key}"', line)
            self.lines.setdefault((*steps, key), line)
            document[key] = self._value(value_node, (*steps, key))
        return document

    def _value(self, node: yaml.Node, steps: Steps) -> Json:
        line = node.start_mark.line + 1
        self.lines.setdefault(steps, line)
        self._nodes += 1
        if node in self._ancestors or self._nodes > _MAX_NODES:
            raise MappingTextError("an alias is recursive or expands to too many values", line)
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        self._ancestors.append(node)
        value: Json
        if isinstance(node, yaml.MappingNode):
            value = self.object_of(node, steps)
        else:
            value = [self._value(item, (*steps, str(n))) for n, item in enumerate(node.value)]
        self._ancestors.pop()
        return value


def _scalar(node: yaml.ScalarNode) -> Json:
    text = str(node.value)
    try:
        return _JSON[node.tag.removeprefix(_TAG)](text)
    except (KeyError, ValueError) as error:
        line = node.start_mark.line + 1
        raise MappingTextError(f"{node.tag} {text:.40} cannot be represented in JSON", line) from error


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_JSON: Mapping[str, Callable[[str], Json]] = MappingProxyType(
    {
        "str": str,
        "null": lambda _text: None,
        "bool": lambda text: text.lower() == "true",
        "int": int,
        "float": _finite,
    }
)


class _Loader(yaml.SafeLoader):
    """Resolves only JSON's scalars. All others are strings."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key and writes multi-line strings as blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - write no anchors
        return True


def _resolvers() -> Iterator[tuple[str, str, str]]:
    yield "null", r"null|Null|NULL|~|", "nN~\0"
    yield "bool", r"true|True|TRUE|false|False|FALSE", "tTfF"
    yield "int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"
    yield "float", r"-?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?", "-0123456789"


for _name, _pattern, _first in _resolvers():
    _Loader.add_implicit_resolver(
        f"{_TAG}{_name}", re.compile(rf"(?:{_pattern})\Z"), ["" if c == "\0" else c for c in _first]
    )


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    block = "|" if "\n" in text.strip("\n") else None
    style = '"' if _BREAKS.search(text) else block
    return dumper.represent_scalar(f"{_TAG}str", text, style)


_Dumper.add_representer(str, _text)
