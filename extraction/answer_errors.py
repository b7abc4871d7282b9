"""Errors that come with a success status: in what an answer says beside its items, or in place of them."""

from collections.abc import Iterable
from http import HTTPStatus

from pagination.values import whole_number
from pagination.vocabulary import key_of
from rest.bodies import Json
from rest.envelope import EnvelopeField
from rest.origin import cut
from rest.page import Page
from rest.request import text_of

# By the letters of names, whatever their case and separators.
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
_FAILED = frozenset({"error", "err", "fail", "failed", "failure", "ko", "nok", "notok", "exception", "fault"})
_FINE_CODES = frozenset(
    {"0", "ok", "success", "successful", "succeeded", "none", "null", "00", "000", "0000"}
)
# All that an object which is nothing but an error has.
_OF_ERRORS = (
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
# By these, an object is a thing with a list in it and a state of its own: a failed build, with its jobs.
_OWN = frozenset({"id", "uuid", "guid", "sha", "name", "key", "slug"})
_RPC = "jsonrpc"
# Nearly every item has none of these names, and need not be looked at any closer.
_MARKS = frozenset(
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
# Objects in which an answer speaks of itself.
_ABOUT = frozenset(
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
_DEEPEST = 3
_MOST_FIELDS = 12
_SHOWN = 160


def error_beside_items(page: Page) -> str | None:
    """What the envelope says of a failure, as `path is value`; None: nothing."""
    if page.is_item:
        return error_in_item(page.response.body)
    places = [place for place in page.envelope if _is_about(place)]
    top = {key_of(place.name) for place in places if len(place.keys) == 1}
    if top & _OWN and _RPC not in top:
        return None
    has_message = any(key_of(place.name) in _MESSAGES and place.value for place in places)
    is_sure = not page.count or has_message
    return _first(places, with_states=is_sure, with_codes=has_message and not page.count)


def error_in_item(item: Json) -> str | None:
    """What an item says that is none: an object with the unmistakable shape of an error."""
    if not isinstance(item, dict) or not item:
        return None
    keys = {key_of(name) for name in item}
    if not keys <= _OF_ERRORS or not keys & (_ERRORS | _MESSAGES):
        return None
    return _first(
        [EnvelopeField((name,), value) for name, value in item.items()], with_states=False, with_codes=False
    )


def errors_among(items: Iterable[Json]) -> Iterable[tuple[int, str]]:
    """The place of each item that is an error, and what it says."""
    for number, item in enumerate(items):
        if not isinstance(item, dict) or len(item) > _MOST_FIELDS or item.keys().isdisjoint(_MARKS):
            continue
        if words := error_in_item(item):
            yield number, words


def _first(places: Iterable[EnvelopeField], *, with_states: bool, with_codes: bool) -> str | None:
    """The first place that tells of an error.

    with_states, with_codes: words like `status: failed`, and numbers that are no HTTP status, count too.
    """
    found = (place for place in places if _says_error(place, with_states=with_states, with_codes=with_codes))
    place = next(found, None)
    return None if place is None else f"{place.where} is {_shown(place.value)}"


def _is_about(place: EnvelopeField) -> bool:
    names = [key for key in place.keys[:-1] if isinstance(key, str)]
    return len(place.keys) <= _DEEPEST and all(key_of(name) in _ABOUT for name in names)


def _says_error(place: EnvelopeField, *, with_states: bool, with_codes: bool) -> bool:
    key, value = key_of(place.name), place.value
    if key in _SUCCESSES:
        return value is False or (isinstance(value, str) and value.strip().lower() in ("false", "no", "n"))
    if isinstance(value, bool):
        return value and key in _ERRORS
    if with_states and key in _STATES and isinstance(value, str) and key_of(value) in _FAILED:
        return True
    if key in _ERRORS:
        return not _is_fine(value)
    if key in _ERROR_CODES:
        return isinstance(value, str | int) and not _is_fine(value) and not _is_success(value)
    if key in _CODES and isinstance(value, str | int):
        number = whole_number(value)
        if number is not None and HTTPStatus.BAD_REQUEST <= number < 600:
            return True
        return with_codes and number is not None and number != 0 and not _is_success(value)
    return False


def _is_fine(value: Json) -> bool:
    """True for what stands where there is no error."""
    if isinstance(value, str):
        return not value.strip() or value.strip().lower() in _FINE_CODES
    return value is None or value == 0 or value == [] or value == {}


def _is_success(value: Json) -> bool:
    number = whole_number(value)
    return number is not None and (number <= 1 or HTTPStatus.OK <= number < HTTPStatus.MULTIPLE_CHOICES)


def _shown(value: Json) -> str:
    return cut(text_of(value), _SHOWN)
