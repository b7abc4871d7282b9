"""A style: how requests are authenticated and listings paged, chosen by the URL's first two segments."""

from dataclasses import dataclass

from sandbox.sample_api.auth import AUTHS, Auth
from sandbox.sample_api.pages import PAGINGS, Paging

DEFAULT_AUTH, DEFAULT_PAGING = "bearer", "page"


class UnknownStyleError(ValueError):
    """The URL begins with half a style; the text names the other half and what is known."""


@dataclass(frozen=True, slots=True)
class Style:
    """prefix: what stands before the company's own path, "" or "/bearer/cursor"."""

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
    """The style that a URL's path begins with, or the default one. Raises UnknownStyleError."""
    auth, paging, *_ = [*path.split("/")[1:], "", ""]
    if auth in AUTHS and paging in PAGINGS:
        return Style(auth, paging, f"/{auth}/{paging}")
    if auth in AUTHS and paging:
        raise UnknownStyleError(f"No paging style {paging!r}; there are {', '.join(PAGINGS)}")
    if paging in PAGINGS:
        raise UnknownStyleError(f"No authentication style {auth!r}; there are {', '.join(AUTHS)}")
    return Style(DEFAULT_AUTH, DEFAULT_PAGING, "")
