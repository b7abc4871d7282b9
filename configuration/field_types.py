"""Values as people write them in environment variables and YAML, checked, with words for what is wrong."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails

from configuration.answer_rules import AnswerAction, AnswerRule
from configuration.shrinkage import ShrinkLimit
from expressions.paths import Path, jq_path, setting_path
from rest.doubts import DOUBTS, DoubtName
from rest.origin import cut
from rest.request import Pairs

# pydantic hands raw input to validators: this is where Any ends.
type Raw = Any

# RFC 9110 §5.6.2: a field name is a token.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a setting accepts, in words for its user.

    why: show too why a value is not accepted, where the reason helps.
    """

    words: str
    why: bool = False


def _number(value: Raw) -> Raw:
    """Numbers as Helm prints large ones: 1e+06 is the integer 1000000."""
    if isinstance(value, bool):
        raise ValueError("a boolean is no number")
    if isinstance(value, str):
        number = float(value)
        return int(value) if value.strip().lstrip("+-").isdigit() else number
    return value


def _json(value: Raw) -> Raw:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _names_and_texts(value: Raw) -> Raw:
    loaded = _json(value)
    if not isinstance(loaded, dict):
        raise ValueError("no object")
    return {name: _text(item) for name, item in loaded.items()}


def _text(value: Raw) -> Raw:
    if isinstance(value, dict | list | None):
        raise ValueError("no text")
    return value if isinstance(value, str) else json.dumps(value)


def _stripped(value: Raw) -> Raw:
    return value.strip() if isinstance(value, str) else value


def _path(value: Raw) -> Raw:
    return setting_path(value) if isinstance(value, str) else value


def _jq(value: Raw) -> Raw:
    return jq_path(value) if isinstance(value, str) else value


def _rules(value: Raw) -> Raw:
    """[{"when": ".body.ok == false", "as": "retry", "wait": ".headers[\"retry-in\"]"}]"""
    loaded = _json(value)
    if isinstance(loaded, tuple):  # checked already
        return loaded
    if not isinstance(loaded, list) or not all(isinstance(rule, dict) for rule in loaded):
        raise ValueError("no list of objects")
    return tuple(_rule(rule) for rule in loaded)


def _rule(rule: dict[str, Raw]) -> AnswerRule:
    if not {"when", "as"} <= rule.keys() <= {"when", "as", "wait"}:
        raise ValueError("a rule has when and as, and may have wait")
    if rule["as"] not in _MEANINGS or not all(isinstance(rule[name], str) for name in rule):
        raise ValueError(f"{rule['as']!r} is none of {', '.join(_MEANINGS)}")
    return AnswerRule(jq_path(rule["when"]), rule["as"], jq_path(rule["wait"]) if "wait" in rule else None)


def _doubts(value: Raw) -> Raw:
    """A list, as JSON, or as names between commas."""
    if isinstance(value, str) and not value.lstrip().startswith("["):
        return [name.strip() for name in value.split(",") if name.strip()]
    return _json(value)


_MEANINGS = get_args(AnswerAction.__value__)


def _shrinkage(value: Raw) -> Raw:
    if isinstance(value, bool):
        raise ValueError("a boolean is no number")
    return ShrinkLimit.read(str(value))


def _upper(value: Raw) -> Raw:
    return value.upper() if isinstance(value, str) else value


def _pairs(value: Raw) -> Raw:
    """{"a": 1, "b": [true, "x"], "c": null} as a=1, b=true, b=x."""
    if not isinstance(value, dict):
        raise ValueError("no object")
    pairs: list[tuple[str, str]] = []
    for name, texts in value.items():
        each = texts if isinstance(texts, list) else [texts]
        pairs += [(str(name), _text(text)) for text in each if text is not None]
    return tuple(pairs)


def _header_pairs(value: Raw) -> Raw:
    pairs = _pairs(value)
    if wrong := wrong_headers(pairs):
        raise ValueError(
            f"{wrong[0]!r} is no header name, or its value has line breaks or letters outside ASCII"
        )
    return pairs


def wrong_headers(headers: Iterable[tuple[str, str]]) -> list[str]:
    """The names of headers that cannot be sent: their name or value would break the request."""
    return [name for name, text in headers if not _HEADER_NAME.fullmatch(name) or not is_header_text(text)]


def is_header_text(text: str) -> bool:
    """True for what can stand as a header's value (RFC 9110 §5.5), of ASCII alone."""
    return text.isascii() and text == text.strip() and not _CONTROL.search(text)


