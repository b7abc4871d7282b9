"""How an API continues a listing, from one page of it: the settings that say so, and in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from builder.inference.page_places import empty_next, path_to
from builder.inference.page_requests import Counting, counting_in, size_in
from builder.inference.page_words import flag_of_more, how_of, stop_of
from configuration.pagination import PaginationSettings
from configuration.settings import setting_name
from expressions.paths import jq_path
from extraction.items import extract_items
from extraction.page_checks import PageFormat, doubts_of
from pagination import (
    AutoPaginator,
    CursorPaginator,
    HeaderLinkPaginator,
    NextLinkPaginator,
    OffsetPaginator,
    PageNumberPaginator,
    Paginator,
    paginator_for,
)
from rest.bodies import Json
from rest.errors import JqError, PaginationError
from rest.page import Page
from rest.request import Request
from rest.response import Response

_ONE_ITEM = "This is one item, and no list that could go on"
_LOOK_FOR = (
    "Look in the body for a cursor or a link with next in its name, or for a number of pages or items",
    "Look among the headers for Link",
    "Ask for fewer items than there are: a listing that fits into one page says nothing of a second",
    "The API's documentation names the parameter, like page or offset: give the address with it, ?page=1",
    "If these are all the items, choose none",
)


@dataclass(frozen=True, slots=True)
class FoundPages:
    """How a listing goes on. mapping: as `selector.pagination` says it, empty where nothing is recognised.

    how, stop: in words. next_request: what would be asked next, None where this page is the last.
    problem: what the page says against itself. hints: what to look for where nothing is recognised.
    """

    mapping: Mapping[str, Json] = field(default_factory=dict)
    how: str = ""
    stop: str = ""
    next_request: Request | None = None
    problem: str = ""
    hints: tuple[str, ...] = ()

    @property
    def is_recognised(self) -> bool:
        """True when the mapping says how the listing goes on."""
        return bool(self.mapping)

    @property
    def settings(self) -> dict[str, Json]:
        """The same as settings, `paginationType` and so on; empty where only a mapping can say it, as for
        a parameter in the body.
        """
        if "param_location" in self.mapping:
            return {}
        names = {"type": "pagination_type", "param": "pagination_param"}
        return {setting_name(names.get(name, name)): value for name, value in self.mapping.items()}


def pages_found(request: Request, response: Response, data_path: str = ".") -> FoundPages:
    """How the API goes on after this page; request: the one that was answered with it, without secrets.

    Raises ItemsError: the body cannot be read, or has nothing at the data_path.
    Raises JqError: the data_path is no jq.
    """
    found = extract_items(response, jq_path(data_path))
    if not found.is_list:
        return FoundPages(hints=(_ONE_ITEM,))
    page = Page(request, response, list(found.values), found.count, steps=jq_path(data_path).first_steps)
    # What would keep a resync from calling it complete, whatever the pages.
    doubts = [str(error) for error in doubts_of(page, PageFormat.of(page))]
    shown = _of_page(page, request, data_path)
    return replace(shown, problem=". ".join([*doubts, shown.problem]).strip(". ")) if doubts else shown


def _of_page(page: Page, request: Request, data_path: str) -> FoundPages:
    problem = ""
    mapping: dict[str, Json] = {}
    try:
        mapping = _mapping(AutoPaginator().detected(page), page, data_path)
    except PaginationError as error:
        problem = str(error)
    mapping = mapping or _by_request(counting_in(request))
    if not mapping:
        return FoundPages(problem=problem, hints=_hints(page.response.body))
    return _explained(_with_size(mapping, request), page)


def _explained(mapping: dict[str, Json], page: Page) -> FoundPages:
    settings = PaginationSettings.model_validate(mapping)
    problem, following = "", None
    try:
        following = paginator_for(settings).next(page)
    except (PaginationError, JqError) as error:
        problem = str(error)
    request = following.request if following else None
    return FoundPages(mapping, how_of(settings), stop_of(settings, page), request, problem)


def _mapping(paginator: Paginator, page: Page, data_path: str) -> dict[str, Json]:
    """What was recognised, written out; empty for a page that says nothing."""
    counting = counting_in(page.request)
    match paginator:
        case HeaderLinkPaginator():
            return {"type": "header_link"}
        case NextLinkPaginator():
            return _next_link(paginator, page)
        case CursorPaginator():
            return _cursor(paginator, page, data_path)
        case OffsetPaginator():
            by_request = _by_request(counting) if counting and counting.type == "offset" else {}
            return by_request or {"type": "offset", "param": paginator.param, **_place(paginator.location)}
        case PageNumberPaginator():
            by_request = _by_request(counting) if counting and counting.type == "page" else {}
            start: dict[str, Json] = {"start_page": paginator.start_page}
            return by_request or {
                "type": "page",
                "param": paginator.param,
                **start,
                **_place(paginator.location),
            }
    return {}


def _next_link(paginator: NextLinkPaginator, page: Page) -> dict[str, Json]:
    link = paginator.link_in(page)
    path = path_to(page.response.body, link) if isinstance(link, str) else None
    # A link in a list of relations is found in its usual place.
    return {"type": "next_link", **({"next_link_path": path} if path else {})}


def _cursor(paginator: CursorPaginator, page: Page, data_path: str) -> dict[str, Json]:
    mapping: dict[str, Json] = {"type": "cursor", "param": paginator.param, **_place(paginator.location)}
    if paginator.header:
        return mapping | {"cursor_header": paginator.header}
    flag = str(paginator.more) if paginator.more else flag_of_more(page)
    more: dict[str, Json] = {"has_more_path": flag} if flag else {}
    if paginator.cursor:
        return {**mapping, "cursor_path": str(paginator.cursor), **more}
    # No cursor, but a flag that says more: the last item's id is sent back.
    path = jq_path(data_path)
    is_plain = path.steps is not None and not path.iterates
    last: dict[str, Json] = {"cursor_path": f"{data_path}[-1].id"} if is_plain else {}
    return {**mapping, **last, **more}


def _by_request(counting: Counting | None) -> dict[str, Json]:
    """The response names no parameter, but the request had one."""
    if counting is None:
        return {}
    asked = counting.asked
    mapping: dict[str, Json] = {"type": counting.type, "param": asked.param, **_place(asked.location)}
    return mapping | ({"start_page": min(asked.value, 1)} if counting.type == "page" else {})


def _place(location: str) -> dict[str, Json]:
    return {} if location == "query" else {"param_location": location}


def _with_size(mapping: dict[str, Json], request: Request) -> dict[str, Json]:
    """With the size that the request asked for; one that it did not know could be refused."""
    if mapping["type"] in ("next_link", "header_link"):
        return mapping
    asked = size_in(request)
    if asked is None or asked.location != mapping.get("param_location", "query") or not asked.value:
        return mapping | {"size_param": "-"}
    return mapping | {"size_param": asked.param, "page_size": asked.value}


def _hints(body: Json) -> tuple[str, ...]:
    if empty := empty_next(body):
        last = (
            f"{empty} is empty here: this is the last page, or the only one. Take the first page of several"
        )
        return (last, *_LOOK_FOR)
    return _LOOK_FOR
