"""Responses: bodies by content type, and excerpts for messages."""

import pytest

from rest.errors import ItemsError
from rest.origin import Redactor
from rest.response import Response

SECRET = "Xk7+q/9=töken & Made"


@pytest.mark.parametrize(
    "response",
    [
        Response(204, {}, b"{}"),
        Response(200),
        Response(200, {}, b" \r\n"),
        Response(200, {}, b"\xef\xbb\xbf"),
    ],
)
def test_a_response_without_content_has_no_body(response: Response) -> None:
    assert response.is_empty
    assert response.body is None


def test_a_body_is_read_by_its_content_type() -> None:
    assert Response(200, {"content-type": "text/csv"}, b"id\n1\n").body == [{"id": "1"}]
    assert Response(200, {}, b"[1]").body == [1]


def test_a_body_of_zeros_is_not_empty() -> None:
    with pytest.raises(ItemsError, match="not JSON"):
        _ = Response(200, {}, b"\0\0\0\0").body


def test_a_body_is_parsed_once() -> None:
    response = Response(200, {}, b"[1]")
    assert response.body is response.body


@pytest.mark.parametrize("content", [b"<html>\n <p>Log   in</p>", b"[" * 100_000, b'{"a": NaN}', b"\xff\xfd"])
def test_the_error_for_other_formats_shows_content_type_and_excerpt(content: bytes) -> None:
    response = Response(200, {"content-type": "Text/HTML; charset=utf-8"}, content)
    with pytest.raises(ItemsError) as caught:
        _ = response.body
    assert str(caught.value).startswith(
        f"the response is not JSON (text/html): {response.excerpt!r}. Check that"
    )
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "content_type", "reason"),
    [
        (
            b'{"a": NaN}',
            "application/json",
            "a login page. The parser reports: NaN is not a valid JSON number",
        ),
        (b"a,a\n1,2\n", "text/csv", "set format. The parser reports: CSV: two columns have the same name"),
        (b"[" * 100_000, "application/json", "a login page. The parser reports: nested too deeply"),
    ],
    ids=["NaN", "CSV", "depth"],
)
def test_a_parse_error_has_the_reason(content: bytes, content_type: str, reason: str) -> None:
    with pytest.raises(ItemsError) as caught:
        _ = Response(200, {"content-type": content_type}, content).body
    assert str(caught.value).endswith(reason)


def test_the_error_says_if_there_is_no_content_type() -> None:
    with pytest.raises(ItemsError, match=r"not JSON \(no content type\)"):
        _ = Response(200, {}, b"oops").body


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"", ""),
        (b"  two\n\t words ", "two words"),
        (b"x" * 500, "x" * 200),
        ("é".encode() * 500, "é" * 200),
        ("😀".encode() * 500, "😀" * 200),
        (b"bad \xff byte", "bad \ufffd byte"),
    ],
    ids=["empty", "one_line", "long", "two_bytes", "four_bytes", "no_utf8"],
)
def test_an_excerpt_is_the_first_200_characters_on_one_line(content: bytes, shown: str) -> None:
    assert Response(500, {}, content).excerpt == shown


def test_an_excerpt_masks_a_secret_that_crosses_its_end() -> None:
    response = Response(500, {}, b"x" * 195 + b"hunter22", Redactor.of(["hunter22"]))
    assert response.excerpt == "x" * 195 + "***"


def test_a_parse_error_masks_secrets() -> None:
    with pytest.raises(ItemsError) as caught:
        _ = Response(200, {}, b"<p>hunter22", Redactor.of(["hunter22"])).body
    assert "'<p>***'" in str(caught.value)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "utf-32", "iso-8859-1", "cp1252"])
@pytest.mark.parametrize("before", [0, 150, 199, 3_995, 3_999])
def test_an_excerpt_is_decoded_by_its_charset_and_masked_before_it_is_cut(charset: str, before: int) -> None:
    text = " " * before + f"{SECRET} and so on"
    response = Response(
        500, {"content-type": f"text/plain; charset={charset}"}, text.encode(charset), Redactor.of([SECRET])
    )
    assert response.excerpt.startswith("***")
    assert response.excerpt in "*** and so on"


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be"])
def test_an_excerpt_without_a_charset_masks_secrets(charset: str) -> None:
    response = Response(500, {}, "the hunter22 of us".encode(charset), Redactor.of(["hunter22"]))
    assert "h\0u\0n" not in response.excerpt
    assert "***" in response.excerpt


def test_an_excerpt_of_an_unknown_charset_is_decoded_as_utf_8() -> None:
    response = Response(500, {"content-type": "text/plain; charset=rot13"}, b"\xc3\xb6")
    assert response.excerpt == "ö"
