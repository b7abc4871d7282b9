"""Request bodies that are forms, multipart forms and text."""

from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest.bodies import Json
from rest.errors import ResourceError
from rest.request import Request
from rest.request_bodies import BodyType, body_type_for

URL = "https://x.io/a"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def post(body: Json, body_type: BodyType, **more: Any) -> Request:
    return Request("POST", URL, body=body, body_type=body_type, **more)


def sent(request: Request) -> tuple[str, str]:
    assert request.content
    content, content_type = request.content
    return content.decode(), content_type


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ({"a": 1, "b": "x y", "c": True, "d": None}, "a=1&b=x+y&c=true"),
        ({"tag": ["a", "b"], "ids[]": [1, 2]}, "tag=a&tag=b&ids%5B%5D=1&ids%5B%5D=2"),
        (
            {"filter": {"state": {"in": ["a", "b"]}}},
            "filter%5Bstate%5D%5Bin%5D=a&filter%5Bstate%5D%5Bin%5D=b",
        ),
        ({"q": "ä&=+%"}, "q=%C3%A4%26%3D%2B%25"),
        ("api_key=k-1&format=json&q=a%20b+c", "api_key=k-1&format=json&q=a%20b+c"),
        ({}, ""),
    ],
)
def test_form_is_urlencoded(body: Json, content: str) -> None:
    assert sent(post(body, "form")) == (content, "application/x-www-form-urlencoded")


@given(st.dictionaries(texts.filter(bool), texts, max_size=4))
def test_every_form_field_survives_the_encoding(fields: dict[str, str]) -> None:
    content, _ = sent(post(dict(fields), "form"))
    assert parse_qsl(content, keep_blank_values=True) == list(fields.items())


@pytest.mark.parametrize("body", [{"a": [{"b": 1}]}, {"a": [[1]]}, {"x": {"a": [{}]}}])
def test_form_cannot_have_objects_in_lists(body: Json) -> None:
    with pytest.raises(ResourceError, match="is a list with objects or lists in it"):
        _ = post(body, "form").content


@pytest.mark.parametrize("body", [[1], 5, True])
def test_form_needs_an_object_or_a_text(body: Json) -> None:
    with pytest.raises(ResourceError, match="a form needs a body that is an object or a text"):
        _ = post(body, "form").content


def parts(content: bytes, content_type: str) -> list[tuple[str, str]]:
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + content)
    assert message.is_multipart()
    return [
        (str(part.get_param("name", header="content-disposition")), str(part.get_payload()))
        for part in message.walk()
        if not part.is_multipart()
    ]


def test_multipart_has_a_part_for_each_field() -> None:
    request = post({"a": 1, "tag": ["x", "y"], "o": {"k": "v w"}}, "multipart")
    assert request.content
    content, content_type = request.content
    assert content_type.startswith("multipart/form-data; boundary=ocean-custom-")
    assert parts(content, content_type) == [("a", "1"), ("tag", "x"), ("tag", "y"), ("o[k]", "v w")]
    assert request.content == post({"a": 1, "tag": ["x", "y"], "o": {"k": "v w"}}, "multipart").content


def test_quotes_and_line_breaks_in_a_part_s_name_are_escaped() -> None:
    content, _ = sent(post({'a"\r\nX: 1': "v"}, "multipart"))
    assert 'name="a%22%0D%0AX: 1"' in content


@pytest.mark.parametrize(
    ("header", "boundary"),
    [("multipart/form-data; boundary=b-1", "b-1"), ('multipart/form-data; Boundary="b 2"', "b 2")],
)
def test_own_boundary_is_used(header: str, boundary: str) -> None:
    content, content_type = sent(post({"a": 1}, "multipart", headers=(("content-type", header),)))
    assert content_type == header
    assert content.startswith(f"--{boundary}\r\n")


def test_own_content_type_without_a_boundary_gets_one() -> None:
    _, content_type = sent(post({"a": 1}, "multipart", headers=(("Content-Type", "multipart/form-data"),)))
    assert content_type.startswith("multipart/form-data; boundary=ocean-custom-")


