"""The position of an error in a jq expression, which jq itself does not report."""

import pytest

from builder.web.choose.jq_position import error_position
from expressions.paths import jq_path
from rest.errors import JqError


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (".a |", ""),
        ('"abc', ""),
        (".a + }", "}"),
        (".a b", "b"),
        ("{a: 1,, b}", ", b}"),
        (".a\n| .b )", ")"),
        ("select(.c ==) | .d", ") | .d"),
        (".a | foo | .foo", "foo | .foo"),
        ("reduce .[] as $x (0; . + $y)", "$y)"),
        ("é.a", "é.a"),
        ("# nothing", ""),
    ],
)
def test_the_first_token_that_jq_does_not_accept(text: str, rest: str) -> None:
    with pytest.raises(JqError) as caught:
        jq_path(text)
    assert text[error_position(text, str(caught.value)) :] == rest
