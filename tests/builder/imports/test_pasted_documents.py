"""Pasted text parsed as JSON or YAML."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from builder.imports.imported import DocumentError
from builder.imports.pasted_documents import parse_document


@given(st.text("[]{}:,-?&*!|>'\"%#\n\tab1 ", max_size=40))
def test_any_text_is_an_object_or_rejected(text: str) -> None:
    with suppress(DocumentError):
        assert parse_document(text, "document") is not None


def test_byte_order_mark_is_ignored() -> None:
    assert parse_document('\ufeff{"a": 1}', "document") == {"a": 1}
    assert parse_document("\ufeffa: 1", "document") == {"a": 1}
