"""Templates: types of values, text around them, and missing values."""

import pytest

from auth.template import Template
from rest.bodies import Json
from rest.errors import AuthError, JqError

BODY: Json = {"session": {"token": "t0ken"}, "n": 9007199254740993, "ok": False, "list": [1], "none": None}
VARIABLES: dict[str, Json] = {
    "headers": {"x-auth-token": "from-header"},
    "cookies": {"SESSION": "from-cookie"},
}


def compiled(shape: Json) -> Template:
    return Template.of(shape, "customAuthRequestTemplate", "the login response", ("headers", "cookies"))


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
        ('{{$headers["x-auth-token"]}}', "from-header"),
        ("{{ $cookies.SESSION }} {{.n}}", "from-cookie 9007199254740993"),
        ("{{.session.token + $cookies.SESSION # both}}", "t0kenfrom-cookie"),
    ],
    ids=str,
)
def test_expression_is_replaced_by_its_value(shape: Json, filled: Json) -> None:
    assert compiled(shape).fill(BODY, **VARIABLES) == filled


def test_text_of_the_response_is_not_expanded_again() -> None:
    assert compiled("{{.a}} {{.b}}").fill({"a": "{{.b}}", "b": 1}) == "{{.b}} 1"


@pytest.mark.parametrize(
    ("shape", "named"),
    [
        ("{{ .sesion.token }}", ".sesion.token"),
        ("Token {{.none}}", ".none"),
        ({"deep": ["{{empty}}"]}, "empty"),
    ],
)
def test_missing_value_names_its_expression(shape: Json, named: str) -> None:
    with pytest.raises(AuthError) as caught:
        compiled(shape).fill(BODY)
    assert str(caught.value) == (
        f"the login response has no value at {named}. Correct customAuthRequestTemplate"
    )


@pytest.mark.process
@pytest.mark.parametrize(
    ("expression", "advice"),
    [
        (
            '.headers["x-auth-token"]',
            "To read the headers of the response, write $headers instead of .headers",
        ),
        (".cookies.SESSION", "To read the cookies of the response, write $cookies instead of .cookies"),
        ('$headers["X-Auth-Token"]', "The names of headers are in lower case"),
    ],
)
def test_missing_value_of_a_variable_has_advice(expression: str, advice: str) -> None:
    with pytest.raises(AuthError) as caught:
        compiled(f"{{{{{expression}}}}}").fill({}, **VARIABLES)
    assert caught.value.hint == f"Correct customAuthRequestTemplate. {advice}"


def test_variable_that_is_looked_for_in_a_text_has_advice() -> None:
    with pytest.raises(AuthError) as caught:
        compiled('{{.headers["x-auth-token"]}}').fill("a text", **VARIABLES)
    assert caught.value.hint == "To read the headers of the response, write $headers instead of .headers"


def test_failing_expression_is_named() -> None:
    with pytest.raises(AuthError) as caught:
        compiled("{{.n.token}}").fill(BODY)
    assert str(caught.value) == ("{{.n.token}} fails on the login response: cannot read .token of a number")


@pytest.mark.parametrize("shape", ["{{.a[}}", "x {{}}", {"a": ["{{nonsense}}"]}])
def test_expression_that_is_no_jq_is_an_error(shape: Json) -> None:
    with pytest.raises(JqError):
        compiled(shape)
