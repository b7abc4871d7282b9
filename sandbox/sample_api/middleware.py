"""Steps before every endpoint: request log, rate limit, latency, faults and authentication."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.loopback import ForeignRequestError, check_own_request
from sandbox.sample_api.faults import FAULTS, Connection
from sandbox.sample_api.logins import LOGIN_PATHS
from sandbox.sample_api.sample import Sample
from sandbox.sample_api.styles import Style, UnknownStyleError, style_of
from sandbox.sample_api.traffic import Entry, query_of


class SampleMiddleware:
    """ASGI middleware. The guide (`/`) and `/_control` have none of the steps.

    `/_control` rejects requests that pages of other sites may have sent.
    """

    def __init__(self, app: ASGIApp, sample: Sample) -> None:
        self._app = app
        self._sample = sample

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/":
            await self._app(scope, receive, send)
            return
        if scope["path"].startswith("/_control"):
            await self._control(scope, receive, send)
            return
        try:
            style = style_of(scope["path"])
        except UnknownStyleError as error:
            await JSONResponse({"error": str(error)}, status_code=404)(scope, receive, send)
            return
        scope = {**scope, "root_path": style.prefix, "state": {**scope.get("state", {}), "style": style}}
        await self._admit(scope, receive, send, style)

    async def _control(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            check_own_request(scope["method"], dict(scope["headers"]))
        except ForeignRequestError as error:
            await JSONResponse({"error": str(error)}, status_code=403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send, style: Style) -> None:
        request = Request(scope)
        path = scope["path"].removeprefix(style.prefix)
        entry = Entry(request.method, path, style.name, query_of(request), sorted(request.headers.keys()))

        async def send_and_record_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
            await send(message)

        with self._sample.traffic.record(entry):
            await self._answer(
                Connection(scope, receive, send_and_record_status, self._sample.traffic), entry
            )

    async def _answer(self, connection: Connection, entry: Entry) -> None:
        wait_s = self._sample.retry_after_s()
        if wait_s is not None:
            headers = {"Retry-After": str(wait_s)}
            await connection.respond(
                JSONResponse({"error": "Too many requests"}, status_code=429, headers=headers)
            )
            return
        if self._sample.traffic.latency_s:
            await self._sample.traffic.sleep(self._sample.traffic.latency_s)
        rule = self._sample.rule_for(entry.path, entry.query)
        if rule is None:
            await self._authenticate(connection.scope, connection.receive, connection.send)
        else:
            await FAULTS[rule.fault].play(rule, connection, self._authenticate)

    async def _authenticate(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Authenticate the request, then call the endpoint."""
        style: Style = scope["state"]["style"]
        request = Request(scope)
        refusal = None
        if scope["path"].removeprefix(style.prefix) not in LOGIN_PATHS:
            refusal = style.auth.refusal(request, self._sample.sessions)
        if refusal is None:
            await self._app(scope, receive, send)
            return
        headers = {"WWW-Authenticate": style.auth.challenge}
        response = JSONResponse({"error": refusal}, status_code=401, headers=headers)
        await response(scope, receive, send)
