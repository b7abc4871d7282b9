"""Where a text holds a secret: as it is, in base64 or hexadecimal, in other case, or cut; escaped or not."""

import re
from base64 import b64encode, urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from rest.escapes import Span, readings

CUT = "…"
# A mask for shorter ones would make messages unreadable and hide nothing.
SHORTEST_SECRET = 3
# The most bytes that one byte of a secret takes in any form: %255Cu0061 is ten.
LONGEST_FORM = 12
# Of base64: fewer letters stand in other words, too.
_SHORTEST_BASE64 = 7
_SHORTEST_HEX = 6
# "Admin" is a word and no other way to write the password "admin".
_SHORTEST_IN_ANY_CASE = 8
_SHORTEST_LETTERS_IN_ANY_CASE = 16


@dataclass(frozen=True, slots=True)
class _Form:
    """Bytes that give a secret away. before, after: letters around them that are partly its own (base64)."""

    needle: bytes
    in_any_case: bool = False
    before: int = 0
    after: int = 0


class SecretForms:
    """The forms of some secrets, found in texts."""

    def __init__(self, secrets: Iterable[str]) -> None:
        raw = [text.encode(errors="surrogatepass") for secret in secrets for text in _spellings(secret)]
        forms = list(dict.fromkeys(form for secret in raw for form in _forms(secret)))
        self._exact = [form for form in forms if not form.in_any_case]
        self._in_any_case = [form for form in forms if form.in_any_case]
        self.longest_bytes = LONGEST_FORM * max(map(len, raw), default=0)

    def found(self, text: bytes) -> list[Span]:
        """Where they stand, in order, without overlaps."""
        if not (self._exact or self._in_any_case):
            return []
        spans = {
            reading.in_the_original(span) for reading in readings(text) for span in self._in(reading.text)
        }
        return _merged(sorted(spans))

    def _in(self, text: bytes) -> Iterator[Span]:
        # A form sends spaces as plus signs.
        text = text.replace(b" ", b"+")
        yield from _all_in(text, self._exact)
        yield from _all_in(text.lower(), self._in_any_case)


def _spellings(secret: str) -> set[str]:
    """An accent may be a letter's own, or a letter that follows it."""
    return {secret, normalize("NFC", secret), normalize("NFD", secret)}


def _forms(secret: bytes) -> Iterator[_Form]:
    folded = secret.replace(b" ", b"+")
    has_other_than_letters = not secret.isalpha()
    enough = _SHORTEST_IN_ANY_CASE if has_other_than_letters else _SHORTEST_LETTERS_IN_ANY_CASE
    in_any_case = len(secret) >= enough
    yield _Form(folded.lower() if in_any_case else folded, in_any_case)
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


def _all_in(text: bytes, forms: Sequence[_Form]) -> Iterator[Span]:
    marks = [match.start() for match in _CUT_MARK.finditer(text)]
    for form in forms:
        at = text.find(form.needle)
        while at >= 0:
            end = at + len(form.needle)
            # What is no letter of base64 is not partly the secret's, and may be a part of a letter.
            before = (
                form.before if text[max(0, at - form.before) : at].translate(None, _OF_BASE64) == b"" else 0
            )
            after = form.after if text[end : end + form.after].translate(None, _OF_BASE64) == b"" else 0
            yield max(0, at - before), min(len(text), end + after)
            at = text.find(form.needle, at + 1)
        yield from _cut_off(text, marks, form.needle)


def _cut_off(text: bytes, marks: Sequence[int], needle: bytes) -> Iterator[Span]:
    """Where the start of a secret stands before a mark. An API may send thousands of both."""
    start = needle[:SHORTEST_SECRET]
    at = text.find(start) if marks else -1
    while at >= 0:
        number = bisect_left(marks, at + len(start))
        if number == len(marks):
            return
        if needle.startswith(text[at : marks[number]]):
            yield at, marks[number]
        at = text.find(start, at + 1)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


_OF_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
# What says that a text was cut here, and maybe a secret with it. jq cuts what its errors show with dots.
_CUT_MARK = re.compile(CUT.encode() + rb"|\.\.\.")
