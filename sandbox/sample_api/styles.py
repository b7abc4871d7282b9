"""Styles: authentication and paging, selected by the first two segments of the URL's path."""

from dataclasses import dataclass

from sandbox.sample_api.auth import AUTHS, Auth
from sandbox.sample_api.paging import PAGINGS, Paging

DEFAULT_AUTH, DEFAULT_PAGING = "bearer", "page"


class UnknownStyleError(ValueError):
    """The URL starts with a known and an unknown style name. The message lists the known ones."""


@dataclass(frozen=True, slots=True)
class Style:
    """A combination of styles. prefix: the part of the path that selects it, "" or "/bearer/cursor"."""

    auth_name: str
    paging_name: str
    prefix: str

    @property
    def name(self) -> str:
        return f"{self.auth_name}/{self.paging_name}"

    @property
    def auth(self) -> Auth:
        return AUTHS[self.auth_name]

    @property
    def paging(self) -> Paging:
        return PAGINGS[self.paging_name]


def style_of(path: str) -> Style:
    """Return the style that a path starts with, or the default. Raises UnknownStyleError."""
    auth, paging, *_ = [*path.split("/")[1:], "", ""]
    if auth in AUTHS and paging in PAGINGS:
        return Style(auth, paging, f"/{auth}/{paging}")
    if auth in AUTHS and paging:
        raise UnknownStyleError(f"Unknown paging style {paging!r}. Known: {', '.join(PAGINGS)}")
    if paging in PAGINGS:
        raise UnknownStyleError(f"Unknown authentication style {auth!r}. Known: {', '.join(AUTHS)}")
    return Style(DEFAULT_AUTH, DEFAULT_PAGING, "")
