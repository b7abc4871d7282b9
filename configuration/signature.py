"""The setting `signature`: what a signature covers, how it is computed and where it is sent."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from configuration.accepted import Accepts, mistakes_in, without_unset
from configuration.field_types import Text, Texts
from configuration.headers import invalid_headers
from configuration.setting_fields import SettingFields
from configuration.variables import substituted
from rest.errors import Mistake

SETTING = "signature"
type Algorithm = Literal[
    "hmac-sha256",
    "hmac-sha384",
    "hmac-sha512",
    "hmac-sha1",
    "hmac-md5",
    "sha256",
    "sha384",
    "sha512",
    "sha1",
    "md5",
]
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_VARIABLE_IN_EXPRESSION = re.compile(r"\{\{[^}]*\$\{\w+\}")


def _lines(value: object) -> object:
    """Accept one text, or a list of its lines."""
    if isinstance(value, list) and value and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    return value


class KeyStep(BaseModel):
    """A text that a derived key is computed from. hex, base64: the same as bytes in this encoding."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    encoding: Literal["text", "hex", "base64"] = "text"


def _steps(value: object) -> object:
    """Accept texts, and objects like {"hex": "{{.nonce}}"}."""
    if not isinstance(value, list):
        raise ValueError("not a list")
    return [_step(each) for each in value]


def _step(value: object) -> object:
    if isinstance(value, str):
        return KeyStep(text=value)
    if isinstance(value, dict) and len(value) == 1:
        encoding, text = next(iter(value.items()))
        return {"text": text, "encoding": encoding}
    return value


class SignatureRule(BaseModel):
    """The setting `signature`. Texts may have jq in double braces: {{.method}}."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    algorithm: Algorithm = "hmac-sha256"
    signed: Annotated[
        str, BeforeValidator(_lines), Field(min_length=1), Accepts("a text, or a list of its lines")
    ]
    encoding: Literal["hex", "base64", "base64url"] = "hex"
    header: Text | None = None
    headers: Texts = Field(default_factory=dict)
    query_params: Texts = Field(default_factory=dict, alias="queryParams")
    key: Text = "{{.secret}}"
    key_encoding: Literal["text", "hex", "base64"] = Field(default="text", alias="keyEncoding")
    derived_key: Annotated[
        tuple[KeyStep, ...],
        BeforeValidator(_steps),
        Accepts('a list of texts, or of objects like {"hex": "{{.nonce}}"}'),
    ] = Field(default=(), alias="derivedKey")
    derived_key_encoding: Literal["bytes", "hex", "base64"] = Field(
        default="bytes", alias="derivedKeyEncoding"
    )

    @property
    def sent_headers(self) -> Mapping[str, str]:
        """The headers to add. `header` carries the plain signature."""
        own = {self.header: "{{.signature}}"} if self.header else {}
        return {**own, **self.headers}


def read_signature(
    settings: SettingFields, environ: Mapping[str, str]
) -> tuple[SignatureRule | None, list[Mistake]]:
    """Validate the setting and substitute `${NAME}`. Returns it with the mistakes; None for other types."""
    if settings.auth_type != SETTING:
        return None, []
    if not settings.signature:
        return None, [Mistake(SETTING, "is missing (authType signature needs it)")]
    try:
        rule = SignatureRule.model_validate(without_unset(settings.signature))
    except ValidationError as error:
        return None, mistakes_in(error, SignatureRule, lambda name: f"{SETTING}.{name}")
    filled, unset = _with_variables(rule, environ)
    return filled, [*_rule_mistakes(rule), *unset]


def _rule_mistakes(rule: SignatureRule) -> Iterator[Mistake]:
    texts = [*rule.sent_headers.values(), *rule.query_params.values()]
    if not any(".signature" in each for text in texts for each in _EXPRESSION.findall(text)):
        yield Mistake(
            SETTING,
            "sends the signature nowhere. Set header, or use {{.signature}} in headers or queryParams",
        )
    # Their values are only known when a request is sent.
    for name in invalid_headers((name, "") for name in rule.sent_headers):
        yield Mistake(f"{SETTING}.headers", f"{name!r} is not a valid header name")
    if rule.derived_key and not rule.algorithm.startswith("hmac"):
        yield Mistake(f"{SETTING}.derivedKey", f"needs an hmac algorithm, but algorithm is {rule.algorithm}")
    if any(_VARIABLE_IN_EXPRESSION.search(text) for text in (*texts, rule.signed, rule.key)):
        yield Mistake(SETTING, "has ${...} within {{...}}. Put environment variables outside of the braces")


def _with_variables(rule: SignatureRule, environ: Mapping[str, str]) -> tuple[SignatureRule, list[Mistake]]:
    """Return the rule with environment variables substituted, and one mistake for each that is not set."""
    changes: dict[str, Any] = {}
    mistakes: dict[Mistake, None] = {}
    groups = {
        "own": {"signed": rule.signed, "key": rule.key},
        "headers": rule.headers,
        "query_params": rule.query_params,
    }
    for name, texts in groups.items():
        filled, unset = substituted(SETTING, texts, environ)
        changes |= filled if name == "own" else {name: filled}
        mistakes |= dict.fromkeys(unset)
    return rule.model_copy(update=changes), list(mistakes)
