"""Validators: what a response carries so that the API can be asked whether it still holds (RFC 9110 §8.8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

# RFC 9110 §8.8.2.2: a Last-Modified closer than this to the time of the response may hide a second change in
# the same second, or clocks that differ.
_SETTLED = timedelta(seconds=60)
# Quoted, as RFC 9110 §8.8.3 has it, or without quotes, as some APIs send it. Two ETag headers arrive joined
# by a comma, and `*` would match any response.
_QUOTED = re.compile(r'(W/)?"[\x20\x21\x23-\x7e]{1,1000}"')
_UNQUOTED = re.compile(r"[\x21\x23-\x29\x2b\x2d-\x7e]{1,1000}")
# Servers add these to the ETag of a compressed response, and often leave them out of a 304.
_CODINGS = re.compile(r"(-{1,2}|[;:])(gzip|br|deflate|zstd|df)$")


@dataclass(frozen=True, slots=True)
class Validator:
    """A validator, as the API sent it. An ETag is preferred: Last-Modified only has whole seconds."""

    name: Literal["etag", "last-modified"]
    text: str

    @property
    def condition(self) -> tuple[str, str]:
        """The header that asks for the response only if it has another validator.

        Only one: some servers answer 304 when either of two conditions holds.
        """
        return ("If-None-Match" if self.name == "etag" else "If-Modified-Since"), self.text

    def is_confirmed_by(self, headers: Mapping[str, str]) -> bool:
        """Tell whether a 304 with these headers is about this validator, or names none (RFC 9111 §4.3.4)."""
        if self.name == "etag":
            etag = headers.get("etag", "").strip()
            return not etag or _opaque(etag) == _opaque(self.text)
        modified = headers.get("last-modified", "").strip()
        return not modified or modified == self.text


def validator_of(headers: Mapping[str, str], received: datetime) -> Validator | None:
    """Return the validator of a response; None: it has none that can be relied on.

    headers: with names in lower case. received: when the response arrived, if it has no Date.
    """
    etag = headers.get("etag", "").strip()
    if etag:
        is_valid = _QUOTED.fullmatch(etag) or _UNQUOTED.fullmatch(etag)
        return Validator("etag", etag) if is_valid and _opaque(etag) else None
    text = headers.get("last-modified", "").strip()
    modified, sent = _date(text), _date(headers.get("date", "")) or received
    return Validator("last-modified", text) if modified and sent - modified >= _SETTLED else None


def _opaque(etag: str) -> str:
    """Return an ETag for the weak comparison (RFC 9110 §8.8.3.2), without what compression adds."""
    return _CODINGS.sub("", etag.removeprefix("W/").strip('"'))


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else None
