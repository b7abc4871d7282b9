"""Find secrets in texts: plain, in base64 or hexadecimal, in another case, truncated, escaped or not."""

import re
from base64 import b64encode, urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from rest.escapes import Span, readings

CUT = "…"
# Masking shorter secrets would make messages unreadable and hide nothing.
SHORTEST_SECRET = 3
# The maximum bytes that one byte of a secret takes in any form: %255Cu0061 has ten.
LONGEST_FORM = 12
# Shorter base64 texts also occur in ordinary words.
_SHORTEST_BASE64 = 7
_SHORTEST_HEX = 6
# "Admin" is an ordinary word, even if the password is "admin".
_SHORTEST_IN_ANY_CASE = 8
_SHORTEST_LETTERS_IN_ANY_CASE = 16


@dataclass(frozen=True, slots=True)
class _Form:
    """Bytes that reveal a secret.

    before, after: the number of base64 characters around them that also encode a part of it.
    """

    needle: bytes
    in_any_case: bool = False
    before: int = 0
    after: int = 0


class SecretForms:
    """All forms of a set of secrets, and the search for them in texts."""

    def __init__(self, secrets: Iterable[str]) -> None:
        raw = [text.encode(errors="surrogatepass") for secret in secrets for text in _spellings(secret)]
        forms = list(dict.fromkeys(form for secret in raw for form in _forms(secret)))
        self._exact = [form for form in forms if not form.in_any_case]
        self._in_any_case = [form for form in forms if form.in_any_case]
        self.longest_bytes = LONGEST_FORM * max(map(len, raw), default=0)

    def found(self, text: bytes) -> list[Span]:
        """Return the spans of all secrets in the text, in order and without overlaps."""
        if not (self._exact or self._in_any_case):
            return []
        spans = {reading.original_span(span) for reading in readings(text) for span in self._in(reading.text)}
        return _merged(sorted(spans))

    def _in(self, text: bytes) -> Iterator[Span]:
        # URL-encoded forms send spaces as plus signs.
        text = text.replace(b" ", b"+")
        yield from _spans_of(text, self._exact)
        yield from _spans_of(text.lower(), self._in_any_case)


def _spellings(secret: str) -> set[str]:
    """Return the secret with accented letters as one code point and as two."""
    return {secret, normalize("NFC", secret), normalize("NFD", secret)}


def _forms(secret: bytes) -> Iterator[_Form]:
    plain = secret.replace(b" ", b"+")
    shortest = _SHORTEST_LETTERS_IN_ANY_CASE if secret.isalpha() else _SHORTEST_IN_ANY_CASE
    in_any_case = len(secret) >= shortest
    yield _Form(plain.lower() if in_any_case else plain, in_any_case)
    if len(secret) >= _SHORTEST_HEX:
        yield _Form(secret.hex().encode(), in_any_case=True)
    for before in range(3):
        padded = b"\0" * before + secret
        start, whole = before and before + 1, len(padded) * 8 // 6
        if whole - start >= _SHORTEST_BASE64:
            for encode in (b64encode, urlsafe_b64encode):
                yield _Form(
                    encode(padded)[start:whole], before=before and 1, after=1 if len(padded) % 3 else 0
                )


def _spans_of(text: bytes, forms: Sequence[_Form]) -> Iterator[Span]:
    cuts = [match.start() for match in _CUT_MARK.finditer(text)]
    for form in forms:
        at = text.find(form.needle)
        while at >= 0:
            end = at + len(form.needle)
            # Only base64 characters can encode a part of the secret. Other bytes may be half a character.
            before = form.before if text[max(0, at - form.before) : at].translate(None, _BASE64) == b"" else 0
            after = form.after if text[end : end + form.after].translate(None, _BASE64) == b"" else 0
            yield max(0, at - before), min(len(text), end + after)
            at = text.find(form.needle, at + 1)
        yield from _truncated(text, cuts, form.needle)


def _truncated(text: bytes, cuts: Sequence[int], needle: bytes) -> Iterator[Span]:
    """Yield the spans where the start of a secret is followed by a cut mark."""
    start = needle[:SHORTEST_SECRET]
    at = text.find(start) if cuts else -1
    while at >= 0:
        # A binary search, because an API may send thousands of both.
        number = bisect_left(cuts, at + len(start))
        if number == len(cuts):
            return
        if needle.startswith(text[at : cuts[number]]):
            yield at, cuts[number]
        at = text.find(start, at + 1)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
# A text was cut here, possibly inside a secret. jq uses three dots in its error messages.
_CUT_MARK = re.compile(CUT.encode() + rb"|\.\.\.")
