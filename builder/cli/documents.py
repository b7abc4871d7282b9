"""Documents that `init --from` starts from."""

from pathlib import Path

from builder.imports import DocumentError, Imported
from builder.imports import read_document as read_any_document

_FORMATS = "an OpenAPI document, a HAR file, a curl command, a Postman or Insomnia collection, or a mapping"


def read_document(path: Path) -> Imported:
    """Read a document. Raises DocumentError: it cannot be read, or has no endpoint that lists items."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path} cannot be read", hint=f"Give {_FORMATS} as text in UTF-8") from error
    try:
        document = read_any_document(text)
    except DocumentError as error:
        raise DocumentError(f"{path}: {error.what}", hint=error.hint or f"Give {_FORMATS}") from error
    if not document.endpoints and not document.settings:
        raise DocumentError(
            f"{path} has no endpoint that lists items", hint="Name the endpoints with --endpoint instead"
        )
    return document
