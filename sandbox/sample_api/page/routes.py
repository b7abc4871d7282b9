"""The control page: the webhook, changes to items, storms, and the latest deliveries."""

from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import blake2s
from pathlib import Path

from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from sandbox.sample_api.company import COLLECTIONS
from sandbox.sample_api.page.forms import ACTIONS, Action, MistakeError, place_of
from sandbox.sample_api.page.views import PATH, Place, item_page, text_of
from sandbox.sample_api.sample import Sample, sample_of
from sandbox.webhooks.signing import SCHEMES

_FOLDER = Path(__file__).parent
_SHARED_STATIC = Path(__file__).parents[2] / "web" / "static"
_SHOWN_DELIVERIES = 30
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@cache
def _templates() -> Environment:
    """Return the templates. They are compiled once per process."""
    return Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def add_page(app: FastAPI) -> None:
    """Mount the page at /_control/."""
    app.add_route(PATH.rstrip("/"), _redirect)
    app.add_route(PATH, _show)
    app.add_route(f"{PATH}live", _show_changes)
    for name, action in ACTIONS.items():
        app.add_route(f"{PATH}page/{name}", _form_endpoint(action), methods=["POST"])
    app.mount(f"{PATH}static", StaticFiles(directory=_SHARED_STATIC))


async def _redirect(_request: Request) -> Response:
    return RedirectResponse(PATH, 307)


async def _show(request: Request) -> Response:
    return _page(sample_of(request), place_of(request.query_params))


async def _show_changes(request: Request) -> Response:
    """Return the live part of the page, or 204 if it has not changed since `seen`."""
    values = _live_values(sample_of(request))
    if values["seen"] == request.query_params.get("seen"):
        return Response(status_code=204, headers=_HEADERS)
    return HTMLResponse(_templates().get_template("live.html").render(values), headers=_HEADERS)


def _form_endpoint(action: Action) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of a form. It redirects to the page, or shows the mistake there."""

    async def submit(request: Request) -> Response:
        form = await request.form()
        place = place_of(form)
        try:
            action(sample_of(request), form)
        except MistakeError as error:
            return _page(sample_of(request), place, str(error))
        return RedirectResponse(place.link(), 303, headers=_HEADERS)

    return submit


def _page(sample: Sample, place: Place, mistake: str = "") -> Response:
    values = {
        "place": place,
        "mistake": mistake,
        "collections": COLLECTIONS,
        "counts": sample.company.counts(),
        "items": item_page(sample.company, place),
        "text": text_of(sample.company, place),
        "webhook": sample.events.outbox.webhook,
        "schemes": {name: scheme.label for name, scheme in SCHEMES.items()},
        **_live_values(sample),
    }
    text = _templates().get_template("control.html").render(values)
    return HTMLResponse(text.encode(errors="replace"), 422 if mistake else 200, headers=_HEADERS)


def _live_values(sample: Sample) -> dict[str, object]:
    outbox = sample.events.outbox
    latest = [*outbox.latest][: -_SHOWN_DELIVERIES - 1 : -1]
    values: dict[str, object] = {
        "storm": sample.storm,
        "waiting": outbox.waiting,
        "totals": dict(outbox.counts),
        "deliveries": latest,
    }
    state = (sample.storm and sample.storm.sent, outbox.waiting, outbox.counts, latest)
    return values | {"seen": blake2s(repr(state).encode(), digest_size=8).hexdigest()}
