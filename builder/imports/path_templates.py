"""Convert a path from a document or request to the kind of a mapping."""

import re
from urllib.parse import quote

from builder.imports.secret_detection import is_secret_text
from configuration.resource import PLACEHOLDER

# Notations of placeholders in documentation (:id, <id>, {{id}}) and in the shell.
_PLACEHOLDER_NOTATION = re.compile(
    r"(?<=/):(?P<colon>[A-Za-z_]\w*)(?=/|$)|<(?P<angle>[^<>/]+)>|\{\{(?P<double>[^{}/]+)\}\}|\$\{(?P<shell>\w+)\}"
)
_HEX = re.compile(r"[0-9a-fA-F]+")
_NO_NAME = re.compile(r"\W+", re.ASCII)
# Characters that a path may contain unescaped (RFC 3986 §3.3), and % of existing escapes.
_SAFE = "/%:@!$&'()*+,;=~"


def kind_from_path(path: str) -> str:
    """Return the path with `{name}` for placeholders and `{secret}` for segments that look like secrets."""
    path = _PLACEHOLDER_NOTATION.sub(lambda match: _braces(match[match.lastgroup or 0]), path) or "/"
    return "/".join(_segment(part) for part in path.split("/"))


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
    if is_secret_text(part) and not _HEX.fullmatch(part):
        return "{secret}"
    pieces = PLACEHOLDER.split(part)
    # split() returns text, the prefix +, the name, text, ...
    texts = [quote(text, safe=_SAFE, errors="surrogatepass") for text in pieces[::3]]
    names = [f"{{{prefix}{name}}}" for prefix, name in zip(pieces[1::3], pieces[2::3], strict=True)]
    return "".join(text + name for text, name in zip(texts, [*names, ""], strict=True))
