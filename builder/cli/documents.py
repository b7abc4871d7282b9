"""Documents that `init --from` starts from."""

from collections.abc import Callable
from pathlib import Path

from builder.imports import DocumentError, Imported, read_curl, read_har, read_openapi

_FORMATS = "an OpenAPI document, a HAR file or a curl command"


def read_document(path: Path) -> Imported:
    """Read a document. Raises DocumentError: it cannot be read, or has no endpoint that lists items."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path} cannot be read", hint=f"Give {_FORMATS} as text in UTF-8") from error
    try:
        document = _reader(text)(text)
    except DocumentError as error:
        hint = error.hint or f"Give {_FORMATS}"
        raise DocumentError(f"{path}: {error.what}", hint=hint) from error
    if not document.endpoints:
        raise DocumentError(
            f"{path} has no endpoint that lists items", hint="Name the endpoints with --endpoint instead"
        )
    return document


def _reader(text: str) -> Callable[[str], Imported]:
    start = text.lstrip()
    if start.startswith("curl"):
        return read_curl
    return read_har if start.startswith("{") and '"log"' in text and '"entries"' in text else read_openapi
