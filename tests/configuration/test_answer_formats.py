"""The mapping's key format."""

from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from rest.body_format import RECOGNIZED, BodyFormat, CsvOptions
from rest.errors import ResourceError


def read(value: Any) -> BodyFormat:
    return read_resource("/a", {"format": value}, PaginationSettings()).endpoint.format


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, RECOGNIZED),
        ("csv", BodyFormat("csv")),
        ("CSV", BodyFormat("csv")),
        ({"csv": None}, BodyFormat("csv")),
        ({"csv": {"delimiter": None}}, BodyFormat("csv")),
        ({"csv": {"delimiter": ";"}}, BodyFormat("csv", csv=CsvOptions(";"))),
        ({"csv": {"delimiter": "tab", "header": True}}, BodyFormat("csv", csv=CsvOptions("\t"))),
        ({"csv": {"header": False}}, BodyFormat("csv", csv=CsvOptions(has_header=False))),
        (
            {"csv": {"header": ["id", "name"], "encoding": "Windows-1252"}},
            BodyFormat("csv", "cp1252", CsvOptions(None, has_header=False, columns=("id", "name"))),
        ),
        (
            {"xml": {"lists": ["host", ".hosts.host", '"a.b".c']}},
            BodyFormat("xml", lists=(("host",), ("hosts", "host"), ("a.b", "c"))),
        ),
        ({"text": {"encoding": "latin1"}}, BodyFormat("text", "latin-1")),
    ],
)
def test_a_format_is_a_name_or_an_object_with_options(value: Any, expected: BodyFormat) -> None:
    assert read(value) == expected


def test_the_endpoint_of_a_parameter_has_its_own_format() -> None:
    parameter = {"endpoint": "/b", "field": ".id", "format": "xml"}
    resource = read_resource("/a/{x}", {"path_parameters": {"x": parameter}}, PaginationSettings())
    [parent] = resource.parameters[0].parents
    assert (parent.format.name, resource.endpoint.format) == ("xml", RECOGNIZED)


ACCEPTS = "accepts json, lines, csv, xml, yaml, text, or an object of one of them and its options"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("cvs", "unknown format 'cvs'; did you mean csv?"),
        ("binary", "unknown format 'binary'; known are json, lines, csv, xml, yaml, text"),
        ({"xslt": {}}, "unknown format 'xslt'; did you mean xml?"),
        ({"csv": {}, "xml": {}}, "an object has one format as its only key"),
        ({}, "an object has one format as its only key"),
        (["csv"], "an object has one format as its only key"),
        ({"csv": ";"}, "the options of csv are an object"),
        ({"csv": {"delimitter": ";"}}, "unknown option 'delimitter'; did you mean delimiter?"),
        ({"text": {"lists": []}}, "unknown option 'lists'; known are encoding"),
        ({"csv": {"delimiter": ";;"}}, "delimiter ';;' is not one character, or tab"),
        ({"csv": {"delimiter": '"'}}, "delimiter '\"' is not one character, or tab"),
        ({"csv": {"delimiter": 1}}, "delimiter 1 is not one character, or tab"),
        (
            {"csv": {"encoding": "base64"}},
            "encoding 'base64' is unknown; use a name like utf-8, windows-1252 or iso-8859-1",
        ),
        (
            {"csv": {"header": ["a", "a"]}},
            "header is true, false, or a list of different names for a table without a header",
        ),
        (
            {"csv": {"header": 1}},
            "header is true, false, or a list of different names for a table without a header",
        ),
        ({"xml": {"lists": "host"}}, "lists is a list of element names, or of paths like hosts.host"),
        ({"xml": {"lists": ["a b"]}}, "lists: 'a b' is not a path"),
    ],
)
def test_a_wrong_format_is_explained(value: Any, reason: str) -> None:
    with pytest.raises(ResourceError) as caught:
        read(value)
    assert str(caught.value) == f"selector.format: got {value!r}, {ACCEPTS} ({reason})"
