"""What a login's answer becomes in a request: types, text around it, and what is missing."""

import pytest

from auth.template import Template
from rest.bodies import Json
from rest.errors import AuthError, JqError

ANSWER: Json = {"session": {"token": "t0ken"}, "n": 9007199254740993, "ok": False, "list": [1], "none": None}


@pytest.mark.process
@pytest.mark.parametrize(
    ("shape", "filled"),
    [
        ("{{.session.token}}", "t0ken"),
        ("{{ .session.token }}", "t0ken"),
        ("{{\n.session.token\n}}", "t0ken"),
        ("Token {{.session.token}}!", "Token t0ken!"),
        ("{{.n}}:{{.session.token}}", "9007199254740993:t0ken"),
        ("{{.n}}{{.n}}", "90071992547409939007199254740993"),
        ("{{.n}}", 9007199254740993),
        ("{{.ok}}", False),
        ("ok={{.ok}}", "ok=false"),
        ("{{.list}}", [1]),
        ("{{.session}}", {"token": "t0ken"}),
        ("as {{.session}}", 'as {"token": "t0ken"}'),
        ("{{.session.token | ascii_upcase}}", "T0KEN"),
        ("{{.list[], 2}}", 1),
        ("{{.n}", "{{.n}"),
        ("{.n}", "{.n}"),
        ("plain", "plain"),
        ({"a": {"b": ["{{.n}}", 1, None, True]}}, {"a": {"b": [9007199254740993, 1, None, True]}}),
        ({"{{.n}}": "names stay"}, {"{{.n}}": "names stay"}),
        ({}, {}),
    ],
    ids=str,
)
def test_an_expression_is_replaced_by_what_it_finds(shape: Json, filled: Json) -> None:
    assert Template.of(shape).filled(ANSWER) == filled


def test_a_text_from_the_answer_is_not_expanded_again() -> None:
    assert Template.of("{{.a}} {{.b}}").filled({"a": "{{.b}}", "b": 1}) == "{{.b}} 1"


@pytest.mark.parametrize(
    ("shape", "named"),
    [
        ("{{ .sesion.token }}", ".sesion.token"),
        ("Token {{.none}}", ".none"),
        ({"deep": ["{{empty}}"]}, "empty"),
    ],
)
def test_a_value_that_is_not_there_names_its_expression(shape: Json, named: str) -> None:
    with pytest.raises(AuthError) as caught:
        Template.of(shape).filled(ANSWER)
    assert str(caught.value) == (
        f"the login's answer has nothing at {named}. Correct customAuthRequestTemplate"
    )


def test_an_expression_that_fails_on_the_answer_is_named() -> None:
    with pytest.raises(AuthError) as caught:
        Template.of("{{.n.token}}").filled(ANSWER)
    assert str(caught.value) == (
        "the login's answer: {{.n.token}} fails on it: cannot read .token of a number"
    )


@pytest.mark.parametrize("shape", ["{{.a[}}", "x {{}}", {"a": ["{{nonsense}}"]}])
def test_an_expression_that_is_no_jq_is_refused(shape: Json) -> None:
    with pytest.raises(JqError):
        Template.of(shape)
