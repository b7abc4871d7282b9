"""Propose `webhookVerify` from the headers of a delivery."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from configuration.webhook_presets import PRESETS
from configuration.webhook_scheme import VerificationScheme
from live_events.delivery import Delivery
from live_events.value_sources import has_prefix, listed, source_words, texts_at
from rest.bodies import Json

# Hash functions by the bytes of their results.
_HASHES: Mapping[int, str] = {20: "sha1", 32: "sha256", 48: "sha384", 64: "sha512"}
_SIGNATURE = re.compile(r"signature|hmac|\bsig\b|-sign\b", re.IGNORECASE)
_TIME = re.compile(r"time", re.IGNORECASE)
_PREFIXED = re.compile(r"(?P<prefix>[A-Za-z0-9-]{2,8}[=,])?(?P<text>[A-Za-z0-9+/_=-]+)")
_AUTHORIZATION = "authorization"


@dataclass(frozen=True, slots=True)
class FoundVerification:
    """How a sender signs. verify: the value of `webhookVerify`. why: the reason. doubt: "" for none."""

    verify: Json
    why: str
    doubt: str = ""


def find_verification(delivery: Delivery) -> FoundVerification | None:
    """Return how the sender of a delivery signs. None: no header shows it."""
    ranked: list[tuple[int, int, str, VerificationScheme]] = []
    for name, preset in PRESETS.items():
        schemes = [each for each in _schemes(preset) if not _is_common(each)]
        sent = [each for each in schemes if _has_proof(delivery, each)]
        if sent:
            ranked.append((-len(sent), len(schemes) - len(sent), name, sent[0]))
    if ranked:
        _, _, name, scheme = min(ranked, key=lambda each: each[:2])
        return FoundVerification(name, f"The delivery has {source_words(scheme.proof)}")
    return _authorization(delivery) or next(_signatures(delivery), None)


def _schemes(scheme: VerificationScheme | None) -> Iterator[VerificationScheme]:
    """Yield a preset's schemes. GitLab signs, or sends a token, or both."""
    while scheme:
        yield scheme
        scheme = scheme.alternative


def _has_proof(delivery: Delivery, scheme: VerificationScheme) -> bool:
    found = texts_at(delivery, scheme.proof)
    if scheme.is_hmac:
        return any(listed(text, scheme.proof.prefix) for text in found)
    return any(found)


def _is_common(scheme: VerificationScheme) -> bool:
    """Return whether several presets have the same header."""
    return _AUTHORIZATION in scheme.proof.headers


def _authorization(delivery: Delivery) -> FoundVerification | None:
    """Return the preset for an Authorization header: the one that the body names, else a common one."""
    text = delivery.headers.get(_AUTHORIZATION, "")
    if not text:
        return None
    why = "The delivery has the header authorization"
    if has_prefix(text, "Basic "):
        return FoundVerification("basic", f"{why} with Basic credentials")
    own = [name for name, scheme in PRESETS.items() if _is_common(scheme) and scheme.challenge == name]
    named = next((name for name in own if f".{name}.".encode() in delivery.body), "token")
    return FoundVerification(named, why)


def _signatures(delivery: Delivery) -> Iterator[FoundVerification]:
    """Yield an object for each header that looks like a signature."""
    for name, text in delivery.headers.items():
        match = _PREFIXED.fullmatch(text.strip())
        if not _SIGNATURE.search(name) or _TIME.search(name) or match is None:
            continue
        size, encoding = _decoded_size(match["text"])
        if size not in _HASHES:
            continue
        scheme: dict[str, Json] = {"algorithm": _HASHES[size], "header": name}
        scheme |= {"prefix": match["prefix"]} if match["prefix"] else {}
        scheme |= {"encoding": encoding} if encoding != "hex" else {}
        yield FoundVerification(
            scheme,
            f"The header {name} has the length of {_HASHES[size]} in {encoding}",
            "What is signed is not visible. Compare it with the API's documentation, and add signed and "
            "timestampHeader if it signs more than the body",
        )


def _decoded_size(text: str) -> tuple[int, str]:
    """Return the bytes of a signature, and its encoding. 0 if it has none."""
    if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", text):
        return len(text) // 2, "hex"
    encoding = "base64url" if set(text) & set("-_") else "base64"
    unpadded = text.rstrip("=")
    try:
        altchars = b"-_" if encoding == "base64url" else b"+/"
        padded = unpadded + "=" * (-len(unpadded) % 4)
        return len(b64decode(padded, altchars=altchars, validate=True)), encoding
    except ValueError:
        return 0, ""
