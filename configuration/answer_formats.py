"""The mapping's key `format`: how the bodies of responses are read."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, get_args

from pydantic import BeforeValidator, WithJsonSchema

from configuration.accepted import Accepts
from expressions.plain_paths import dotted_names
from rest.body_format import BodyFormat, CsvOptions, FormatName
from rest.charsets import known_charset
from rest.errors import JqError

# The input of pydantic's validators, which may have any type.
type Raw = Any

NAMES: tuple[FormatName, ...] = get_args(FormatName.__value__)
_OPTIONS: Mapping[FormatName, tuple[str, ...]] = {
    "json": ("encoding",),
    "lines": ("encoding",),
    "csv": ("delimiter", "encoding", "header"),
    "xml": ("lists", "encoding"),
    "yaml": ("encoding",),
    "text": ("encoding",),
}
_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}


def read_format(value: Raw) -> BodyFormat:
    """Return the format that `csv`, or `{csv: {delimiter: ";"}}` describes.

    Raises ValueError: the name or an option is unknown, or an option has a wrong value.
    """
    name, options = _name_and_options(value)
    if unknown := sorted(map(str, options.keys() - set(_OPTIONS[name]))):
        raise ValueError(_unknown("option", unknown[0], _OPTIONS[name]))
    return BodyFormat(
        name,
        _read(options, "encoding", _encoding),
        CsvOptions(_read(options, "delimiter", _delimiter), *_header(options.get("header"))),
        _read(options, "lists", _lists) or (),
    )


def _name_and_options(value: Raw) -> tuple[FormatName, Mapping[str, Raw]]:
    if isinstance(value, str):
        return _name(value), {}
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError("an object has one format as its only key")
    name, options = next(iter(value.items()))
    if not isinstance(options, dict | None):
        raise ValueError(f"the options of {name} are an object")
    return _name(name), {key: option for key, option in (options or {}).items() if option is not None}


def _name(value: Raw) -> FormatName:
    text = str(value).lower()
    for name in NAMES:
        if text == name:
            return name
    raise ValueError(_unknown("format", str(value), NAMES))


def _unknown(what: str, name: str, known: tuple[str, ...]) -> str:
    nearest = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"unknown {what} {name!r:.80}; " + (
        f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(known)}"
    )


def _read[Value](options: Mapping[str, Raw], name: str, read: Callable[[Raw], Value]) -> Value | None:
    return read(options[name]) if name in options else None


def _encoding(value: Raw) -> str:
    codec = known_charset(value) if isinstance(value, str) else None
    if codec is None:
        raise ValueError(
            f"encoding {value!r:.80} is unknown; use a name like utf-8, windows-1252 or iso-8859-1"
        )
    return codec


def _delimiter(value: Raw) -> str:
    text = _DELIMITERS.get(value, value) if isinstance(value, str) else ""
    if len(text) != 1 or text in '"\r\n':
        raise ValueError(f"delimiter {value!r:.80} is not one character, or tab")
    return text


def _header(value: Raw) -> tuple[bool, tuple[str, ...]]:
    """Return whether the first row is the header, and the names of the columns if they are set."""
    if value is None or isinstance(value, bool):
        return value is not False, ()
    is_list = isinstance(value, list) and value and all(isinstance(name, str) and name for name in value)
    if not is_list or len(set(value)) < len(value):
        raise ValueError("header is true, false, or a list of different names for a table without a header")
    return False, tuple(value)


def _lists(value: Raw) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list) or not all(isinstance(path, str) for path in value):
        raise ValueError("lists is a list of element names, or of paths like hosts.host")
    try:
        return tuple(dotted_names(path.removeprefix(".")) for path in value)
    except JqError as error:
        raise ValueError(f"lists: {error}") from error


_SCHEMA = {
    "anyOf": [
        {"type": "string", "enum": list(NAMES)},
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": {
                "csv": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "delimiter": {"type": "string"},
                        "encoding": {"type": "string"},
                        "header": {
                            "anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}}]
                        },
                    },
                },
                "xml": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "lists": {"type": "array", "items": {"type": "string"}},
                        "encoding": {"type": "string"},
                    },
                },
                **{
                    name: {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"encoding": {"type": "string"}},
                    }
                    for name in ("json", "lines", "yaml", "text")
                },
            },
        },
    ]
}
AnswerFormat = Annotated[
    BodyFormat,
    BeforeValidator(read_format),
    WithJsonSchema(_SCHEMA),
    Accepts(f"{', '.join(NAMES)}, or an object of one of them and its options", why=True),
]
