"""Propose the pagination settings of a listing from one of its pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from builder.inference.next_page_paths import find_empty_next_path, find_path
from builder.inference.pagination_texts import describe_next, describe_stop, find_more_flag
from builder.inference.request_paging import (
    PageCounter,
    find_page_counter,
    find_page_size,
    in_style_of_size,
)
from builder.inference.unusual_pagination import next_offset_mapping, unread_sign, unusual_mapping
from configuration.pagination import PaginationSettings
from configuration.setting_names import setting_name
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
    RecognisedSignals,
    paginator_for,
)
from pagination.vocabulary import key_of
from rest.bodies import Json
from rest.errors import JqError, PaginationError
from rest.page import Page
from rest.request import Request, url_query
from rest.response import Response

# The last words of cursors that do not name a parameter.
_NAMELESS = frozenset({"next", "nextvalue", "nextid", "nextkey"})
_ONE_ITEM = "The response is a single item, not a list, so it has no pages"
_HINTS = (
    "Look in the body for a cursor or a link with next in its name, or for a number of pages or items",
    "Look for a Link header",
    "Request fewer items than there are. A list on a single page does not show how the next is requested",
    "Find the parameter in the API's documentation, like page or offset, and add it to the URL: ?page=1",
    "If the response has all items, choose none",
)


@dataclass(frozen=True, slots=True)
class FoundPagination:
    """The pagination found in a page.

    mapping: the value for `selector.pagination`, empty if no pagination is recognised.
    next_rule, stop_rule: how the next page is requested and when the listing ends, in words.
    next_request: None if this page is the last. problem: contradictions in the page.
    hints: what to look for if no pagination is recognised.
    """

    mapping: Mapping[str, Json] = field(default_factory=dict)
    next_rule: str = ""
    stop_rule: str = ""
    next_request: Request | None = None
    problem: str = ""
    hints: tuple[str, ...] = ()

    @property
    def is_recognised(self) -> bool:
        """True when the mapping describes a pagination."""
        return bool(self.mapping)

    @property
    def settings(self) -> dict[str, Json]:
        """The mapping as settings such as `paginationType`. Empty if the settings have no equivalent, as for
        a parameter in the body.
        """
        if "param_location" in self.mapping:
            return {}
        names = {"type": "pagination_type", "param": "pagination_param"}
        return {setting_name(names.get(name, name)): value for name, value in self.mapping.items()}


def find_pagination(
    request: Request, response: Response, data_path: str = ".", chosen: Mapping[str, Json] | None = None
) -> FoundPagination:
    """Return the pagination of a page. request: the request for the page, without secrets.

    chosen: the user's `selector.pagination`, which is described instead of what the page shows.
    Raises ItemsError: the body cannot be read, or has no value at data_path.
    Raises JqError: data_path is not valid jq.
    """
    extraction = extract_items(response, jq_path(data_path))
    if not extraction.is_list:
        return FoundPagination(hints=(_ONE_ITEM,))
    items = list(extraction.values)
    page = Page(request, response, items, extraction.count, steps=jq_path(data_path).leading_steps)
    # A resync would treat such a page as incomplete, whatever the pagination.
    doubts = [str(error) for error in doubts_of(page, PageFormat.of(page))]
    found = _describe(dict(chosen), page, chosen) if chosen else _from_page(page, request, data_path)
    return replace(found, problem=". ".join([*doubts, found.problem]).strip(". ")) if doubts else found


def _from_page(page: Page, request: Request, data_path: str) -> FoundPagination:
    problem = ""
    mapping: dict[str, Json] = {}
    try:
        mapping = _mapping(AutoPaginator().detected(page), page, data_path)
    except PaginationError as error:
        problem = str(error)
    mapping = mapping or _counter_mapping(find_page_counter(request)) or unusual_mapping(page)
    if not mapping:
        where = RecognisedSignals().evidence_of_more(page) or unread_sign(page)
        if where and not problem:
            problem = f"the response says that there is more ({where}), but not how to request it"
        return FoundPagination(problem=problem, hints=_hints(page.response.body))
    return _describe(_with_page_size(mapping, request), page)


def _describe(
    mapping: dict[str, Json], page: Page, chosen: Mapping[str, Json] | None = None
) -> FoundPagination:
    settings = PaginationSettings.model_validate(mapping)
    problem, following = "", None
    try:
        following = paginator_for(settings).next(page)
    except (PaginationError, JqError) as error:
        problem = str(error)
    request = following.request if following else None
    problem = problem or ("" if chosen and "param" in chosen else _unknown_parameter(settings, page))
    return FoundPagination(mapping, describe_next(settings), describe_stop(settings, page), request, problem)


def _unknown_parameter(settings: PaginationSettings, page: Page) -> str:
    """Say that a cursor named only `next` does not tell the parameter, unless the request has it."""
    path = str(settings.cursor_path or "")
    names = {name for name, _ in (*page.request.params, *url_query(page.request.url))}
    if settings.type != "cursor" or key_of(path) not in _NAMELESS or settings.param in names:
        return ""
    return (
        f"the response has the next cursor at {path}, but does not say which parameter takes it. "
        f"Check {settings.param} in the API's documentation"
    )


def _mapping(paginator: Paginator, page: Page, data_path: str) -> dict[str, Json]:
    """Return the recognised pagination as a mapping, empty if nothing is recognised."""
    counter = find_page_counter(page.request)
    match paginator:
        case HeaderLinkPaginator():
            return {"type": "header_link"}
        case NextLinkPaginator():
            return _next_link_mapping(paginator, page)
        case CursorPaginator():
            return _cursor_mapping(paginator, page, data_path)
        case OffsetPaginator():
            if counter and counter.type == "offset":
                return _counter_mapping(counter)
            param = in_style_of_size(paginator.param, page.request)
            return {"type": "offset", "param": param, **_location(paginator.location)}
        case PageNumberPaginator():
            if counter and counter.type == "page":
                return _counter_mapping(counter)
            mapping: dict[str, Json] = {
                "type": "page",
                "param": in_style_of_size(paginator.param, page.request),
            }
            return mapping | {"start_page": paginator.start_page, **_location(paginator.location)}
    return {}


def _next_link_mapping(paginator: NextLinkPaginator, page: Page) -> dict[str, Json]:
    link = paginator.link_in(page)
    path = find_path(page.response.body, link) if isinstance(link, str) else None
    # A link in a list of link relations needs no path: the paginator knows that form.
    return {"type": "next_link", **({"next_link_path": path} if path else {})}


def _cursor_mapping(paginator: CursorPaginator, page: Page, data_path: str) -> dict[str, Json]:
    param = in_style_of_size(paginator.param, page.request)
    mapping: dict[str, Json] = {"type": "cursor", "param": param, **_location(paginator.location)}
    if paginator.header:
        return mapping | {"cursor_header": paginator.header}
    flag = str(paginator.more) if paginator.more else find_more_flag(page)
    more: dict[str, Json] = {"has_more_path": flag} if flag else {}
    if paginator.cursor:
        return {**mapping, "cursor_path": str(paginator.cursor), **more}
    # The body has no cursor, only a flag for more pages. The cursor is the last item's id.
    if other := _counter_mapping(find_page_counter(page.request)) or next_offset_mapping(page):
        return {**other, **(more if other["type"] == "cursor" else {})}
    if not flag:  # a flag such as `last_page`, without anything to send
        return {}
    path = jq_path(data_path)
    is_plain = path.steps is not None and not path.iterates
    last: dict[str, Json] = {"cursor_path": f"{data_path}[-1].id"} if is_plain else {}
    return {**mapping, **last, **more}


def _counter_mapping(counter: PageCounter | None) -> dict[str, Json]:
    """Return a mapping with the parameter of the request."""
    if counter is None:
        return {}
    parameter = counter.parameter
    mapping: dict[str, Json] = {
        "type": counter.type,
        "param": parameter.name,
        **_location(parameter.location),
    }
    return mapping | ({"start_page": min(parameter.value, 1)} if counter.type == "page" else {})


def _location(location: str) -> dict[str, Json]:
    return {} if location == "query" else {"param_location": location}


def _with_page_size(mapping: dict[str, Json], request: Request) -> dict[str, Json]:
    """Add the page size of the request, else send none: the API could reject an unknown parameter."""
    if mapping["type"] in ("next_link", "header_link"):
        return mapping
    size = find_page_size(request)
    if size is None or size.location != mapping.get("param_location", "query") or not size.value:
        return mapping | {"size_param": "-"}
    return mapping | {"size_param": size.name, "page_size": size.value}


def _hints(body: Json) -> tuple[str, ...]:
    if empty := find_empty_next_path(body):
        return (
            f"{empty} is empty, so this is the last or only page. Use the first of several pages",
            *_HINTS,
        )
    return _HINTS
