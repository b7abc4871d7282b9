"""Search for secrets in every form that a text may hold."""

import base64
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus


def leaks(text: str, secrets: Iterable[str]) -> list[str]:
    """Return each form of a secret that the text contains, with some context."""
    return [_around(text, form) for secret in secrets for form in forms(secret) if form in text]


def forms(secret: str) -> set[str]:
    """Return the secret as it is, its first six letters, and its encodings in URLs, JSON and base64."""
    encoded = {quote(secret, safe=""), quote(secret), quote_plus(secret), quote(secret, safe="$,:@/!*()'")}
    lower = {form.replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d") for form in encoded}
    # Ocean's own masking shows six letters, so nothing may be left for it to mask.
    in_base64 = {form for text in (secret, quote_plus(secret)) for form in _base64(text.encode())}
    return {secret, secret[:6], json.dumps(secret)[1:-1], *encoded, *lower, *in_base64}


def _base64(raw: bytes) -> Iterator[str]:
    """Yield the part that does not depend on neighbouring bytes, for each of the three alignments."""
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"\0" * before + raw).decode().rstrip("=")
            yield text[before + (before > 0) : -1]


def _around(text: str, form: str) -> str:
    start = text.index(form)
    return text[max(0, start - 80) : start + len(form) + 20]
