"""PEM texts (RFC 7468) in the ways that settings hold them."""

import re
from base64 import b64decode
from dataclasses import dataclass, field
from textwrap import wrap

_MARK = "-----BEGIN "
# The same in base64, as the data of a Kubernetes Secret or a kubeconfig has it.
_MARK_IN_BASE64 = "LS0tLS1CRUdJTi"
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_LINE_LENGTH = 64


@dataclass(frozen=True, slots=True)
class PemTexts:
    """Certificates and a key as PEM. authority: the certificates to trust. "": not set."""

    certificate: str = ""
    key: str = field(default="", repr=False)
    authority: str = ""


def pem_text(value: str) -> str | None:
    r"""Return a value as PEM with line breaks. None: it is not PEM, so it is the path of a file.

    Environment variables often have \n in place of line breaks, spaces, or the whole text in base64.
    """
    if value.startswith(_MARK_IN_BASE64):
        try:
            value = b64decode("".join(value.split()), validate=True).decode()
        except ValueError:
            return None
    if _MARK not in value:
        return None
    text = value.replace("\\r", "").replace("\\n", "\n")
    return "\n".join(_with_lines(*match.groups()) for match in _BLOCK.finditer(text)) + "\n"


def _with_lines(label: str, content: str) -> str:
    # The headers of an encrypted key of old need their line breaks (RFC 1421).
    lines = (
        content.strip().splitlines()
        if "\n" in content.strip()
        else wrap("".join(content.split()), _LINE_LENGTH)
    )
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"])
