"""Fixtures with the Markdown pages of the repository."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown page. name: its path in the repository."""

    name: str
    text: str

    @property
    def path(self) -> Path:
        return _ROOT / self.name

    @property
    def blocks(self) -> list[tuple[str, str]]:
        """The code blocks, as pairs of language and text."""
        return [(language, text) for _, language, text in _FENCE.findall(self.text)]

    @property
    def prose(self) -> str:
        """The text without code blocks."""
        return _FENCE.sub("", self.text)

    @property
    def spans(self) -> list[str]:
        """The inline code."""
        return re.findall(r"`([^`\n]+)`", self.prose)

    @property
    def anchors(self) -> set[str]:
        """The anchors that GitHub creates for the headings."""
        headings = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def _pages() -> list[Page]:
    """Return the pages outside hidden folders, sorted by path."""
    found: list[Page] = []
    for folder, folders, files in _ROOT.walk():
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [folder / name for name in files if name.endswith(".md") and not name.startswith(".")]
        found += [
            Page(path.relative_to(_ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths
        ]
    return sorted(found, key=lambda page: page.path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with the argument `page` once for each page."""
    if "page" in metafunc.fixturenames:
        pages = _pages()
        metafunc.parametrize("page", pages, ids=[page.name for page in pages])


@pytest.fixture(scope="session")
def pages() -> dict[str, Page]:
    """Return all pages by name."""
    return {page.name: page for page in _pages()}
