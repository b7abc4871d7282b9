"""What the request calls a position, worked out from what the response calls it."""

import re
from collections.abc import Mapping

from pagination.places import Found, found
from pagination.values import whole_number
from pagination.vocabulary import Meaning, key_of, meaning_of, own_words, role_of
from rest.page import Page
from rest.request import Location, Request, url_query

# The response's name of a cursor, by its letters, and the request's name where that is not the same without
# `next`. "": the request uses the response's own name.
_CURSOR_PARAMS: Mapping[str, str] = {
    "aftercursor": "after",
    "endcursor": "after",
    "nextafter": "after",
    "nextpagestart": "start",
    "nexttoken": "",
    "lastevaluatedkey": "ExclusiveStartKey",
    "continuationtoken": "",
    "scrollid": "",
}
# The last word of a header with a cursor, and the request's name where that differs: Azure, Nomad.
_HEADER_PARAMS: Mapping[str, str] = {"continuationtoken": "continuationToken", "nexttoken": "next_token"}
# What a response echoes of the request, by the letters of the names: the offset, and the size beside it.
_OFFSETS: Mapping[str, tuple[str, ...]] = {
    "offset": ("limit", "count", "size"),
    "skip": ("limit", "take", "top"),
    "startat": ("maxresults",),
}
_PAGE_NUMBERS: Mapping[str, str] = {
    "number": "page",
    "page": "page",
    "pagenumber": "page",
    "pageno": "page",
    "pagenum": "pageNum",
    "current": "current",
    "currpage": "page",
    "curpage": "page",
    "currentpage": "page",
    "pageindex": "p",
}
# Objects that hold the paging and no thing of their own, by the letters of their names: pageInfo, searchMeta.
_PAGING_OBJECT = re.compile(
    r"(pag(e|er|ing|ination)|meta).*|"
    r".*(pag(e|er|ing|ination)|meta|data|info|results?|response|body|summary|headers?)"
)
_COMPANIONS = frozenset({Meaning.SIZE, Meaning.PAGES, Meaning.TOTAL, Meaning.LAST, Meaning.MORE})
# Names that a request uses as well, where it uses the name of the size beside them.
_OWN_NAMES = frozenset({"pagenumber", "pageno", "pagenum", "pageindex"})
# JSON:API responds with `current-page` and requests `page[number]`.
_JSON_API_ECHO, _JSON_API_PARAM = "current-page", "page[number]"


def cursor_param(page: Page, cursor: Found) -> str:
    """Return the parameter that takes the cursor; in GraphQL, the path of the variable."""
    body = page.response.body
    is_notion = isinstance(body, dict) and body.get("object") == "list" and cursor.name == "next_cursor"
    # Jira Cloud's `isLast` beside `nextPageToken`: the request uses the same name. Google's is pageToken.
    siblings = {place.name for place in page.envelope if place.keys[:-1] == cursor.keys[:-1]}
    is_jira = cursor.name == "nextPageToken" and "isLast" in siblings
    name = "start_cursor" if is_notion else cursor.name if is_jira else _param_for(cursor.name)
    variables = page.request.body.get("variables") if isinstance(page.request.body, dict) else None
    return f"variables.{name}" if isinstance(variables, dict) else name


def header_cursor_param(name: str) -> str:
    """Return the parameter for a header: x-next-cursor gives cursor, x-ms-continuationtoken its own name."""
    last = name.lower().rpartition("-")[2]
    return _HEADER_PARAMS.get(last, last)


def page_param(page: Page, echo: Found) -> str:
    """Return the parameter of the page number that the response echoes."""
    if echo.name == _JSON_API_ECHO or _is_json_api(page):
        return _JSON_API_PARAM
    if echo.name[:1].isupper():  # .NET APIs take PageNumber under its own name
        return echo.name
    if key_of(echo.name) in _OWN_NAMES and _sends_sibling(page, echo):
        return echo.name
    return _PAGE_NUMBERS[key_of(echo.name)]