Text = Annotated[str, BeforeValidator(_text), Accepts("text")]
# What files and Kubernetes Secrets end with, a line break, is no part of a value.
Stripped = Annotated[str, AfterValidator(_stripped), BeforeValidator(_text), Accepts("text")]
WholeNumber = Annotated[int, BeforeValidator(_number), Field(ge=0), Accepts("a whole number, 0 or more")]
Count = Annotated[int, BeforeValidator(_number), Field(ge=1), Accepts("a whole number, 1 or more")]
Seconds = Annotated[
    float,
    BeforeValidator(_number),
    Field(gt=0, allow_inf_nan=False),
    Accepts("a number of seconds above 0"),
]
Rate = Annotated[
    float,
    BeforeValidator(_number),
    Field(gt=0, allow_inf_nan=False),
    Accepts("a number of requests a second above 0"),
]
Switch = Annotated[bool, Accepts("true or false")]
Texts = Annotated[
    dict[str, str],
    BeforeValidator(_names_and_texts),
    Accepts("a JSON object of names and texts"),
]
JsonObject = Annotated[dict[str, Any], BeforeValidator(_json), Accepts("a JSON object")]
Origins = Annotated[
    list[str], BeforeValidator(_json), Accepts("a JSON array of origins like https://files.example.com")
]
PathText = Annotated[
    Path,
    BeforeValidator(_path),
    WithJsonSchema({"type": "string"}),
    Accepts("a path like meta.next, or a jq expression that begins with a dot", why=True),
]
JqText = Annotated[
    Path, BeforeValidator(_jq), WithJsonSchema({"type": "string"}), Accepts("a jq expression", why=True)
]
Responses = Annotated[
    tuple[AnswerRule, ...],
    BeforeValidator(_rules),
    WithJsonSchema(
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "when": {"type": "string"},
                    "as": {"type": "string", "enum": list(_MEANINGS)},
                    "wait": {"type": "string"},
                },
                "required": ["when", "as"],
                "additionalProperties": False,
            },
        }
    ),
    Accepts("a list of rules {when: jq, as: " + " | ".join(_MEANINGS) + "}", why=True),
]
Doubts = Annotated[
    frozenset[DoubtName],
    BeforeValidator(_doubts),
    WithJsonSchema({"type": "array", "items": {"type": "string", "enum": list(DOUBTS)}}),
    Accepts("a list of doubts: " + ", ".join(DOUBTS)),
]
Shrinkage = Annotated[
    ShrinkLimit,
    BeforeValidator(_shrinkage),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 0}]}),
    Accepts("a share like 30%, or a whole number of items"),
]
Method = Annotated[
    Literal["GET", "POST", "PUT", "PATCH"], BeforeValidator(_upper), Accepts("GET, POST, PUT or PATCH")
]
QueryParams = Annotated[
    Pairs,
    BeforeValidator(_pairs),
    WithJsonSchema({"type": "object"}),
    Accepts("an object of names and texts, numbers, booleans, or lists of them"),
]
Headers = Annotated[
    Pairs,
    BeforeValidator(_header_pairs),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
    Accepts("an object of header names and texts", why=True),
]


def given(values: Mapping[str, Raw]) -> dict[str, Raw]:
    """Without what is unset: None, and empty strings as Helm and Docker pass them."""
    return {
        name: value
        for name, value in values.items()
        if value is not None and not (isinstance(value, str) and not value.strip())
    }


def mistakes(
    error: ValidationError,
    model: type[BaseModel],
    shown_name: Callable[[str], str],
    secret: frozenset[str] = frozenset(),
) -> list[str]:
    """One line for each wrong value: its name as the user knows it, what it got, what it accepts.

    secret: the fields whose values are not shown.
    """
    lines: dict[str, str] = {}
    by_alias = {info.alias: name for name, info in model.model_fields.items() if info.alias}
    for detail in error.errors(include_url=False):
        given_as = str(detail["loc"][0])
        field = by_alias.get(given_as, given_as)
        if detail["type"] == "extra_forbidden":
            line = f"{shown_name(given_as)} is unknown{_nearest(given_as, model)}"
        elif detail["type"] == "missing":
            line = f"{shown_name(given_as)} is missing"
        else:
            got = "" if field in secret else f"got {_shown(detail['input'])}, "
            reason = _reason(model, field, detail)
            line = f"{shown_name(given_as)}: {got}accepts {accepted(model, field)}{reason}"
        lines.setdefault(field, line)
    return list(lines.values())


def _nearest(field: str, model: type[BaseModel]) -> str:
    known = [info.alias or name for name, info in model.model_fields.items()]
    near = get_close_matches(field, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"


def accepted(model: type[BaseModel], field: str) -> str:
    """What a field accepts, in words for a message or a page."""
    note = _note(model, field)
    return note.words if note else ", ".join(_choices(model.model_fields[field].annotation))


def _reason(model: type[BaseModel], field: str, detail: ErrorDetails) -> str:
    note = _note(model, field)
    reason = detail.get("ctx", {}).get("error")
    return f" ({reason})" if note and note.why and reason else ""


def _note(model: type[BaseModel], field: str) -> Accepts | None:
    info = model.model_fields[field]
    # The last is the nearest: Annotated[Text, Accepts("a URL")] narrows what Text says.
    own = [note for note in info.metadata if isinstance(note, Accepts)]
    inner = [
        note for part in get_args(info.annotation) for note in _metadata(part) if isinstance(note, Accepts)
    ]
    return next(iter([*reversed(own), *reversed(inner)]), None)


def _metadata(annotation: Raw) -> tuple[Raw, ...]:
    found: tuple[Raw, ...] = getattr(annotation, "__metadata__", ())
    return found


def _choices(annotation: Raw) -> list[str]:
    annotation = getattr(annotation, "__value__", annotation)
    if str(get_origin(annotation)) == str(Literal):
        return [str(choice) for choice in get_args(annotation)]
    return [choice for inner in get_args(annotation) for choice in _choices(inner)]


def _shown(value: Raw) -> str:
    return cut(repr(value), 80)
