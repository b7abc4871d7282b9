"""The proof that an item that the API no longer has is the item of a certain entity.

An event without a signature may name any values. The API confirms that the item with these values is gone,
but the identifier that the mapping computes from them may be that of another entity. Examples: an identifier
in lower case, `.slug // .id`, or `"\\(.group)-\\(.name)"` with `a-b` and `c` instead of `a` and `b-c`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mapping.blueprints import named_blueprint
from rest.bodies import Json
from rest.request import text_of

# Characters for private use, which no value of an API has.
_MARK_START, _MARK_END = "\ue000", "\ue001"
_MARK = re.compile(f"{_MARK_START}([0-9]+){_MARK_END}")


def marks_for(values: Mapping[str, Json]) -> dict[str, Json]:
    """Return other values with the same names, each of which can be found in a text."""
    return {name: f"{_MARK_START}{number}{_MARK_END}" for number, name in enumerate(values)}


def is_plain_mapping(mappings: Mapping[str, Any], names: Sequence[str]) -> bool:
    """Return whether the identifier only joins these fields and literal text, for one named blueprint."""
    expression = mappings.get("identifier")
    if not isinstance(expression, str) or named_blueprint(mappings.get("blueprint")) is None:
        return False
    fields = "|".join(re.escape(name) for name in names)
    rest = re.sub(rf"\.(?:__)?(?:{fields})(?![\w.\[?])", "", expression)
    rest = re.sub(r"\btostring\b", "", rest)
    rest = re.sub(r"\\\([\s|]*\)", "", rest)
    rest = re.sub(r'"(?:[^"\\]|\\["\\/nt])*"', "", rest)
    return not re.search(r"[^\s|+()]", rest)


def proves(identifier: object, marked: object, values: Mapping[str, Json]) -> bool:
    """Return whether no other values have the same identifier.

    identifier: of the values. marked: the identifier of the marks for these values.
    """
    if not isinstance(identifier, str) or not isinstance(marked, str):
        return False
    texts = [text_of(value) for value in values.values()]
    literals, numbers = _MARK.split(marked)[::2], [int(each) for each in _MARK.split(marked)[1::2]]
    if set(numbers) != set(range(len(texts))):
        return False
    separators = literals[1:-1]
    if _MARK.sub(lambda mark: texts[int(mark[1])], marked) != identifier or not all(separators):
        return False
    # Without a character of a separator in a value, the identifier can be divided in one way only.
    characters = set("".join(separators))
    return all(text and characters.isdisjoint(text) for text in texts)
