"""The links between the pages work."""

import os
import re
from typing import Any
from urllib.parse import unquote

_LINK = re.compile(r"\]\(([^()\s]+)\)")


def _links(page: Any) -> list[str]:
    prose = re.sub(r"`[^`\n]+`", "", page.prose)
    return [link for link in _LINK.findall(prose) if not link.startswith(("https://", "http://", "mailto:"))]


def test_the_file_and_the_heading_of_each_link_exist(page: Any, pages: dict[str, Any]) -> None:
    wrong = []
    for link in _links(page):
        file, _, anchor = unquote(link).partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(page.name), file)) if file else page.name
        exists = (page.path.parent / file).exists()
        if not exists or (anchor and anchor not in pages[target].anchors):
            wrong.append(link)
    assert wrong == []


def test_the_index_links_to_every_page(pages: dict[str, Any]) -> None:
    linked = set(_links(pages["docs/README.md"]))
    existing = {name.removeprefix("docs/") for name in pages if name.startswith("docs/")}
    assert existing - {"README.md"} <= linked


def test_every_picture_is_used(pages: dict[str, Any]) -> None:
    docs = pages["docs/README.md"].path.parent
    used = {link for page in pages.values() for link in _links(page)}
    pictures = {file.relative_to(docs).as_posix() for file in (docs / "pictures").iterdir()}
    assert pictures <= used
