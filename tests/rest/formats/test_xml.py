"""XML read as JSON values, and its limits."""

from typing import Any

import pytest

from expressions.paths import jq_path
from rest.bodies import Json
from rest.formats.element_lists import with_lists
from rest.formats.xml import parse_xml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<a/>", {"a": None}),
        ("<a> \n </a>", {"a": None}),
        ("<a> x\ny </a>", {"a": "x\ny"}),
        ("<a><b>1</b></a>", {"a": {"b": "1"}}),
        ("<a><b>1</b><c/><b>2</b></a>", {"a": {"b": ["1", "2"], "c": None}}),
        ("<a><b/><b/><b/></a>", {"a": {"b": [None, None, None]}}),
        ("<a id='1'/>", {"a": {"@id": "1"}}),
        ('<a id="1">x</a>', {"a": {"@id": "1", "#text": "x"}}),
        ("<a>x<b>y</b>z</a>", {"a": {"b": "y", "#text": "xz"}}),
        ("<a><![CDATA[<x> &]]></a>", {"a": "<x> &"}),
        ("<a>&lt;&amp;&#252;&#x1F600;</a>", {"a": "<&ü😀"}),
        ("<?xml version='1.0'?><!-- c --><a><!-- c --><?pi x?>1</a><!-- c -->", {"a": "1"}),
        ("<s:a xmlns:s='u' s:b='1'><s:c/></s:a>", {"s:a": {"@xmlns:s": "u", "@s:b": "1", "s:c": None}}),
        ("<!DOCTYPE plist PUBLIC '-//X//EN' 'http://x/y.dtd'><plist/>", {"plist": None}),
        ("<a><@></a>".replace("@", "b.c-d_1/"), {"a": {"b.c-d_1": None}}),
    ],
)
def test_elements_attributes_and_text_become_values(text: str, value: Json) -> None:
    assert parse_xml(text) == value


@pytest.mark.parametrize(
    ("lists", "value"),
    [
        ((("b",),), {"a": {"b": [{"c": "1"}]}}),
        ((("a", "b"),), {"a": {"b": [{"c": "1"}]}}),
        ((("b", "c"), ("x",)), {"a": {"b": {"c": ["1"]}}}),
        ((("c", "b"),), {"a": {"b": {"c": "1"}}}),
        ((("x", "y", "z", "a", "b"),), {"a": {"b": {"c": "1"}}}),
        ((("a",),), {"a": [{"b": {"c": "1"}}]}),
    ],
)
def test_named_elements_are_always_lists(lists: Any, value: Json) -> None:
    assert parse_xml("<a><b><c>1</c></b></a>", lists) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<a><b></a>", "line 1, column 9: mismatched tag"),
        ("<a>\n<b", "line 2, column 1: unclosed token"),
        ("", "line 1, column 1: no element found"),
        ("<a/><b/>", "line 1, column 5: junk after document element"),
        ("<a b=1/>", "line 1, column 6: not well-formed (invalid token)"),
        ("<a>\ud800</a>", "line 1, column 4: not well-formed (invalid token)"),
        ("<a>&eacute;</a>", "line 1, column 4: undefined entity"),
        ("<!DOCTYPE a SYSTEM 'x'><a>&eacute;</a>", "the document does not declare the entity eacute"),
        ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "the document declares the entity e, which is refused"),
        (
            "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
            "the document declares the entity e, which is refused",
        ),
        (
            "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://x/y'> %p;]><a/>",
            "the document declares the entity p, which is refused",
        ),
        ("<a>" * 201 + "</a>" * 201, "nested more than 200 levels deep"),
    ],
)
def test_other_text_is_an_error(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_xml(text)
    assert str(caught.value) == message


def test_documents_may_be_nested_up_to_the_limit() -> None:
    value = parse_xml("<a>" * 200 + "</a>" * 200)
    for _ in range(200):
        value = value["a"] if isinstance(value, dict) else "not nested"
    assert value is None


@pytest.mark.parametrize(
    ("path", "text", "outputs"),
    [
        (".a.b", "<a><b>1</b></a>", [["1"]]),
        (".a.b", "<a><b>1</b><b>2</b></a>", [["1", "2"]]),
        (".a.b", "<a/>", [[]]),
        (".a.b", "<a total='0'/>", [[]]),
        (".a.b", "<a><x/></a>", [None]),
        (".a.b?", "<a><x/></a>", [None]),
        (".a.b[]", "<a><b>1</b></a>", ["1"]),
        (".a.b[]", "<a/>", []),
        (".a.b[].c", "<a><b><c>1</c></b></a>", ["1"]),
        (".a.b[].c[]", "<a><b><c>1</c></b><b><c>2</c><c>3</c></b><b/></a>", ["1", "2", "3"]),
        (".a.b", "<a>text</a>", [None]),
        (".x.b", "<a/>", [None]),
        (".", "<a/>", [{"a": None}]),
        (".[0]", "<a/>", None),
    ],
)
def test_a_path_reads_elements_as_lists(path: str, text: str, outputs: list[Json] | None) -> None:
    parsed = jq_path(path)
    body = with_lists(parse_xml(text), parsed.steps or (), ends_in_list=not parsed.iterates)
    if outputs is None:
        assert body == parse_xml(text)
    elif text == "<a>text</a>":
        assert body == {"a": "text"}
    else:
        assert parsed.outputs(body) == outputs