def _sends_sibling(page: Page, echo: Found) -> bool:
    """Tell whether the request has a parameter under the name of a field beside the echo: pageSize."""
    siblings = {place.name for place in page.envelope if place.keys[:-1] == echo.keys[:-1]}
    return not siblings.isdisjoint(_sent_names(page))


def offset_echo(page: Page) -> str | None:
    """Return the name under which the response echoes the offset, beside a size; None: it does not."""
    numbers = [place for place in page.envelope if whole_number(place.value) is not None]
    for place in (each for each in numbers if key_of(each.name) in _OFFSETS):
        sizes = _OFFSETS[key_of(place.name)]
        siblings = {key_of(other.name) for other in numbers if other.keys[:-1] == place.keys[:-1]}
        if siblings & set(sizes):
            return _in_json_api_style(page, place.name)
    return None


def is_offset_beside_echo(page: Page, cursor: Found) -> bool:
    """Tell whether a cursor is the number of the next item beside the echo of the offset.

    Datadog's {"offset": 0, "next_offset": 25, "size": 25}: the offset is counted, not sent back.
    """
    is_offset = key_of(own_words(cursor.name)) in _OFFSETS and whole_number(cursor.value) is not None
    return is_offset and offset_echo(page) is not None


def page_echo(page: Page) -> Found | None:
    """Return where the response echoes the page number; None: it does not."""
    echoes = (echo for echo in found(page, Meaning.PAGE_NUMBER) if key_of(echo.name) in _PAGE_NUMBERS)
    numbers = (echo for echo in echoes if echo.keys and whole_number(echo.value) is not None)
    return next((echo for echo in numbers if _is_about_pages(page, echo)), None)


def _is_about_pages(page: Page, echo: Found) -> bool:
    """Tell whether a number belongs to the paging. Builds, issues and houses have a `number` as well.

    It is in an object around the items or named after paging, or has a total or a size beside it. Spring's
    `number` needs the second, and `current` needs both.
    """
    siblings = (other for other in page.envelope if other.keys[:-1] == echo.keys[:-1])
    has_companion = any(meaning_of(other.name) in _COMPANIONS for other in siblings)
    match key_of(echo.name):
        case "number":
            return has_companion
        case "current":
            return has_companion and _holds_paging(page, echo.keys[:-1])
    return has_companion or _holds_paging(page, echo.keys[:-1])


def _holds_paging(page: Page, keys: tuple[str | int, ...]) -> bool:
    """Tell whether the object at these keys is around the items, or all of its names are those of paging."""
    is_around_items = keys == tuple(step.at for step in (page.steps or ())[: len(keys)])
    return is_around_items or all(_PAGING_OBJECT.fullmatch(key_of(str(key))) for key in keys)


def _in_json_api_style(page: Page, name: str) -> str:
    return f"page[{name}]" if _is_json_api(page) else name


def _is_json_api(page: Page) -> bool:
    """Tell whether the parameters are those of JSON:API, the family `page`.

    The items are its resource objects. Many APIs send these and take `page` and `per_page`, so a request
    with such a parameter decides.
    """
    item = page.items[0] if page.items else None
    is_resource = isinstance(item, dict) and {"type", "id", "attributes"} <= item.keys()
    return is_resource and not any(role_of(name) and "[" not in name for name in _sent_names(page))


def _sent_names(page: Page) -> set[str]:
    return {name for name, _ in (*page.request.params, *url_query(page.request.url))}


def location_of(request: Request) -> Location:
    """Return where pagination parameters of this request go."""
    return "query" if request.method == "GET" or request.body_type == "text" else "body"


def _param_for(name: str) -> str:
    """next_page_token is sent as page_token, nextMarker as marker, after as after."""
    known = _CURSOR_PARAMS.get(key_of(name))
    return name.lstrip("_") if known == "" else known or own_words(name)
