"""Formats of bodies, recognized by their type and their start."""

import pytest

from rest.body_format import BodyFormat, FormatName, format_of, media_type_of, type_of_file


@pytest.mark.parametrize(
    ("start", "content_type", "name"),
    [
        (b"", "", "json"),
        (b"{}", "text/plain", "json"),
        (b"id,name", "text/plain", "json"),
        (b"id,name", "Text/CSV; charset=utf-8", "csv"),
        (b"id\tname", "text/tab-separated-values", "csv"),
        (b'{"error": "x"}', "text/csv", "json"),
        (b'[{"id": 1}]', "text/csv", "json"),
        (b"[id]", "text/csv", "csv"),
        (b"{}\n{}", "application/x-ndjson", "lines"),
        (b'\x1e{"a":1}', "application/json-seq", "lines"),
        (b"<a/>", "application/xml", "xml"),
        (b"<a/>", "application/atom+xml;type=feed", "xml"),
        (b'{"a": 1}', "application/xml", "json"),
        (b"\xef\xbb\xbf\r\n <a/>", "", "xml"),
        ("<a/>".encode("utf-16"), "text/plain", "xml"),
        ("<a/>".encode("utf-16-be"), "application/octet-stream", "xml"),
        (b'<?xml version="1.0"?><rss/>', "application/json", "xml"),
        (b"<rss/>", "text/html", "json"),
        (b"<!-- x --><!DOCTYPE html>", "", "json"),
        (b'<?xml version="1.0"?><html>', "text/plain", "json"),
        (b"<html>", "application/xhtml+xml", "json"),
        (b"a: 1", "application/yaml", "yaml"),
        (b"a: 1", "application/vnd.oai.openapi+yaml", "yaml"),
        (b'["a", b]', "application/yaml", "yaml"),
        (b"a: 1", "text/plain", "json"),
    ],
)
def test_the_type_and_the_start_show_the_format(start: bytes, content_type: str, name: FormatName) -> None:
    assert format_of(start, content_type) == name


@pytest.mark.parametrize("name", ["json", "lines", "csv", "xml", "yaml", "text"])
def test_the_chosen_format_precedes_what_the_response_shows(name: FormatName) -> None:
    assert format_of(b"<a/>", "application/json", BodyFormat(name)) == name


def test_the_name_of_a_file_shows_its_type() -> None:
    assert type_of_file("Export.2026.CSV") == "text/csv"
    assert type_of_file("a.b/c.jsonl") == "application/x-ndjson"
    assert type_of_file("export") is type_of_file("") is type_of_file("a.bin") is None


def test_a_media_type_has_no_parameters() -> None:
    assert media_type_of("Text/CSV ; header=present") == "text/csv"
    assert media_type_of("") == ""
