"""Describe the pagination that the settings define."""

from builder.inference.pagination_proposal import FoundPagination
from builder.inference.pagination_texts import describe_next, describe_stop
from configuration.pagination import PaginationSettings
from expressions.paths import jq_path
from extraction.items import extract_items
from pagination import paginator_for
from rest.errors import JqError, PaginationError
from rest.page import Page
from rest.request import Request
from rest.response import Response


def defined_pagination(
    settings: PaginationSettings, request: Request, response: Response, data_path: str = "."
) -> FoundPagination:
    """Describe the pagination of the settings for a page. `mapping` is empty: they define it already.

    Raises ItemsError: the body cannot be read, or has no value at data_path.
    Raises JqError: data_path is not valid jq.
    """
    found = extract_items(response, jq_path(data_path))
    page = Page(request, response, list(found.values), found.count, found.is_list)
    paginator = paginator_for(settings)
    named = settings.model_copy(update={"param": settings.param or getattr(paginator, "param", None)})
    next_rule, stop_rule = describe_next(named), describe_stop(named, page)
    try:
        following = paginator.next(page)
    except (PaginationError, JqError) as error:
        return FoundPagination(next_rule=next_rule, stop_rule=stop_rule, problem=str(error))
    return FoundPagination(
        next_rule=next_rule, stop_rule=stop_rule, next_request=following.request if following else None
    )
