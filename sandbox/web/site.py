"""What all pages share: the sandbox they show, the templates, the API they call, the token of their forms."""

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

from sandbox.port_api.errors import PortError
from sandbox.port_api.jsontext import Json
from sandbox.port_api.port import Port
from sandbox.port_api.tokens import CLIENT_ID, CLIENT_SECRET
from sandbox.web.addresses import ROOT, blueprint_path, entity_path, mapping_path, raw_path, resync_path
from sandbox.web.icons import icon_for
from sandbox.web.queries import Queries
from sandbox.web.wording import duration, number, plural

FOLDER = Path(__file__).parent


@cache
def _environment() -> Environment:
    """The templates, compiled once for all apps of a process."""
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
        "mapping_path": mapping_path,
        "raw_path": raw_path,
        "resync_path": resync_path,
    }
    return pages


@dataclass(frozen=True, slots=True)
class Site:
    """One for each app. api: the whole sandbox, for the calls that Port's own page would make."""

    port: Port
    api: ASGIApp
    queries: Queries
    form_token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    pages: Environment = field(default_factory=_environment)

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """A template with its values, all of them escaped."""
        text = self.pages.get_template(template).render(form_token=self.form_token, **values)
        return HTMLResponse(text.encode(errors="replace"), status)

    async def call(self, method: str, path: str, body: Json, **headers: str) -> None:
        """A call of Port's API, over HTTP but for the wire. Raises PortError: it was refused."""
        token, _ = self.port.tokens.issue(CLIENT_ID, CLIENT_SECRET)
        transport = httpx.ASGITransport(app=self.api)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", trust_env=False
        ) as client:
            answer = await client.request(
                method, path, json=body, headers={"Authorization": f"Bearer {token}", **headers}
            )
        if answer.is_error:
            refused = answer.json()
            raise PortError(answer.status_code, refused["error"], refused["message"])


def site_of(request: Request) -> Site:
    """The site that serves this request."""
    return cast("Site", request.app.state.site)


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form of ours. Raises PortError (403): another page sent it."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    if not secrets.compare_digest(form.get("token", "").encode(), site_of(request).form_token.encode()):
        raise PortError(
            403, "stale_form", "this form is not from this page, or from before the sandbox was started anew"
        )
    return form
