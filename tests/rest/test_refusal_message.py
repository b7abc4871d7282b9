"""The API's own message comes first in the error of a refusal."""

import json

import pytest

from rest.bodies import Json
from rest.origin import Redactor
from rest.refusal_message import described, refusal_message
from rest.response import Response
from rest.web_pages import page_title

DEEP: Json = "deep"
for _ in range(9):
    DEEP = {"error": DEEP}


def response(body: str, secrets: tuple[str, ...] = ()) -> Response:
    return Response(401, {}, body.encode("utf-8", "surrogatepass"), Redactor.of(secrets))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"message": "Bad credentials", "documentation_url": "https://docs.example"}, "Bad credentials"),
        ({"error": "invalid_client", "error_description": "Unknown client"}, "Unknown client"),
        (
            {"errors": [{"status": "422", "title": "Invalid", "detail": "size is too big"}]},
            "size is too big",
        ),
        ({"type": "about:blank", "title": "Forbidden", "detail": "Not yours"}, "Not yours"),
        ({"type": "about:blank", "title": "Forbidden"}, "Forbidden"),
        ({"error": {"code": 5, "message": "No such project"}}, "No such project"),
        ({"errorMessages": ["Issue does not exist"], "errors": {}}, "Issue does not exist"),
        ({"errors": {"email": ["is required"]}}, "is required"),
        ({"Message": "Access denied"}, "Access denied"),
        ({"fault": {"faultstring": "Invalid ApiKey"}}, "Invalid ApiKey"),
        ({"meta": {}, "error": "", "reason": "gone"}, "gone"),
        (["first", "second"], "first"),
        ("a text", "a text"),
        ({"id": 1}, ""),
        ([], ""),
        (DEEP, ""),
    ],
    ids=str,
)
def test_the_message_of_a_json_body(body: Json, message: str) -> None:
    assert refusal_message(response(json.dumps(body))) == message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("Unauthorized: no token\nsecond line", "Unauthorized: no token"),
        ("<!DOCTYPE html><html><title>Sign in &amp; go</title><h1>x</h1>", "Sign in & go"),
        ("<!-- a --> <html><body><h1>403 <b>Forbidden</b></h1></body></html>", "403 Forbidden"),
        ("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", "Access Denied"),
        ("<data/>", ""),
        ("{not json", ""),
        ("[" * 100_000, ""),
        ("", ""),
        ("clear\x1b[2J\u202escreen", "clear [2J screen"),
        ("x" * 999, "x" * 200),
    ],
    ids=lambda value: value[:20],
)
def test_the_message_of_other_bodies(body: str, message: str) -> None:
    assert refusal_message(response(body)) == message


def test_bytes_that_are_not_text_have_no_message() -> None:
    assert refusal_message(Response(500, {}, b"\xff\xfe\x00")) == ""


def test_secrets_in_a_message_are_masked() -> None:
    text = json.dumps({"message": 'Token "hunter22" is unknown'})
    assert refusal_message(response(text, ("hunter22",))) == 'Token "***" is unknown'


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('{"message": "No"}', "No (status 401)"),
        ('{"id": 1}', "status 401: '{\"id\": 1}'"),
        ("", "status 401"),
    ],
)
def test_without_a_message_the_status_and_the_body_are_shown(body: str, text: str) -> None:
    assert described(response(body), "status 401") == text


@pytest.mark.parametrize("text", ["{}", "<p>no page</p>", "<html><p>no title</p>"])
def test_only_web_pages_have_a_title(text: str) -> None:
    assert page_title(text) == ""


def test_a_web_page_in_place_of_json_is_named_by_its_title() -> None:
    page = Response(200, {"content-type": "text/html"}, b"<html><head><title>\n Sign  in</title>")
    assert "is not JSON (text/html): a web page with the title 'Sign in'. " in str(page.parse_error())
