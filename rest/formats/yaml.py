"""Read YAML as JSON values, with positions in errors and limits on nesting and expanded anchors.

PyYAML's own loaders do not fit here. They read YAML 1.1, in which `no` is false and 2024-01-31 a date, and
they recurse, so that deep input crashes them. `builder/mapping_file.py` uses `yaml.safe_load` on purpose:
it must read a mapping file as Ocean does. `builder/install/yaml_writer.py` writes text that all of these
readers understand in the same way.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from rest.bodies import Json

# A few lines of anchors can expand to billions of values, or to a depth that exhausts the stack.
MAX_VALUES = 3_000_000
MAX_DEPTH = 200
_TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"
# libyaml reads ahead. From PyYAML 6.0.4 on, it stops at 1,000 levels before the first event arrives here.
_TOO_DEEP_FOR_LIBYAML = "exceeded maximum nesting depth"

_MERGE = "<<"
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map")
)
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,99})")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+(?:[eE][-+]?[0-9]{1,3})?|[eE][-+]?[0-9]{1,3})")


@dataclass(slots=True)
class _Node:
    """A value and what it expands to.

    values, height: the number of values and the depth after expansion. text: a scalar as written, for keys.
    """

    value: Json
    anchor: str | None = None
    text: str | None = None
    values: int = 1
    height: int = 0


@dataclass(slots=True)
class _Collection(_Node):
    """A list or an object that is being read. key: the object's key that waits for its value."""

    key: str | None = None

    def take(self, inner: _Node) -> None:
        """Add an element, or a key or value. Raises ValueError: the key is not text."""
        self.values += inner.values
        self.height = max(self.height, inner.height + 1)
        if isinstance(self.value, list):
            self.value.append(inner.value)
        else:
            self._take_part(inner)

    def _take_part(self, inner: _Node) -> None:
        fields = self.value if isinstance(self.value, dict) else {}
        if self.key is not None:
            _put(fields, self.key, inner.value)
            self.key = None
        elif inner.text is not None:
            self.key = inner.text
        else:
            raise ValueError("a key must be text, not a list or an object")


def parse_yaml(text: str) -> Json:
    """Parse a document by YAML 1.2, in which `no` and 2024-01-31 are text. All keys are text.

    Raises ValueError, with the position: the text is not YAML, has a value that JSON cannot represent,
    exceeds the limits, or has several documents.
    """
    documents = parse_documents(text)
    if len(documents) > 1:
        raise ValueError("the text has several documents")
    return documents[0] if documents else None


def parse_documents(text: str, max_values: int = MAX_VALUES) -> list[Json]:
    """Parse all documents of a text. Otherwise as `parse_yaml`. max_values: the limit after expansion."""
    try:
        return _build(yaml.parse(text, Loader=yaml.CSafeLoader), max_values)
    except yaml.MarkedYAMLError as error:
        problem = _TOO_DEEP if error.problem == _TOO_DEEP_FOR_LIBYAML else error.problem
        raise ValueError(f"{_place(error.problem_mark)}{problem}") from error
    except yaml.YAMLError as error:
        raise ValueError(str(error).partition("\n")[0]) from error


def _build(events: Iterator[yaml.Event], max_values: int) -> list[Json]:
    """Build the documents from events. PyYAML builds its tree recursively, and deep input crashes it."""
    known: dict[str, _Node] = {}
    opened = [_Collection([])]
    for event in events:
        try:
            if done := _read(event, opened, known):
                opened[-1].take(done)
                _check_bounds(opened[-1], len(opened) - 1 + done.height, max_values)
        except ValueError as error:
            raise ValueError(f"{_place(event.start_mark)}{error}") from error
    documents = opened[0].value
    return documents if isinstance(documents, list) else []


def _read(event: yaml.Event, opened: list[_Collection], known: dict[str, _Node]) -> _Node | None:
    """Return the node that the event completes, if any."""
    if isinstance(event, yaml.AliasEvent):
        if any(each.anchor == event.anchor for each in opened):
            raise ValueError(f"*{event.anchor} contains itself")
        if event.anchor not in known:
            raise ValueError(f"*{event.anchor} is not defined")
        return known[event.anchor]
    if isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
        done: _Node = opened.pop()
    elif isinstance(event, yaml.ScalarEvent):
        done = _Node(_scalar(event), event.anchor, event.value)
    else:
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append(_Collection([] if isinstance(event, yaml.SequenceStartEvent) else {}, event.anchor))
            _check_bounds(opened[-1], len(opened) - 1, MAX_VALUES)
        return None
    if done.anchor:
        known[done.anchor] = done
    return done


def _scalar(event: yaml.ScalarEvent) -> Json:
    text: str = event.value
    if event.tag not in _TAGS | {None}:
        raise ValueError(f"the tag {event.tag} has no equivalent in JSON")
    is_plain = event.implicit[0] or (event.tag is not None and not event.tag.endswith(":str"))
    if not is_plain:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else text


def _put(target: dict[str, Json], key: str, value: Json) -> None:
    if key != _MERGE:
        target[key] = value
        return
    # YAML's merge key: the mapping's own keys win, then the first of several mappings.
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, dict):
            raise ValueError("<< merges only objects")
        for name, inner in each.items():
            target.setdefault(name, inner)


def _check_bounds(outer: _Node, depth: int, max_values: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(_TOO_DEEP)
    if outer.values > max_values:
        raise ValueError(f"the anchors expand to more than {max_values:,} values")


def _place(mark: object) -> str:
    line, column = getattr(mark, "line", None), getattr(mark, "column", None)
    return "" if line is None or column is None else f"line {line + 1}, column {column + 1}: "
