"""No link of a page leads nowhere."""

import os
import re
from typing import Any
from urllib.parse import unquote

_LINK = re.compile(r"\]\(([^()\s]+)\)")


def _links(page: Any) -> list[str]:
    prose = re.sub(r"`[^`\n]+`", "", page.prose)
    return [link for link in _LINK.findall(prose) if not link.startswith(("https://", "http://", "mailto:"))]


def test_each_link_leads_to_a_file_and_a_heading(page: Any, pages: dict[str, Any]) -> None:
    wrong = []
    for link in _links(page):
        file, _, anchor = unquote(link).partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(page.name), file)) if file else page.name
        is_there = (page.path.parent / file).exists()
        if not is_there or (anchor and anchor not in pages[target].anchors):
            wrong.append(link)
    assert wrong == []


def test_every_page_of_the_documentation_is_in_its_index(pages: dict[str, Any]) -> None:
    linked = set(_links(pages["docs/README.md"]))
    there = {name.removeprefix("docs/") for name in pages if name.startswith("docs/")}
    assert there - {"README.md"} <= linked


def test_every_picture_is_shown(pages: dict[str, Any]) -> None:
    docs = pages["docs/README.md"].path.parent
    shown = {link for page in pages.values() for link in _links(page)}
    drawn = {file.relative_to(docs).as_posix() for file in (docs / "pictures").iterdir()}
    assert drawn <= shown
