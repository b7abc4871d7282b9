"""The site shows Markdown as GitHub does."""

import re
import tomllib
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from markdown import Markdown
from markdown_it import MarkdownIt

from scripts.site_markdown import for_python_markdown

_ROOT = Path(__file__).parents[2]
_CASES = {
    "a list below a paragraph": "Text:\n- one\n- two\n\nMore.\n",
    "a numbered list below a paragraph": "Text:\n1. one\n2. two\n",
    "a number at the start of a line is no list": "The answer is\n401. So it goes on.\n",
    "a table below a paragraph": "Text:\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "a number at the start of a line of an item": "- The port is\n  8000. So it goes on.\n- 2\n",
    "a list in a list": "- one\n  - two\n    - three\n  - four\n- five\n",
    "bullets in a numbered list": "1. one\n   - two\n   - three\n2. four\n",
    "a paragraph in an item": "1. one\n\n   more\n\n2. two\n\nOutside.\n",
    "an item below the second paragraph of another": "1. one\n\n   more\n2. two\n3. three\n",
    "an item below the code of another": "1. one\n\n   ```text\n   a\n   ```\n2. two\n",
    "lines of one item": "- one\n  two\nthree\n- four\n",
    "code in an item": "1. one\n\n   ```bash\n   if true; then\n     ls\n   fi\n   ```\n\n2. two\n",
    "lines of code that look like a list": "Text\n\n```text\na\n- b\n| c\n```\n",
    "a pipe in the code of a table": "| a | b |\n|---|---|\n| `.x \\| y` | a \\| b |\n",
    "a pipe in code elsewhere": "In text, `\\|` stays.\n",
    "a wide item": "100. one\n     - two\n",
}


def _site() -> Markdown:
    """Return a converter with the lists and tables of the site."""
    assert (
        "sane_lists" in tomllib.loads((_ROOT / "zensical.toml").read_text())["project"]["markdown_extensions"]
    )
    return Markdown(extensions=["tables", "sane_lists", "pymdownx.superfences"])


def _outline(html: str) -> list[str]:
    """Return the tags and words, without what differs between the converters but looks the same."""
    html = re.sub(r"<ol[^>]*>", "<ol>", html)
    html = re.sub(r"</?span\b[^>]*>", "", html)
    html = re.sub(r"</?(p|div|a|pre|thead|tbody)\b[^>]*>", " ", html)
    html = re.sub(r"<(\w+) [^>]*>", r"<\1>", html)
    return [unescape(part) for part in re.findall(r"<[^>]+>|[^\s<]+", html)]


def _on_github(text: str) -> list[str]:
    return _outline(MarkdownIt("gfm-like", {"linkify": False}).render(text))


@pytest.mark.parametrize("text", _CASES.values(), ids=_CASES)
def test_text_looks_the_same_on_github_and_on_the_site(text: str) -> None:
    assert _outline(_site().convert(for_python_markdown(text))) == _on_github(text)


def test_each_page_looks_the_same_on_github_and_on_the_site(page: Any) -> None:
    text = re.sub(r"\A---\n.*?\n---\n", "", page.text, flags=re.DOTALL)
    assert _outline(_site().convert(for_python_markdown(text))) == _on_github(text)


@pytest.mark.parametrize("name", ["a list below a paragraph", "a list in a list", "code in an item"])
def test_without_the_change_it_would_look_different(name: str) -> None:
    text = _CASES[name]
    assert _outline(_site().convert(text)) != _on_github(text)
