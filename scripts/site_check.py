"""Check the built site: each link leads to a file and an anchor, and nothing is loaded from elsewhere."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

_TAG = re.compile(r"<([a-z][a-z0-9]*)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-z][a-z-]*)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_STYLE_SOURCE = re.compile(r"(?:url\(|@import\s+)[\"']?((?:https?:)?//[^\"')\s]+)")
_SCRIPT = re.compile(r"(<script\b[^>]*>).*?</script>", re.DOTALL)
# A `link` with another `rel`, such as canonical, loads nothing.
_LOADING_LINKS = frozenset(
    {"stylesheet", "icon", "preload", "prefetch", "preconnect", "modulepreload", "manifest"}
)

# The site of a version is a folder in the site of all versions.
_ALL_VERSIONS = ".."


@dataclass(frozen=True, slots=True)
class Page:
    """What matters of an HTML page. links: targets of `a`; sources: what the browser loads by itself."""

    anchors: frozenset[str]
    links: tuple[str, ...]
    sources: tuple[str, ...]


def mistakes(site: Path) -> Iterator[str]:
    """Yield a message for each broken link, and for each file that would be loaded from another host."""
    pages = {
        path.relative_to(site).as_posix(): read_page(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
    }
    for name, page in pages.items():
        # The server shows this page at any address, so its links begin at the site's root.
        if name != "404.html":
            for target in dict.fromkeys((*page.links, *page.sources)):
                yield from _broken(site, pages, name, target)
        for source in page.sources:
            if urlsplit(source).netloc:
                yield f"{name} loads {source}"
    for path in sorted(site.rglob("*.css")):
        for source in _STYLE_SOURCE.findall(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site).as_posix()} loads {source}"


def read_page(html: str) -> Page:
    """Return the anchors, links and sources of a page."""
    anchors: set[str] = set()
    links: list[str] = []
    sources: list[str] = list(_STYLE_SOURCE.findall(html))
    for tag, text in _TAG.findall(_SCRIPT.sub(r"\1", html)):
        attributes = {name.lower(): unescape("".join(values)) for name, *values in _ATTRIBUTE.findall(text)}
        anchors |= {attributes[name] for name in ("id", "name") if name in attributes}
        if tag.lower() == "a":
            links += [attributes["href"]] if "href" in attributes else []
        elif tag.lower() != "link" or _LOADING_LINKS & {*attributes.get("rel", "").split()}:
            sources += [attributes[name] for name in ("src", "href", "data", "poster") if name in attributes]
    return Page(frozenset(anchors), tuple(links), tuple(sources))


def _broken(site: Path, pages: Mapping[str, Page], name: str, target: str) -> Iterator[str]:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return
    path = (
        posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
        if parts.path
        else name
    )
    if path == _ALL_VERSIONS:
        return
    if (site / path).is_dir():
        path = posixpath.normpath(f"{path}/index.html")
    if not (site / path).is_file():
        yield f"{name} links to {target}, which does not exist"
    elif parts.fragment and path in pages and unquote(parts.fragment) not in pages[path].anchors:
        yield f"{name} links to {target}, but that page has no such heading"
