"""The challenges of a WWW-Authenticate header: the schemes that a server accepts (RFC 9110 §11.6.1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the grammar of RFC 9110 §5.6.2
_PARAMETER = re.compile(rf'({_TOKEN})\s*=\s*("(?:[^"\\]|\\.)*"|{_TOKEN})\s*(?=,|$)', re.DOTALL)
_SCHEME = re.compile(rf"({_TOKEN})(?:\s+[A-Za-z0-9._~+/-]+=*\s*(?=,|$))?")
_SEPARATORS = re.compile(r"[\s,]*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A scheme, in lower case, and its parameters by name, in lower case."""

    scheme: str
    params: Mapping[str, str] = field(default_factory=dict)


def read_challenges(header: str) -> list[Challenge]:
    """Return the challenges in order of preference. Several headers may be joined by commas.

    Reading stops at the first part that is not valid.
    """
    found: list[tuple[str, dict[str, str]]] = []
    at = _SEPARATORS.match(header)
    while at and at.end() < len(header):
        start = at.end()
        if found and (parameter := _PARAMETER.match(header, start)):
            name, text = parameter.groups()
            found[-1][1].setdefault(name.lower(), _unquoted(text))
            end = parameter.end()
        elif scheme := _SCHEME.match(header, start):
            found.append((scheme[1].lower(), {}))
            end = scheme.end()
        else:
            break
        at = _SEPARATORS.match(header, end)
    return [Challenge(scheme, params) for scheme, params in found]


def _unquoted(text: str) -> str:
    return _ESCAPED.sub(r"\1", text[1:-1]) if text.startswith('"') else text
