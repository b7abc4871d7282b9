"""How a webhook's sender proves that it knows the secret: the object that `webhookVerify` accepts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from configuration.accepted import Accepts, mistakes_in, without_unset
from configuration.field_types import Seconds, Text
from configuration.headers import invalid_headers
from configuration.signed_text import SignedText
from expressions.plain_paths import plain_steps
from rest.errors import Mistake
from rest.steps import Step

type Algorithm = Literal["sha1", "sha256", "sha384", "sha512", "token", "basic"]
type SignatureEncoding = Literal["hex", "base64", "base64url"]
type KeyEncoding = Literal["text", "hex", "base64"]
type TimestampFormat = Literal["s", "ms", "iso"]
# Requests without proof that are answered, because senders make them before they send events.
type Challenge = Literal["okta", "msgraph", "cloudevents", "asana", "dropbox", "trello"]

_NO_HMAC = ("token", "basic")
_TIME_FORMATS = {"epoch": "s", "epoch_ms": "ms", "iso8601": "iso"}
_PARAM = re.compile(r"[\w.~-]+", re.ASCII)


def _without_hmac(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Accept hmac-sha256 and HMAC-SHA256 for sha256."""
    return value.lower().replace("_", "-").removeprefix("hmac-") if isinstance(value, str) else value


