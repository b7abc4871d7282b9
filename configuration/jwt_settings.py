"""The setting `jwt`: how JSON Web Tokens are signed (RFC 7519), for authType jwt and for assertions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from configuration.accepted import Accepts
from configuration.computed import Computed
from configuration.field_types import Raw, Seconds
from rest.bodies import Json

type Algorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    "HS256", "HS384", "HS512",
]  # fmt: skip
type SecretEncoding = Literal["text", "base64", "hex"]

ALGORITHMS: tuple[str, ...] = get_args(Algorithm.__value__)
# Some APIs reject tokens that are valid for more than 3 minutes (Salesforce), 5 (Ghost) or 10 (GitHub).
DEFAULT_TTL_S = 180.0
_MIN_TTL_S = 2  # times in a token are whole seconds
_MAX_TTL_S = 365 * 86400


def _without_algorithm(headers: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if "alg" in headers:
        raise ValueError("alg is set by jwt.algorithm")
    return headers


def _upper(value: Raw) -> Raw:
    names = {name.upper(): name for name in ALGORITHMS}
    return names.get(value.upper(), value) if isinstance(value, str) else value


class JwtSettings(BaseModel):
    """The setting `jwt`.

    algorithm: None for the usual one of the key. ttl_s: seconds from `iat` to `exp`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    algorithm: Annotated[Algorithm | None, BeforeValidator(_upper), Accepts(", ".join(ALGORITHMS))] = None
    claims: Annotated[
        dict[str, JsonValue], Accepts('an object of claims, whose values may be {"jq": "expression"}')
    ] = Field(default_factory=dict)
    headers: Annotated[
        dict[str, JsonValue],
        AfterValidator(_without_algorithm),
        Accepts("an object of header parameters", why=True),
    ] = Field(default_factory=dict)
    ttl_s: Annotated[
        Seconds, Field(ge=_MIN_TTL_S, le=_MAX_TTL_S), Accepts("a number of seconds, from 2 to a year")
    ] = Field(default=DEFAULT_TTL_S, alias="ttl")
    secret_encoding: SecretEncoding = Field(default="text", alias="secretEncoding")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key of the library for cryptography, or the bytes of a shared secret.

    description: the kind of the key, for messages. algorithms: those that fit it, the usual one first.
    id: for the header parameter `kid`. issuer, token_url: from the JSON key of a Google service account.
    texts: the forms of the key that messages must not show.
    """

    key: object = field(repr=False)
    description: str
    algorithms: tuple[str, ...]
    id: str = ""
    issuer: str = ""
    token_url: str = ""
    texts: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class JwtSigning:
    """What signs tokens: a key and the algorithm that fits it.

    claims, headers: as in the setting `jwt`. A claim with the value null is left out.
    computed: the claims' values that jq computes, which are null in `claims`.
    """

    key: SigningKey = field(repr=False)
    algorithm: str
    claims: Mapping[str, Json] = field(default_factory=dict, repr=False)
    computed: tuple[Computed, ...] = ()
    headers: Mapping[str, Json] = field(default_factory=dict)
    ttl_s: float = DEFAULT_TTL_S
