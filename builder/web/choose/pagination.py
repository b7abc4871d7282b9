"""The pagination of an endpoint: as the settings define it, or as detected in the sample."""

from collections.abc import Mapping
from dataclasses import replace

from builder.entered_settings import settings_of
from builder.inference import FoundPagination, defined_pagination, find_pagination
from builder.web.choose.endpoint import EndpointForm, Sample
from builder.web.choose.selector import parse_selector
from builder.web.connect.parsing import ParsedConnection, parse_connection, with_settings
from builder.web.connect.setting_fields import PAGINATION
from builder.web.page.issues import Issue, NotReadyError
from builder.web.page.text_formats import format_json, parse_object
from builder.web.page.workspace import Workspace
from configuration.pagination import PaginationSettings
from rest.errors import ItemsError, JqError, ResourceError, SettingsError
from rest.request import Request

# With these types, the pagination is detected in the sample.
_DETECTED_TYPES = frozenset({"auto", "none"})


def pages_of(connection: ParsedConnection, form: EndpointForm) -> FoundPagination | None:
    """Return the pagination, None if there is no sample or its items cannot be read.

    Its `settings` and `mapping` are empty if the settings define the pagination already.
    """
    if form.sample is None:
        return None
    settings = pagination_settings(connection, form)
    data_path = form.data_path.strip() or "."
    try:
        if settings.type in _DETECTED_TYPES:
            return find_pagination(_request(form.sample), form.sample.answer.first, data_path)
        return defined_pagination(settings, _request(form.sample), form.sample.answer.first, data_path)
    except (ItemsError, JqError):
        return None


def with_pages_for_all(workspace: Workspace, form: EndpointForm) -> Workspace:
    """Enter the detected pagination into the settings."""
    pages = pages_of(parse_connection(workspace.connection), form)
    texts = dict(workspace.connection.texts) | dict.fromkeys((field.name for field in PAGINATION), "")
    cleared = replace(workspace.connection, texts=texts)
    return replace(workspace, connection=with_settings(cleared, pages.settings if pages else {}))


def with_pages_for_one(workspace: Workspace, form: EndpointForm) -> EndpointForm:
    """Enter the detected pagination into the endpoint's selector.

    Raises NotReadyError: the other keys of the selector are not valid JSON.
    """
    pages = pages_of(parse_connection(workspace.connection), form)
    try:
        more = parse_object(form.more)
    except ValueError as error:
        raise NotReadyError([Issue("more", "Other selector keys", str(error))]) from error
    return replace(form, more=format_json({**more, "pagination": dict(pages.mapping if pages else {})}))


def pagination_settings(connection: ParsedConnection, form: EndpointForm) -> PaginationSettings:
    """Return the endpoint's pagination settings, those of auto if they are invalid."""
    override = parse_selector(form).selector.get("pagination")
    changes: Mapping[str, object] = override if isinstance(override, dict) else {}
    try:
        return settings_of(connection.printed).pagination.with_overrides(changes, "pagination")
    except (SettingsError, ResourceError):
        return PaginationSettings(type="auto")


def _request(sample: Sample) -> Request:
    return sample.answer.request or Request("GET", sample.url)
