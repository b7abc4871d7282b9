"""The types of settings and mapping keys, as users write them in environment variables and YAML."""

import json
from contextlib import suppress
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from configuration.accepted import Accepts
from configuration.answer_rules import AnswerAction, AnswerRule
from configuration.headers import invalid_headers
from configuration.param_format import ParamFormat
from configuration.shrinkage import ShrinkLimit
from expressions.paths import Path, jq_path, setting_path
from rest.doubts import DOUBTS, DoubtName
from rest.request import Pairs

# The input of pydantic's validators, which may have any type.
type Raw = Any

_ACTIONS = get_args(AnswerAction.__value__)


def _number(value: Raw) -> Raw:
    """Accept numbers in Helm's notation: 1e+06 is the integer 1000000."""
    if isinstance(value, bool):
        raise ValueError("a boolean is not a number")
    if isinstance(value, str):
        number = float(value)
        return int(value) if value.strip().lstrip("+-").isdigit() else number
    return value


def _json(value: Raw) -> Raw:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _texts(value: Raw) -> Raw:
    loaded = _json(value)
    if not isinstance(loaded, dict):
        raise ValueError("not an object")
    return {name: _text(item) for name, item in loaded.items()}


def _text(value: Raw) -> Raw:
    if isinstance(value, dict | list | None):
        raise ValueError("not a text")
    return value if isinstance(value, str) else json.dumps(value)


def _stripped(value: Raw) -> Raw:
    return value.strip() if isinstance(value, str) else value


def _name_or_object(value: Raw) -> Raw:
    """Accept a name, an object, or an object as JSON."""
    if isinstance(value, str):
        return _json(value) if value.lstrip().startswith("{") else value.strip()
    return value


def _secrets(value: Raw) -> Raw:
    """Accept one secret, a list of them, or a list as JSON. A secret itself may begin with a bracket."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        with suppress(ValueError):
            value = _json(value)
    texts = value if isinstance(value, list | tuple) else [_text(value)]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError("not a list of texts")
    return tuple(text.strip() for text in texts)


def _path(value: Raw) -> Raw:
    return setting_path(value) if isinstance(value, str) else value


def _jq(value: Raw) -> Raw:
    return jq_path(value) if isinstance(value, str) else value


def _rules(value: Raw) -> Raw:
    """Accept [{"when": ".body.ok == false", "as": "retry", "wait": ".headers[\"retry-in\"]"}]."""
    loaded = _json(value)
    if isinstance(loaded, tuple):  # already validated
        return loaded
    if not isinstance(loaded, list) or not all(isinstance(rule, dict) for rule in loaded):
        raise ValueError("not a list of objects")
    return tuple(_rule(rule) for rule in loaded)


def _rule(rule: dict[str, Raw]) -> AnswerRule:
    if not {"when", "as"} <= rule.keys() <= {"when", "as", "wait"}:
        raise ValueError("a rule has the keys when and as, and optionally wait")
    if rule["as"] not in _ACTIONS or not all(isinstance(rule[name], str) for name in rule):
        raise ValueError(f"{rule['as']!r} is not one of {', '.join(_ACTIONS)}")
    return AnswerRule(jq_path(rule["when"]), rule["as"], jq_path(rule["wait"]) if "wait" in rule else None)


def _doubts(value: Raw) -> Raw:
    """Accept a list, also as JSON, or names separated by commas."""
    if isinstance(value, str) and not value.lstrip().startswith("["):
        return [name.strip() for name in value.split(",") if name.strip()]
    return _json(value)


def _shrinkage(value: Raw) -> Raw:
    if isinstance(value, bool):
        raise ValueError("a boolean is not a number")
    return ShrinkLimit.read(str(value))


def _format(value: Raw) -> Raw:
    return ParamFormat.of(value) if isinstance(value, str) else value


def _upper(value: Raw) -> Raw:
    return value.upper() if isinstance(value, str) else value


def _pairs(value: Raw) -> Raw:
    """Turn {"a": 1, "b": [true, "x"], "c": null} into a=1, b=true, b=x."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    pairs: list[tuple[str, str]] = []
    for name, member in value.items():
        texts = member if isinstance(member, list) else [member]
        pairs += [(str(name), _text(text)) for text in texts if text is not None]
    return tuple(pairs)


def _header_pairs(value: Raw) -> Raw:
    pairs = _pairs(value)
    if invalid := invalid_headers(pairs):
        raise ValueError(
            f"{invalid[0]!r} is not a valid header name, or its value has line breaks or is not ASCII"
        )
    return pairs


Text = Annotated[str, BeforeValidator(_text), Accepts("text")]
# Files and Kubernetes Secrets often end with a line break, which is not part of the value.
Stripped = Annotated[str, AfterValidator(_stripped), BeforeValidator(_text), Accepts("text")]
WholeNumber = Annotated[int, BeforeValidator(_number), Field(ge=0), Accepts("a whole number, 0 or more")]
Count = Annotated[int, BeforeValidator(_number), Field(ge=1), Accepts("a whole number, 1 or more")]
EventBytes = Annotated[
    int,
    BeforeValidator(_number),
    Field(ge=1, le=25 * 2**20),
    Accepts("a whole number of bytes from 1 to 26214400"),
]
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
    Accepts("a number of requests per second above 0"),
]
Switch = Annotated[bool, Accepts("true or false")]
Texts = Annotated[
    dict[str, str],
    BeforeValidator(_texts),
    Accepts("a JSON object of names and texts"),
]
JsonObject = Annotated[dict[str, Any], BeforeValidator(_json), Accepts("a JSON object")]
NameOrObject = Annotated[
    str | dict[str, Any], BeforeValidator(_name_or_object), Accepts("a name, or a JSON object")
]
Secrets = Annotated[
    tuple[str, ...], BeforeValidator(_secrets), Accepts("a text, or a JSON list of texts that are not empty")
]
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
                    "as": {"type": "string", "enum": list(_ACTIONS)},
                    "wait": {"type": "string"},
                },
                "required": ["when", "as"],
                "additionalProperties": False,
            },
        }
    ),
    Accepts("a list of rules {when: jq, as: " + " | ".join(_ACTIONS) + "}", why=True),
]
Doubts = Annotated[
    frozenset[DoubtName],
    BeforeValidator(_doubts),
    WithJsonSchema({"type": "array", "items": {"type": "string", "enum": list(DOUBTS)}}),
    Accepts("a list of doubts: " + ", ".join(DOUBTS)),
]
FormatText = Annotated[
    ParamFormat,
    BeforeValidator(_format),
    WithJsonSchema({"type": "string"}),
    Accepts("a text with {start}, {end} and {size}, with {page}, or with {cursor}", why=True),
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
    WithJsonSchema({"type": "object", "additionalProperties": {"type": ["string", "object"]}}),
    Accepts("an object of header names and texts", why=True),
]
