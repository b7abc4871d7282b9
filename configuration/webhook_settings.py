"""The settings of live events: the path of the webhook, its secret, and how deliveries are verified."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from configuration.encodings import decoded
from configuration.setting_fields import SettingFields
from configuration.setting_names import setting_name
from configuration.webhook_presets import HINT, PRESETS, VERIFY_WORDS
from configuration.webhook_scheme import VerificationScheme, read_scheme
from rest.dot_segments import has_dot_segments
from rest.errors import Mistake

# Memory for each byte of a body. Dense ordinary JSON takes 14, and lists without content take 60.
_MAX_WEIGHT = 24
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
_BAD_PATH = (
    "accepts a path like /webhook: letters, digits, -, ., _ and ~ after each slash, without placeholders"
)


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where events are received, and what proves that they come from the API.

    path: below Ocean's /integration. scheme: None: the sender cannot sign, so an event is only a hint.
    secrets: several while a secret is rotated. max_bytes: of the body of an event.
    """

    path: str
    scheme: VerificationScheme | None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    max_bytes: int = 2**20

    @property
    def is_signed(self) -> bool:
        """True if deliveries are verified. False: anyone can send them."""
        return self.scheme is not None

    @property
    def max_weight(self) -> int:
        """The bytes of memory that the parsed body of an event may take."""
        return _MAX_WEIGHT * self.max_bytes

    @property
    def schemes(self) -> tuple[VerificationScheme, ...]:
        """The schemes, one of which must verify a delivery. Empty for `hint`."""
        found, scheme = list[VerificationScheme](), self.scheme
        while scheme:
            found.append(scheme)
            scheme = scheme.alternative
        return tuple(found)


def read_webhook(settings: SettingFields) -> tuple[WebhookSettings | None, list[Mistake]]:
    """Validate the settings of live events. Returns them with the mistakes; None: no live events."""
    verify, secrets = settings.webhook_verify, tuple(settings.webhook_secret)
    if verify is None and not secrets:
        return None, list(_unused(settings))
    mistakes = list(_path_mistakes(settings.webhook_path))
    if verify is None:
        mistakes.append(
            Mistake("webhookVerify", f"is missing (webhookSecret needs it); accepts {VERIFY_WORDS}")
        )
        return None, mistakes
    scheme, scheme_mistakes = _scheme(verify)
    mistakes += scheme_mistakes
    if verify == HINT and secrets:
        mistakes.append(
            Mistake(
                "webhookSecret",
                "has no effect with webhookVerify hint. Remove it, or choose how it is verified",
            )
        )
    elif verify != HINT and not secrets:
        mistakes.append(Mistake("webhookSecret", f"is missing (webhookVerify {_name(verify)} needs it)"))
    if scheme:
        mistakes += _secret_mistakes(scheme, secrets, _name(verify))
    if mistakes:
        return None, mistakes
    return WebhookSettings(settings.webhook_path, scheme, secrets, settings.webhook_max_bytes), []


def decoded_key(secret: str, scheme: VerificationScheme) -> bytes | None:
    """Return the key of a secret. None: it does not have the encoding of the scheme."""
    return decoded(secret.removeprefix(scheme.key_prefix), scheme.key_encoding)


def _unused(settings: SettingFields) -> Iterator[Mistake]:
    for name in ("webhook_path", "webhook_max_bytes"):
        # Ocean passes the defaults of the specification.
        if getattr(settings, name) != SettingFields.model_fields[name].default:
            yield Mistake(
                setting_name(name), f"has no effect without webhookVerify, which accepts {VERIFY_WORDS}"
            )


def _scheme(verify: str | Mapping[str, object]) -> tuple[VerificationScheme | None, list[Mistake]]:
    if not isinstance(verify, str):
        return read_scheme(verify)
    if verify in PRESETS or verify == HINT:
        return PRESETS.get(verify), []
    nearest = get_close_matches(verify.lower(), [*PRESETS, HINT], n=1, cutoff=0.5)
    suggestion = f"; did you mean {nearest[0]}?" if nearest else ""
    return None, [Mistake("webhookVerify", f"got {verify!r:.80}, accepts {VERIFY_WORDS}{suggestion}")]


def _name(verify: str | Mapping[str, object]) -> str:
    return verify if isinstance(verify, str) else f"algorithm {verify.get('algorithm')}"


def _path_mistakes(path: str) -> Iterator[Mistake]:
    if not _PATH.fullmatch(path) or has_dot_segments(path):
        yield Mistake(
            "webhookPath",
            f"got {path!r:.80}, accepts a path like /webhook, of letters, digits, -, ., _ and ~",
        )


def _secret_mistakes(scheme: VerificationScheme, secrets: Sequence[str], name: str) -> Iterator[Mistake]:
    if scheme.algorithm == "basic" and not all(":" in secret for secret in secrets):
        yield Mistake("webhookSecret", f"accepts user:password for webhookVerify {name}")
    if scheme.alternative is None and not all(decoded_key(secret, scheme) for secret in secrets):
        yield Mistake("webhookSecret", f"is not {scheme.key_encoding}, as webhookVerify {name} needs it")
