"""Formats other than JSON in walks: items, envelopes, page checks and large bodies."""

from collections.abc import Callable
from typing import Any

import pytest

from expressions.paths import jq_path
from extraction.items import extract_items, read_items
from extraction.large_bodies import split_response
from rest.bodies import Json
from rest.body_format import BodyFormat
from rest.errors import ItemsError
from rest.request import Request
from rest.response import Response

type Walk = Callable[..., Any]

XML = {"content-type": "application/xml"}
CSV = {"content-type": "text/csv"}


def xml(text: str) -> Response:
    return Response(200, XML, text.encode())


def items_of(response: Response, data_path: str | None) -> list[Json]:
    return list(extract_items(response, jq_path(data_path) if data_path else None).values)


@pytest.mark.process
@pytest.mark.parametrize(
    ("text", "data_path", "items"),
    [
        ("<a><b>1</b><b>2</b></a>", ".a.b", ["1", "2"]),
        ("<a><b id='1'/></a>", ".a.b", [{"@id": "1"}]),
        ("<a/>", ".a.b", []),
        ("<a total='0'/>", ".a.b", []),
        ("<a><c/></a>", ".a.b?", []),
        ("<a><b><c>1</c></b></a>", ".a.b[].c", ["1"]),
        ("<a><b><c>1</c></b></a>", ".a.b[] | select(.c)", [{"c": "1"}]),
        ("<a><b><c>1</c></b></a>", None, [{"a": {"b": {"c": "1"}}}]),
    ],
)
def test_elements_at_data_path_are_items(text: str, data_path: str | None, items: list[Json]) -> None:
    assert items_of(xml(text), data_path) == items


def test_an_element_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(
        ItemsError, match=r"data_path .a.x does not exist in the response. The response has .a"
    ):
        items_of(xml("<a><b/></a>"), ".a.x")


def test_the_only_element_of_the_last_page_is_a_list(walked: Walk) -> None:
    pages = [
        "<r><item><id>1</id></item><item><id>2</id></item><link rel='next' href='?page=2'/></r>",
        "<r><item><id>3</id></item><link rel='prev' href='?page=1'/></r>",
    ]
    walk = walked(lambda _: xml(pages.pop(0)), pagination={"type": "auto"}, data_path=".r.item")
    assert walk.error is None
    assert walk.items == [{"id": "1"}, {"id": "2"}, {"id": "3"}]
    assert walk.requests[1].query == (("page", "2"),)


def test_next_links_may_be_one_of_several_elements(walked: Walk) -> None:
    """As in Atom (RFC 4287 §4.2.7)."""
    pages = [
        "<feed><link rel='self' href='?page=1'/><link rel='next' href='?page=2'/><entry>1</entry></feed>",
        "<feed><link rel='self' href='?page=2'/><entry><id>2</id></entry></feed>",
    ]
    walk = walked(lambda _: xml(pages.pop(0)), pagination={"type": "auto"}, data_path=".feed.entry")
    assert (walk.error, walk.items) == (None, ["1", {"id": "2"}])


@pytest.mark.parametrize(
    "page",
    [
        "<r><items><item><id>1</id></item></items><truncated>true</truncated></r>",
        "<r><items><item><id>1</id></item></items><IsTruncated>true</IsTruncated></r>",
        "<r><items total='50'><item><id>1</id></item></items></r>",
        "<r totalPages='5'><items><item><id>1</id></item></items></r>",
    ],
)
def test_signs_of_more_are_read_in_elements_and_attributes(walked: Walk, page: str) -> None:
    walk = walked(lambda _: xml(page), pagination={"type": "auto"}, data_path=".r.items.item")
    assert walk.error is not None
    assert walk.error.doubt


@pytest.mark.parametrize(
    ("page", "data_path"),
    [
        ("<response><error>quota</error><items/></response>", ".response.items.item"),
        ("<response status='error'><message>no</message><items/></response>", ".response.items.item"),
        ("<response><error>quota</error></response>", None),
        ("<error><code>1</code><message>no</message></error>", None),
    ],
)
def test_errors_in_a_document_are_found(walked: Walk, page: str, data_path: str | None) -> None:
    walk = walked(lambda _: xml(page), pagination={"type": "none"}, data_path=data_path)
    assert walk.error is not None
    assert walk.error.doubt == "error_in_answer"


