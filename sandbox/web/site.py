"""The state that all pages share: the sandbox, the templates, the API and the form token."""

import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import cast

import httpx
from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp

from sandbox.port_api.access_tokens import CLIENT_ID, CLIENT_SECRET
from sandbox.port_api.errors import PortError
from sandbox.port_api.json_codec import Json
from sandbox.port_api.port import Port
from sandbox.web.formatting import duration, number, plural
from sandbox.web.icons import icon_for
from sandbox.web.queries import Queries
from sandbox.web.senders import Senders
from sandbox.web.urls import (
    ROOT,
    blueprint_path,
    entity_path,
    event_path,
    history_path,
    mapping_path,
    raw_path,
    resync_path,
)

FOLDER = Path(__file__).parent


@cache
def _environment() -> Environment:
    """Return the templates. They are compiled once per process."""
    pages = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {"number": number, "duration": duration, "plural": plural, "icon": icon_for}
    pages.globals |= {
        "root": ROOT,
        "blueprint_path": blueprint_path,
        "entity_path": entity_path,
        "event_path": event_path,
        "mapping_path": mapping_path,
        "history_path": history_path,
        "raw_path": raw_path,
        "resync_path": resync_path,
    }
    return pages


@dataclass(frozen=True, slots=True)
class Site:
    """The site of one application. api: the sandbox's ASGI app, which the pages call as clients."""

    port: Port
    api: ASGIApp
    queries: Queries
    senders: Senders
    form_token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    pages: Environment = field(default_factory=_environment)

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """Render a template. All values are escaped."""
        text = self.pages.get_template(template).render(form_token=self.form_token, **values)
        return HTMLResponse(text.encode(errors="replace"), status)

    async def call(self, method: str, path: str, body: Json, **headers: str) -> None:
        """Call Port's API in-process. Raises PortError: the API returned an error."""
        token, _ = self.port.access_tokens.issue(CLIENT_ID, CLIENT_SECRET)
        transport = httpx.ASGITransport(app=self.api)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", trust_env=False
        ) as client:
            response = await client.request(
                method, path, json=body, headers={"Authorization": f"Bearer {token}", **headers}
            )
        if response.is_error:
            error = response.json()
            raise PortError(response.status_code, error["error"], error["message"])


def site_of(request: Request) -> Site:
    """Return the site that serves this request."""
    return cast("Site", request.app.state.site)


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form. Raises PortError (403): its token is wrong, so another page sent it."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    if not secrets.compare_digest(form.get("token", "").encode(), site_of(request).form_token.encode()):
        raise PortError(
            403,
            "stale_form",
            "this form is from another page or from before the last restart. Reload the page",
        )
    return form
