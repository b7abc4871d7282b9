"""Convert a path from a document or request to the kind of a mapping."""

import re
from collections.abc import Callable
from urllib.parse import quote

from builder.imports.secret_detection import is_secret_name, is_secret_part, is_secret_text
from configuration.resource import PLACEHOLDER
from rest.bodies import Json

# Notations of placeholders in documentation (:id, <id>, {{id}}) and in the shell.
_PLACEHOLDER_NOTATION = re.compile(
    r"(?<=/):(?P<colon>[A-Za-z_]\w*)(?=/|$)|<(?P<angle>[^<>/]+)>|\{\{(?P<double>[^{}/]+)\}\}|\$\{(?P<shell>\w+)\}"
)
# A parameter of a segment (RFC 3986 §3.3), such as ;jsessionid=….
_MATRIX_PARAMETER = re.compile(r";([^;=/]+)=([^;/]*)")
# A secret with what comes before it: /bot110201543:… for the bots of Telegram.
_PARTS = re.compile(r"[:;,=|@]")
_NO_NAME = re.compile(r"\W+", re.ASCII)
# Characters that a path may contain unescaped (RFC 3986 §3.3), and % of existing escapes.
_SAFE = "/%:@!$&'()*+,;=~"


def kind_from_path(path: str) -> str:
    """Return the path with `{name}` for placeholders and `{secret}` for segments that look like secrets."""
    path = _PLACEHOLDER_NOTATION.sub(lambda match: _braces(match[match.lastgroup or 0]), path) or "/"
    return "/".join(_segment(part) for part in path.split("/"))


def mask_segments(path: str, redact: Callable[[str], Json]) -> str:
    """Return the path with `{secret}` for segments with a secret that the function masks."""
    return "/".join("{secret}" if redact(part) != part else part for part in path.split("/"))


def parameter_name(text: str) -> str:
    """Return a text as the name of a path parameter: letters, digits and _."""
    name = _NO_NAME.sub("_", text).strip("_") or "value"
    return f"_{name}" if name[0].isdigit() else name


def missing_values_note(name: str, hint: str = "") -> str:
    """Return the note for a path parameter without values. hint: its description in the document."""
    note = f"{{{name}}} has no values. Set an endpoint or values in path_parameters.{name}"
    return f"{note}. The document says: {hint}" if hint else note


def _braces(text: str) -> str:
    return f"{{{parameter_name(text)}}}"


def _segment(part: str) -> str:
    part = _MATRIX_PARAMETER.sub(_without_secret, part)
    if is_secret_part(part) or any(map(is_secret_part, _PARTS.split(part))):
        return "{secret}"
    pieces = PLACEHOLDER.split(part)
    # split() returns text, the prefix +, the name, text, ...
    texts = [quote(text, safe=_SAFE, errors="surrogatepass") for text in pieces[::3]]
    names = [f"{{{prefix}{name}}}" for prefix, name in zip(pieces[1::3], pieces[2::3], strict=True)]
    return "".join(text + name for text, name in zip(texts, [*names, ""], strict=True))


def _without_secret(parameter: re.Match[str]) -> str:
    name, text = parameter[1], parameter[2]
    return "" if is_secret_name(name, "query") or is_secret_text(text) else parameter[0]
