"""Gather the pages of the documentation site from the repository.

The pages are those of docs/, and every page that one of them links to, directly or not: the README of an
example, the changelog. Other linked files are copied, and a linked folder becomes a list of its files.
docs/README.md becomes the home page, and its sections the navigation.
"""

import posixpath
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from scripts.site_markdown import for_python_markdown

HOME = "docs/README.md"
# Code, which stays as it is, or the target of a link.
_CODE_OR_TARGET = re.compile(
    r"(?P<code>^(?P<indent> *)(?P<fence>```+)[^\n]*\n.*?^(?P=indent)(?P=fence) *$"
    r"|(?P<ticks>`+)[^`\n]+(?P=ticks))"
    r"|\]\((?P<target>[^()\s]+)\)",
    re.MULTILINE | re.DOTALL,
)
_EXTERNAL = re.compile(r"[a-z]+:")


class SiteError(Exception):
    """The pages cannot become a site."""


@dataclass(frozen=True, slots=True)
class Site:
    """The content of the site. pages: text by path in the repository; files, folders: other linked paths."""

    root: Path
    pages: Mapping[str, str]
    files: frozenset[str]
    folders: frozenset[str]

    def write(self, folder: Path) -> None:
        """Write the pages with the links that they have on the site, and copy the other files."""
        texts = {name: self._on_site(name, text) for name, text in self.pages.items()}
        for name, text in (texts | {name: self._list(name) for name in self.folders}).items():
            path = folder / self.path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for name in self.files:
            path = folder / self.path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.root / name, path)

    def navigation(self) -> list[dict[str, Any]]:
        """Return the sections of the home page with their pages.

        The README of a folder is followed by the pages below it. Raises SiteError: a page is in no section.
        """
        seen = {HOME}
        sections = []
        for section in re.split(r"^## ", self.pages[HOME], flags=re.MULTILINE)[1:]:
            title, _, body = section.partition("\n")
            entries: list[Any] = []
            for name in self._linked(HOME, body):
                below = [page for page in self._below(name) if page not in seen]
                if name not in seen:
                    seen |= {name, *below}
                    entries.append({_title(self.pages[name]): [name, *below]} if below else name)
            if entries:
                sections.append({title: self._paths(entries)})
        if missing := sorted(self.pages.keys() - seen):
            raise SiteError(f"link these pages in {HOME}: {', '.join(missing)}")
        return sections

    def path(self, name: str) -> str:
        """Return the path in the folder of pages for a path in the repository.

        The README of a folder is its index, or a page with its name if no other page is below.
        """
        if name in (HOME, "README.md"):
            return "index.md"
        if not name.endswith(".md") and not name.startswith("docs/"):
            return f"files/{name}index.md" if name.endswith("/") else f"files/{name}"
        folder, _, file = name.removeprefix("docs/").rpartition("/")
        if file == "README.md":
            return f"{folder}/index.md" if self._below(name) else f"{folder}.md"
        return posixpath.join(folder, file.lower() if file.endswith(".md") else file)

    def _paths(self, entries: list[Any]) -> list[Any]:
        return [
            {title: self._paths(below) for title, below in entry.items()}
            if isinstance(entry, dict)
            else self.path(entry)
            for entry in entries
        ]

    def _below(self, name: str) -> list[str]:
        """Return the other pages in the folder of a README."""
        folder, _, file = name.rpartition("/")
        return sorted(
            page
            for page in self.pages
            if file == "README.md" and page.startswith(f"{folder}/") and page != name
        )

    def _list(self, folder: str) -> str:
        names = (path.name for path in _files_in(self.root, folder))
        return f"# {folder}\n\n" + "".join(f"- [{name}]({name})\n" for name in names)

    def _linked(self, name: str, text: str) -> Iterator[str]:
        paths = (_resolved(self.root, name, target) for target in _targets(text))
        return (path for path in paths if path and path in self.pages)

    def _on_site(self, name: str, text: str) -> str:
        def changed(found: re.Match[str]) -> str:
            path = None if found["code"] else _resolved(self.root, name, found["target"])
            if path is None:
                return found[0]
            here = posixpath.dirname(self.path(name))
            anchor = found["target"].partition("#")[1:]
            return f"]({posixpath.relpath(self.path(path), here)}{''.join(anchor)})"

        return for_python_markdown(_CODE_OR_TARGET.sub(changed, text))


def gather(root: Path) -> Site:
    """Read the pages. Raises SiteError: a link leads nowhere, or two pages would have the same address."""
    waiting = [path.relative_to(root).as_posix() for path in sorted((root / "docs").rglob("*.md"))]
    pages: dict[str, str] = {}
    files: set[str] = set()
    folders: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name.endswith("/"):
            folders.add(name)
            files |= {f"{name}{path.name}" for path in _files_in(root, name)}
        elif not name.endswith(".md"):
            files.add(name)
        elif name not in pages and name != "README.md":
            pages[name] = (root / name).read_text(encoding="utf-8")
            waiting += filter(None, (_resolved(root, name, target) for target in _targets(pages[name])))
    site = Site(root, pages, frozenset(files), frozenset(folders))
    addresses = [re.sub(r"(/index)?\.md$", "", site.path(name)) for name in (*pages, *files, *folders)]
    if twice := sorted({address for address in addresses if addresses.count(address) > 1}):
        raise SiteError(f"several files would have the address {', '.join(twice)}")
    return site


def _targets(text: str) -> list[str]:
    return [found["target"] for found in _CODE_OR_TARGET.finditer(text) if found["target"]]


def _resolved(root: Path, name: str, target: str) -> str | None:
    """Return the path in the repository that a link of a page leads to, None within the page or elsewhere.

    A folder stands for its README. Without one, the path ends with "/". Raises SiteError: there is no file.
    """
    if _EXTERNAL.match(target) or target.startswith("#"):
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(target.partition("#")[0])))
    if (root / path).is_dir():
        return f"{path}/README.md" if (root / path / "README.md").is_file() else f"{path}/"
    if not (root / path).is_file():
        raise SiteError(f"{name} links to {target}, which is no file")
    return path


def _files_in(root: Path, folder: str) -> list[Path]:
    """Return the files of a folder that are no pages."""
    return sorted(path for path in (root / folder).iterdir() if path.is_file() and path.suffix != ".md")


def _title(text: str) -> str:
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found[1].replace("`", "") if found else ""
