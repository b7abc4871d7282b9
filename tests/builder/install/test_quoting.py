"""Quoting for shells and for Helm."""

import shlex
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.install.quoting import command, helm_text, is_typed_by_helm, shell_text

_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
_NASTY = st.text("\"'$`\\!\n\r\t #&|;<>(){}[]*?~=%,.:-aä\u2028")
type Run = Callable[[str, str], list[list[str]]]


@given(st.lists(_TEXTS | _NASTY))
def test_shlex_parses_quoted_texts_back(texts: list[str]) -> None:
    assert shlex.split(" ".join(map(shell_text, texts))) == texts


@pytest.mark.process
@given(texts=st.lists(_TEXTS | _NASTY, min_size=1, max_size=20))
def test_a_real_shell_parses_quoted_texts_back(run_printed: Run, texts: list[str]) -> None:
    # Ends that no text has keep them apart in what the shell prints.
    marked = [f"<{text}>" for text in texts]
    assert run_printed(command("tool", map(shell_text, marked)), "tool") == [marked]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("https://api.example.com", '"https://api.example.com"'),
        ("<YOUR_API_TOKEN>", '"<YOUR_API_TOKEN>"'),
        ("", '""'),
        ('{"type": "POLLING"}', '\'{"type": "POLLING"}\''),
        ("a$b", "'a$b'"),
        ("wow!", "'wow!'"),
    ],
)
def test_quotes_have_the_style_of_the_manuals(text: str, quoted: str) -> None:
    assert shell_text(text) == quoted


@given(text=_TEXTS | _NASTY)
def test_helm_parses_escaped_texts_back(helm_values: Callable[[list[str]], Any], text: str) -> None:
    words = ["--set-string", f"a.b={helm_text(text)}"]
    assert helm_values(words) == {"a": {"b": text}}


@given(
    text=_TEXTS
    | _NASTY
    | st.sampled_from(["True", "nUll", "0", "-0", "+5", "007", "1e3", "faLSE", "fal\u017fe"])
)
def test_set_reads_all_other_values_as_text(helm_values: Callable[[list[str]], Any], text: str) -> None:
    kept = helm_values(["--set", f"a={helm_text(text)}"])
    assert is_typed_by_helm(text) or kept == {"a": text}


@pytest.mark.parametrize("text", ["true", "FALSE", "null", "0", "12", "-3", "+5"])
def test_values_that_helm_does_not_read_as_text_are_known(
    helm_values: Callable[[list[str]], Any], text: str
) -> None:
    assert helm_values(["--set", f"a={text}"]) != {"a": text}
    assert is_typed_by_helm(text)