def test_text_is_sent_as_it_is() -> None:
    aql = 'items.find({"repo": "libs"}).include("name", {x})'
    assert sent(post(aql, "text")) == (aql, "text/plain; charset=utf-8")
    assert sent(post(aql, "text", headers=(("Content-Type", "application/x-aql"),)))[1] == "application/x-aql"


def test_charset_of_the_own_header_is_used() -> None:
    headers = (("Content-Type", "text/plain; charset=iso-8859-1"),)
    assert post("é", "text", headers=headers).content == (b"\xe9", headers[0][1])
    with pytest.raises(ValueError, match="latin-1"):
        _ = post("€", "text", headers=headers).content


def test_json_and_missing_bodies_are_left_to_the_client() -> None:
    assert post({"a": 1}, "json").content is None
    assert post(None, "form").content is None


def test_parameters_of_a_text_are_its_placeholders() -> None:
    first = post("find().offset({offset}).limit({limit})", "text")
    assert first.value("offset", "body") is None
    request = first.with_param("offset", 0, "body").with_param("limit", 100, "body")
    assert sent(request)[0] == "find().offset(0).limit(100)"
    following = request.with_param("offset", 100, "body")
    assert following.value("offset", "body") == "100"
    assert sent(following)[0] == "find().offset(100).limit(100)"
    assert request.key != following.key
    with pytest.raises(ResourceError, match=r"the text of the body has no \{page\}"):
        first.with_param("page", 1, "body")


def test_parameters_of_a_form_are_set_in_objects_and_texts() -> None:
    assert sent(post({"a": 1}, "form").with_param("offset", 50, "body"))[0] == "a=1&offset=50"
    assert sent(post({"page": {"n": 1}}, "form").with_param("page.n", 2, "body"))[0] == "page%5Bn%5D=2"
    text = post("offset=0&q=a%20b&offset=1", "form")
    assert text.value("offset", "body") == "1"
    assert sent(text.with_param("offset", 50, "body"))[0] == "q=a%20b&offset=50"
    assert sent(post(None, "form").with_param("offset", 0, "body"))[0] == "offset=0"
    assert sent(post("", "form").with_param("q", "a b", "body"))[0] == "q=a+b"


def test_body_type_is_part_of_the_key() -> None:
    body_types: list[BodyType] = ["json", "form", "multipart"]
    keys = {post({"a": 1}, body_type).key for body_type in body_types}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("content_type", "body", "body_type"),
    [
        ("", {}, "json"),
        ("", "text", "json"),
        ("application/json; charset=utf-8", {}, "json"),
        ("application/vnd.api+json", {}, "json"),
        ("text/json", {}, "json"),
        ("application/x-www-form-urlencoded", {}, "form"),
        ("Application/X-WWW-Form-Urlencoded; charset=utf-8", "a=1", "form"),
        ("multipart/form-data", {}, "multipart"),
        ("multipart/form-data; boundary=x", "--x--", "text"),
        ("text/plain", "SELECT 1", "text"),
        ("application/graphql", "{ a }", "text"),
        ("application/x-ndjson", "{}\n{}\n", "text"),
        ("text/plain", {"a": 1}, "json"),
        ("text/plain", None, "json"),
    ],
)
def test_content_type_tells_the_body_type(content_type: str, body: Json, body_type: BodyType) -> None:
    assert body_type_for(content_type, body) == body_type


def test_fields_of_a_body() -> None:
    assert post({"a": [1]}, "json").body_fields == (("a", [1]),)
    assert post({"a": [1, 2]}, "form").body_fields == (("a", "1"), ("a", "2"))
    assert post("a=1", "form").body_fields == (("a", "1"),)
    assert post("a=1", "text").body_fields == ()
    assert post(None, "form").body_fields == ()


def test_text_of_a_body_has_the_values_of_its_placeholders() -> None:
    assert post("find({offset})", "text").with_param("offset", 5, "body").body_text == "find(5)"
    assert post({"a": 1}, "form").body_text == {"a": 1}