def _several(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Accept one text or a list of texts."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(each, str) for each in values):
        raise ValueError
    if invalid_headers((each, "") for each in values):
        raise ValueError
    return tuple(each.lower() for each in values)


def _param(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(value, str) or not _PARAM.fullmatch(value):
        raise ValueError
    return value


def _steps(value: Any) -> Any:  # noqa: ANN401 - any JSON
    steps = plain_steps(value.strip()) if isinstance(value, str) else None
    if not steps:
        raise ValueError
    return steps


def _signed(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Accept one text, or a list of its lines."""
    lines = [value] if isinstance(value, str) else value
    if not isinstance(lines, list) or not lines or not all(isinstance(line, str) for line in lines):
        raise ValueError
    return SignedText.read("\n".join(lines))


def _time_format(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Accept the names of the mapping's time formats, too."""
    return _TIME_FORMATS.get(value.lower(), value.lower()) if isinstance(value, str) else value


HeaderNames = Annotated[
    tuple[str, ...], BeforeValidator(_several), Accepts("a header name, or a list of them")
]
BodyPath = Annotated[
    tuple[Step, ...],
    BeforeValidator(_steps),
    Accepts("a path without functions, like .event.id or .value[].clientState"),
]


@dataclass(frozen=True, slots=True)
class ValueSource:
    """Where a delivery has a value: in a header, in a query parameter, or in its body.

    headers: in lower case. A delivery may have one of them, or several, each with its own signature.
    prefix: the text before the value, in a header that may list several values.
    """

    headers: tuple[str, ...] = ()
    query_param: str = ""
    body_path: tuple[Step, ...] = ()
    prefix: str = ""


class SchemeInput(BaseModel):
    """The object that `webhookVerify` accepts. With an HMAC, `signed` is what the signature covers."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, arbitrary_types_allowed=True
    )

    algorithm: Annotated[Algorithm, BeforeValidator(_without_hmac)]
    header: HeaderNames = ()
    query_param: Annotated[str, BeforeValidator(_param), Accepts("the name of a query parameter")] = Field(
        default="", alias="queryParam"
    )
    body_path: BodyPath = Field(default=(), alias="bodyPath")
    prefix: Text = ""
    encoding: SignatureEncoding = "hex"
    signed: Annotated[
        SignedText,
        BeforeValidator(_signed),
        Accepts("a text with placeholders like {body} and {timestamp}, or a list of its lines", why=True),
    ] = SignedText()
    timestamp_header: HeaderNames = Field(default=(), alias="timestampHeader")
    timestamp_path: BodyPath = Field(default=(), alias="timestampPath")
    timestamp_prefix: Text = Field(default="", alias="timestampPrefix")
    timestamp_format: Annotated[
        TimestampFormat | None, BeforeValidator(_time_format), Accepts("s, ms or iso")
    ] = Field(default=None, alias="timestampFormat")
    tolerance: Seconds = 300.0
    id_header: HeaderNames = Field(default=(), alias="idHeader")
    id_path: BodyPath = Field(default=(), alias="idPath")
    key_encoding: KeyEncoding = Field(default="text", alias="keyEncoding")
    key_prefix: Text = Field(default="", alias="keyPrefix")
    challenge: Challenge | None = None


_BODY = SignedText()


@dataclass(frozen=True, slots=True)
class VerificationScheme:
    """How a delivery proves that its sender knows the secret.

    proof: where the signature or the token is. signed: what the signature covers.
    timestamp: None: the sender signs no time. timestamp_format: None: recognized from the value.
    id: what identifies a delivery that is sent again. challenge: the requests answered without proof.
    alternative: the scheme that is tried where this one does not verify a delivery.
    """

    algorithm: Algorithm
    proof: ValueSource
    encoding: SignatureEncoding = "hex"
    signed: SignedText = _BODY
    timestamp: ValueSource | None = None
    timestamp_format: TimestampFormat | None = None
    tolerance_s: float = 300.0
    id: ValueSource | None = None
    key_encoding: KeyEncoding = "text"
    key_prefix: str = ""
    challenge: Challenge | None = None
    alternative: "VerificationScheme | None" = None

    @property
    def is_hmac(self) -> bool:
        """True if the sender signs, False if it sends the secret itself."""
        return self.algorithm not in _NO_HMAC


def read_scheme(value: Mapping[str, Any]) -> tuple[VerificationScheme | None, list[Mistake]]:
    """Validate the object. Returns the scheme, or its mistakes."""
    try:
        given = SchemeInput.model_validate(without_unset(value))
    except ValidationError as error:
        return None, mistakes_in(error, SchemeInput, lambda name: f"webhookVerify.{name}")
    mistakes = [
        *_proof_mistakes(given),
        *(_unused(given) if given.algorithm in _NO_HMAC else _signed_mistakes(given)),
    ]
    return (None, mistakes) if mistakes else (_scheme(given), [])


def _scheme(given: SchemeInput) -> VerificationScheme:
    headers = given.header or (("authorization",) if given.algorithm == "basic" else ())
    timestamp = ValueSource(given.timestamp_header, "", given.timestamp_path, given.timestamp_prefix)
    identifier = ValueSource(given.id_header, "", given.id_path)
    return VerificationScheme(
        given.algorithm,
        ValueSource(headers, given.query_param, given.body_path, given.prefix),
        given.encoding,
        given.signed,
        timestamp if given.timestamp_header or given.timestamp_path else None,
        given.timestamp_format,
        given.tolerance,
        identifier if given.id_header or given.id_path else None,
        given.key_encoding,
        given.key_prefix,
        given.challenge,
    )


def _proof_mistakes(given: SchemeInput) -> Iterator[Mistake]:
    places = sum(map(bool, (given.header, given.query_param, given.body_path)))
    if given.algorithm == "basic" and (given.query_param or given.body_path):
        yield Mistake("webhookVerify", "accepts only header with algorithm basic")
    elif places != 1 and not (given.algorithm == "basic" and not places):
        yield Mistake(
            "webhookVerify", "needs one of header, queryParam and bodyPath: where the signature or token is"
        )
    if given.id_header and given.id_path:
        yield Mistake("webhookVerify", "accepts idHeader or idPath, not both")
    if given.timestamp_header and given.timestamp_path:
        yield Mistake("webhookVerify", "accepts timestampHeader or timestampPath, not both")


def _unused(given: SchemeInput) -> Iterator[Mistake]:
    """Yield a mistake for each key that only HMAC algorithms have."""
    own = {"algorithm", "header", "query_param", "body_path", "prefix", "id_header", "id_path", "challenge"}
    for name in sorted(given.model_fields_set - own):
        key = SchemeInput.model_fields[name].alias or name
        hashes = ", ".join(each for each in get_args(Algorithm.__value__) if each not in _NO_HMAC)
        yield Mistake(
            f"webhookVerify.{key}", f"has no effect with algorithm {given.algorithm} (used by {hashes})"
        )


def _signed_mistakes(given: SchemeInput) -> Iterator[Mistake]:
    signed, has_timestamp = given.signed, bool(given.timestamp_header or given.timestamp_path)
    if not signed.covers_body:
        yield Mistake(
            "webhookVerify.signed",
            "does not cover the body, so anyone can change it. Add {body}, or set webhookVerify to hint "
            "if the sender does not sign it",
        )
    if signed.uses("timestamp") and not has_timestamp:
        yield Mistake("webhookVerify.signed", "uses {timestamp}. Set timestampHeader or timestampPath")
    if signed.uses("id") and not (given.id_header or given.id_path):
        yield Mistake("webhookVerify.signed", "uses {id}. Set idHeader or idPath")
    if given.timestamp_header and not signed.uses("timestamp"):
        yield Mistake(
            "webhookVerify.timestampHeader",
            "is not covered by the signature, so it proves nothing. Add {timestamp} to signed, or remove it",
        )