@pytest.mark.parametrize("page", ["<host><id>1</id></host>", "<build><id>1</id><error>x</error></build>"])
def test_a_document_that_is_an_item_is_no_error(walked: Walk, page: str) -> None:
    assert walked(lambda _: xml(page), pagination={"type": "none"}, data_path=None).error is None


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (
            Response(200, CSV, b"a;b\n1;2\n"),
            Response(200, CSV, b"a;c\n3;4\n"),
            "the columns are a, c, but the",
        ),
        (
            Response(200, CSV, b"id\n1\n"),
            Response(200, {}, b'[{"id": "2"}]'),
            "the content type is no content",
        ),
        (
            Response(200, {}, b'[{"id": 1}]'),
            Response(200, {"content-type": "text/html"}, b'[{"id": 2}]'),
            "the content type is text/html",
        ),
    ],
)
def test_a_page_of_another_format_is_a_doubt(
    walked: Walk, first: Response, second: Response, message: str
) -> None:
    pages = {"1": first, "2": second}

    def api(request: Request) -> Response:
        return pages.get(str(request.value("page")), Response(200, CSV, b"a;b\n"))

    walk = walked(api, pagination={"type": "page", "page_size": 1}, data_path=None)
    assert message in str(walk.error)


def test_json_and_json_lines_are_one_format(walked: Walk) -> None:
    types = iter(["application/json", "application/x-ndjson"])

    def api(request: Request) -> Response:
        number = int(str(request.value("page")))
        content = b'{"id": %d}\n{"id": %d}\n' % (2 * number, 2 * number + 1) if number < 3 else b"[]"
        return Response(200, {"content-type": next(types, "application/x-ndjson")}, content)

    assert walked(api, pagination={"type": "page"}, data_path=None).error is None


@pytest.fixture
def every_body_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rest.response.LIGHT_BYTES", -1)
    monkeypatch.setattr("rest.response.MOST_WEIGHT", -1)


@pytest.mark.usefixtures("every_body_is_large")
@pytest.mark.parametrize(
    ("content", "content_type", "items"),
    [
        (b'{"a": 1}\n{"a": 2}', "application/json", [{"a": 1}, {"a": 2}]),
        (b")]}'\n[1, 2]", "application/json", [1, 2]),
        ("a;b\n1;ü\n".encode("latin-1"), "text/csv; charset=latin-1", [{"a": "1", "b": "ü"}]),
        ("a\tb\n1\t2\n".encode("utf-16"), "text/tab-separated-values", [{"a": "1", "b": "2"}]),
        ("[1]".encode("utf-16"), "application/json", [1]),
    ],
)
def test_large_bodies_are_read_in_parts(content: bytes, content_type: str, items: list[Json]) -> None:
    response = Response(200, {"content-type": content_type}, content)
    split = split_response(response, None)
    assert list(split.items) == items
    assert (split.envelope.columns == response.columns) is True


@pytest.mark.usefixtures("every_body_is_large")
@pytest.mark.parametrize("content", [b'{"a": 1}', b'{"a": 1}\n{"a": ', b'{"a": 1}\n'])
def test_a_large_object_is_not_json_lines(content: bytes) -> None:
    with pytest.raises(ItemsError, match="is not a plain path to a list"):
        split_response(Response(200, {}, content), None)


@pytest.mark.usefixtures("every_body_is_large")
def test_json_lines_are_not_read_where_json_is_chosen() -> None:
    with pytest.raises(ItemsError, match="is not a plain path to a list"):
        split_response(Response(200, {}, b'{"a": 1}\n{"a": 2}', format=BodyFormat("json")), None)


@pytest.mark.usefixtures("every_body_is_large")
@pytest.mark.parametrize("name", ["xml", "yaml", "text"])
@pytest.mark.parametrize("data_path", [None, ".a", ".a | .b"])
async def test_other_formats_must_fit_in_memory(name: Any, data_path: str | None) -> None:
    response = Response(200, {}, b"<a/>", format=BodyFormat(name))
    with pytest.raises(ItemsError, match=r"^the body would take \d+ MiB of memory. Ask for pages"):
        await read_items(response, jq_path(data_path) if data_path else None)
    with pytest.raises(ItemsError, match="of memory"):
        _ = response.body


def test_columns_are_those_of_the_header() -> None:
    assert Response(200, CSV, b"a;b\n").columns == frozenset({"a", "b"})
    assert Response(200, CSV, b"").columns is None
    assert Response(200, {}, b"a;b\n").columns is None
