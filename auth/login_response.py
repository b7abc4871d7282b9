"""Read the response to a login."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx

from auth.login import Login, LoginAnswer, LoginScheme
from auth.login_body import login_body
from rest.bodies import Json
from rest.errors import AuthError
from rest.moments import moment_of
from rest.origin import Redactor
from rest.refusal_message import described
from rest.response import Response


async def login_from(scheme: LoginScheme, answer: httpx.Response, redact: Redactor) -> Login:
    """Return what a response gives.

    Raises AuthError: it is a refusal, or has no credentials.
    Raises ItemsError: it has no credentials, and its body is not JSON.
    """
    headers = {name.lower(): value for name, value in answer.headers.items()}
    response = Response(answer.status_code, headers, await answer.aread(), redact)
    cookies = cookies_of(answer)
    refusal = AuthError(described(response, f"status {response.status}"))
    # A login by a web form answers with a cookie and a redirect to the next page.
    if not answer.is_success and not (answer.has_redirect_location and cookies):
        raise refusal
    body, unreadable = login_body(response)
    read = LoginAnswer(headers, cookies, body, _time(headers))
    try:
        # In a thread, because it waits for the process that runs jq.
        return await asyncio.to_thread(scheme.login, read)
    except AuthError as error:
        if not answer.is_success or _reports_error(body):
            raise refusal from error
        raise unreadable or error from None


def cookies_of(answer: httpx.Response) -> dict[str, str]:
    """Return the cookies by name. Of several with one name, the last one counts."""
    return {cookie.name: cookie.value or "" for cookie in answer.cookies.jar}


def _reports_error(body: Json) -> bool:
    """Return True for {"error": "invalid_grant"}, which some APIs send with a success status."""
    return isinstance(body, dict) and bool(body.get("error"))


def _time(headers: Mapping[str, str]) -> datetime:
    """Return the time of a response. Expiry dates are by the clock of the server."""
    moment = moment_of(headers.get("date"))
    return moment.start if moment else datetime.now(UTC)
