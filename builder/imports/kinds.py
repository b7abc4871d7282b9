"""A path that someone wrote or sent, as the kind of a mapping."""

import re
from urllib.parse import quote

from builder.imports.secret_names import is_secret_text
from configuration.resource import PLACEHOLDER

# How documents write what the reader fills in: :id, <id>, {{id}}, and the shell's own variables.
_FILL_IN = re.compile(
    r"(?<=/):(?P<colon>[A-Za-z_]\w*)(?=/|$)|<(?P<angle>[^<>/]+)>|\{\{(?P<double>[^{}/]+)\}\}|\$\{(?P<shell>\w+)\}"
)
_HEX = re.compile(r"[0-9a-fA-F]+")
_NO_NAME = re.compile(r"\W+", re.ASCII)
# What may stand in a path as it is (RFC 3986 §3.3), and escapes that are there already.
_KEPT = "/%:@!$&'()*+,;=~"


def kind_of(path: str) -> str:
    """The path with `{name}` for what is to be filled in, and for a segment that looks like a secret."""
    path = _FILL_IN.sub(lambda match: _placeholder(match[match.lastgroup or 0]), path) or "/"
    return "/".join(_segment(part) for part in path.split("/"))


def as_name(text: str) -> str:
    """The text as the name of a parameter: letters, digits and _."""
    name = _NO_NAME.sub("_", text).strip("_") or "value"
    return f"_{name}" if name[0].isdigit() else name


def without_value(name: str) -> str:
    """What a note says of a placeholder that nothing is known of."""
    return f"{{{name}}} has no values yet: give path_parameters.{name} an endpoint, or values"


def _placeholder(text: str) -> str:
    return f"{{{as_name(text)}}}"


def _segment(part: str) -> str:
    if is_secret_text(part) and not _HEX.fullmatch(part):
        return "{secret}"
    pieces = PLACEHOLDER.split(part)
    # split() gives text, the mark +, the name, text, ...
    texts = [quote(text, safe=_KEPT, errors="surrogatepass") for text in pieces[::3]]
    names = [f"{{{mark}{name}}}" for mark, name in zip(pieces[1::3], pieces[2::3], strict=True)]
    return "".join(text + name for text, name in zip(texts, [*names, ""], strict=True))
