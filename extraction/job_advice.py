"""Advice about a single object that may be the state of a job."""

from http import HTTPStatus

from rest.bodies import Json
from rest.page import Page

_STATES = frozenset(
    {"accepted", "created", "enqueued", "in_progress", "inprogress", "new", "pending", "preparing"}
    | {"processing", "queued", "requested", "running", "scheduled", "started", "submitted", "waiting"}
)
_NAMES = ("status", "state", "jobstatus", "job_status")


def job_advice(page: Page) -> str:
    """Return advice if the only item of a page looks like a job that has just been started; otherwise ""."""
    is_creation = page.request.method != "GET" or page.response.status != HTTPStatus.OK
    if not is_creation or not page.is_item or len(page.items) != 1:
        return ""
    state = _state_of(page.items[0])
    if not state:
        return ""
    return f"; the item may be a job ({state}). If the API prepares an export, read it with selector.job"


def _state_of(item: Json) -> str:
    fields = item if isinstance(item, dict) else {}
    for name, value in fields.items():
        if name.lower() in _NAMES and isinstance(value, str):
            word = value.strip().lower().replace(" ", "_").replace("-", "_")
            if word in _STATES:
                return f"{name} is {value}"
    return ""
