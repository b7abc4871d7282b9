"""How an endpoint's listing goes on after its sample: as the settings say, or as the sample does."""

from collections.abc import Mapping

from builder.inference import FoundPagination, describe_next, describe_stop, find_pagination
from builder.sampling import settings_of
from builder.web.connecting import ConnectionReading
from builder.web.selecting import selector_reading
from builder.web.workspace import EndpointForm, Seen
from configuration.pagination import PaginationSettings
from expressions.paths import jq_path
from extraction.items import extract_items
from pagination import paginator_for
from rest.errors import ItemsError, JqError, PaginationError, ResourceError, SettingsError
from rest.page import Page
from rest.request import Request

# These say nothing of a listing by themselves.
_LEFT_TO_THE_SAMPLE = frozenset({"auto", "none"})


def pages_of(connection: ConnectionReading, form: EndpointForm) -> FoundPagination | None:
    """The pages after the sample; None where there is no sample, or its items cannot be read.

    The mapping of what is returned is what could be chosen: it is empty where the settings say it already.
    """
    if form.seen is None:
        return None
    settings = _settings(connection, form)
    data_path = form.data_path.strip() or "."
    try:
        if settings.type in _LEFT_TO_THE_SAMPLE:
            return find_pagination(_request(form.seen), form.seen.answer.first, data_path)
        return _after(settings, form.seen, data_path)
    except (ItemsError, JqError):
        return None


def _settings(connection: ConnectionReading, form: EndpointForm) -> PaginationSettings:
    """The endpoint's own; nothing of them where they are not complete."""
    override = selector_reading(form).selector.get("pagination")
    changes: Mapping[str, object] = override if isinstance(override, dict) else {}
    try:
        return settings_of(connection.printed).pagination.with_overrides(changes, "pagination")
    except (SettingsError, ResourceError):
        return PaginationSettings(type="auto")


def _request(seen: Seen) -> Request:
    pages = (sample.page for sample in seen.answer.samples if sample.response is seen.answer.first)
    page = next(pages, None)
    return page.request if page else Request("GET", seen.url)


def _after(settings: PaginationSettings, seen: Seen, data_path: str) -> FoundPagination:
    found = extract_items(seen.answer.first, jq_path(data_path))
    page = Page(_request(seen), seen.answer.first, list(found.values), found.count, found.is_list)
    paginator = paginator_for(settings)
    named = settings.model_copy(update={"param": settings.param or getattr(paginator, "param", None)})
    try:
        following = paginator.next(page)
    except (PaginationError, JqError) as error:
        return FoundPagination(
            next_rule=describe_next(named), stop_rule=describe_stop(named, page), problem=str(error)
        )
    request = following.request if following else None
    return FoundPagination(
        next_rule=describe_next(named), stop_rule=describe_stop(named, page), next_request=request
    )
