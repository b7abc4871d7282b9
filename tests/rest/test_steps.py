"""The notation of keys in jq paths."""

import jq
import pytest

from rest.steps import quoted_key


@pytest.mark.parametrize(
    "name", ["a", "_x1", "and", "a b", "a.b", 'q"q', "é", "😀", "", "\\(1)", "\\", "/", "\n", "[]", "0"]
)
def test_jq_reads_a_quoted_key_as_that_key(name: str) -> None:
    assert jq.compile(quoted_key(name)).input_value({name: 1}).all() == [1]
