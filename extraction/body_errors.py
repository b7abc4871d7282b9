"""Errors in the body of a response with a success status: in the envelope, or in place of items."""

from collections.abc import Iterable
from http import HTTPStatus

from pagination.values import whole_number
from pagination.vocabulary import key_of
from rest.bodies import Json
from rest.envelope import EnvelopeField
from rest.origin import cut
from rest.page import Page
from rest.request import text_of

# Names are compared by their letters, without case and separators.
_ERRORS = frozenset(
    {"error", "errors", "fault", "faults", "exception", "exceptions", "failure", "errormessage", "errormsg"}
    | {
        "errormessages",
        "errordescription",
        "errordetail",
        "errordetails",
        "errortext",
        "errorreason",
        "errmsg",
    }
)
_ERROR_CODES = frozenset({"errorcode", "errcode", "errno", "errornumber"})
_SUCCESSES = frozenset(
    {"ok", "success", "succeeded", "successful", "issuccess", "issuccessful", "issucceeded"}
)
_STATES = frozenset({"status", "state", "result", "outcome", "resultstatus", "responsestatus", "stat"})
_CODES = frozenset({"code", "statuscode", "status", "httpstatus", "httpcode", "resultcode", "retcode", "ret"})
_MESSAGES = frozenset(
    {"message", "msg", "messages", "detail", "details", "description", "reason", "title", "statustext"}
)
_FAILED_STATES = frozenset(
    {"error", "err", "fail", "failed", "failure", "ko", "nok", "notok", "exception", "fault"}
)
_OK_VALUES = frozenset({"0", "ok", "success", "successful", "succeeded", "none", "null", "00", "000", "0000"})
# An error object has no other fields than these.
_ERROR_OBJECT_FIELDS = (
    _ERRORS
    | _ERROR_CODES
    | _SUCCESSES
    | _CODES
    | _MESSAGES
    | frozenset(
        {"type", "instance", "path", "timestamp", "traceid", "requestid", "documentationurl", "moreinfo"}
    )
    | frozenset({"correlationid", "extensions", "locations", "severity", "helpurl"})
)
# An object with one of these is a resource with a state and a list of its own: a failed build with its jobs.
_RESOURCE_FIELDS = frozenset({"id", "uuid", "guid", "sha", "name", "key", "slug"})
_JSON_RPC = "jsonrpc"
# Few items have one of these fields, so the other items need no closer look.
_ERROR_MARKERS = frozenset(
    name
    for word in ("error", "errors", "fault", "message", "msg", "detail", "title", "exception", "errmsg")
    for name in (word, word.capitalize(), word.upper())
) | {
    "error_message",
    "errorMessage",
    "ErrorMessage",
    "error_code",
    "errorCode",
    "ErrorCode",
    "error_description",
}
# Objects of the envelope that describe the response itself.
_DESCRIPTIONS = frozenset(
    {
        "meta",
        "metadata",
        "response",
        "responsestatus",
        "status",
        "header",
        "head",
        "envelope",
        "result",
        "info",
    }
    | {"data", "body", "payload", "output", "responseheader", "responsemetadata"}
)
_MAX_DEPTH = 3
_MAX_ITEM_FIELDS = 12
_MAX_SHOWN = 160


def error_in_envelope(page: Page) -> str | None:
    """Return the error that the envelope reports, as `path is value`; None: it reports none."""
    # XML has one more level, because its root element is a key of the body.
    root = 1 if page.response.format_name == "xml" else 0
    if page.is_item:
        return _error_in_single_item(page.response.body, root)
    fields = [field for field in page.envelope if _describes_response(field, root)]
    top = {key_of(field.name) for field in fields if len(field.keys) == 1 + root}
    if top & _RESOURCE_FIELDS and _JSON_RPC not in top:
        return None
    has_message = any(key_of(field.name) in _MESSAGES and field.value for field in fields)
    is_sure = not page.count or has_message
    return _first_error(fields, with_states=is_sure, with_codes=has_message and not page.count)


def error_in_item(item: Json) -> str | None:
    """Return the error that an item reports, if the item is an error object; None: it is not."""
    if not isinstance(item, dict) or not item:
        return None
    # GraphQL sends `data: null` beside its errors.
    keys = {key_of(name) for name, value in item.items() if value is not None}
    if not keys <= _ERROR_OBJECT_FIELDS or not keys & (_ERRORS | _MESSAGES):
        return None
    fields = [EnvelopeField((name,), value) for name, value in item.items()]
    return _first_error(fields, with_states=False, with_codes=False)


def errors_in_items(items: Iterable[Json]) -> Iterable[tuple[int, str]]:
    """Yield the position, from 0, and the error of each item that is an error object."""
    for position, item in enumerate(items):
        if (
            not isinstance(item, dict)
            or len(item) > _MAX_ITEM_FIELDS
            or item.keys().isdisjoint(_ERROR_MARKERS)
        ):
            continue
        if error := error_in_item(item):
            yield position, error


def _first_error(fields: Iterable[EnvelopeField], *, with_states: bool, with_codes: bool) -> str | None:
    """Return the first field that reports an error, as `path is value`.

    with_states: states like `status: failed` count as errors.
    with_codes: so do codes that are not an HTTP status.
    """
    errors = (field for field in fields if _is_error(field, with_states=with_states, with_codes=with_codes))
    field = next(errors, None)
    return None if field is None else f"{field.where} is {_shown(field.value)}"


def _error_in_single_item(item: Json, root: int) -> str | None:
    error = error_in_item(item)
    if error is None and root and isinstance(item, dict):
        return next(filter(None, map(error_in_item, item.values())), None)
    return error


def _describes_response(field: EnvelopeField, root: int) -> bool:
    names = [key for key in field.keys[root:-1] if isinstance(key, str)]
    return len(field.keys) <= _MAX_DEPTH + root and all(key_of(name) in _DESCRIPTIONS for name in names)


def _is_error(field: EnvelopeField, *, with_states: bool, with_codes: bool) -> bool:
    key, value = key_of(field.name), field.value
    if key in _SUCCESSES:
        return value is False or (isinstance(value, str) and value.strip().lower() in ("false", "no", "n"))
    if isinstance(value, bool):
        return value and key in _ERRORS
    if with_states and key in _STATES and isinstance(value, str) and key_of(value) in _FAILED_STATES:
        return True
    if key in _ERRORS:
        return not _is_ok(value)
    if key in _ERROR_CODES:
        return isinstance(value, str | int) and not _is_ok(value) and not _is_success_code(value)
    if key in _CODES and isinstance(value, str | int):
        number = whole_number(value)
        if number is not None and HTTPStatus.BAD_REQUEST <= number < 600:
            return True
        return with_codes and number is not None and number != 0 and not _is_success_code(value)
    return False


def _is_ok(value: Json) -> bool:
    """Return True for a value that means "no error"."""
    if isinstance(value, str):
        return not value.strip() or value.strip().lower() in _OK_VALUES
    return value is None or value == 0 or value == [] or value == {}


def _is_success_code(value: Json) -> bool:
    number = whole_number(value)
    return number is not None and (number <= 1 or HTTPStatus.OK <= number < HTTPStatus.MULTIPLE_CHOICES)


def _shown(value: Json) -> str:
    return cut(text_of(value), _MAX_SHOWN)
