"""What the responses of a job say: its id, whether it is done, and where its result is."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from configuration.response_jq import ResponseJq
from extraction.link_check import has_path_of
from rest.bodies import Json
from rest.dot_segments import occurs_in
from rest.errors import ItemsError, JqError
from rest.origin import resolved
from rest.outline import outline, type_name
from rest.response import Response

type Scalar = str | int | float | bool


async def is_true(expression: ResponseJq, response: Response, setting: str) -> bool:
    """Tell whether a condition holds: its first output is neither null nor false.

    Raises ItemsError: the expression fails, or does not hold for a body that is too large to parse.
    """
    outputs = await _outputs(expression, response, setting)
    holds = bool(outputs) and outputs[0] is not None and outputs[0] is not False
    if not holds and response.is_heavy:
        raise response.too_large_error()
    return holds


async def is_object(response: Response) -> bool:
    """Tell whether the body is a JSON object, and not a list or a file."""
    return isinstance(await asyncio.to_thread(_body, response), dict)


async def scalar(expression: ResponseJq, response: Response, setting: str) -> Scalar:
    """Return the first output. Raises ItemsError: it is not a text, a number or a boolean, or fails."""
    value = next(iter(await _outputs(expression, response, setting)), None)
    if value is None or value == "" or isinstance(value, dict | list):
        raise ItemsError(
            f"{setting} {expression} must return a text or a number, but returns {_type(value)}: "
            f"{response.excerpt!r}",
            hint="Correct the expression",
        )
    return value


async def urls(expression: ResponseJq, response: Response, setting: str) -> list[str]:
    """Return the outputs as texts. A list counts as its elements, null as no output.

    Raises ItemsError: an output is not a text, a key is missing, or the expression fails.
    """
    body = await asyncio.to_thread(_body, response)
    if expression.is_missing(body):
        raise ItemsError(
            f"{setting} {expression} does not exist in the response. The response has {outline(body)}",
            hint=f"Correct the expression, or write {expression}? if the value may be missing",
        )
    found = list(_flat(await _outputs(expression, response, setting)))
    for value in found:
        if not isinstance(value, str):
            raise ItemsError(
                f"{setting} {expression} must return URLs, but returns {_type(value)}",
                hint="Correct the expression",
            )
    return [str(value) for value in found if value]


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that an expression returns. is_built: the mapping built it, and no response has it."""

    url: str
    is_built: bool


def link_of(text: str, response: Response, request_url: str, base_url: str) -> Link:
    """Return the URL that a response or the mapping names.

    A link of the response is relative to the URL of the request (RFC 3986 §5). A path that the mapping
    builds is appended to the base URL, as a kind is.
    """
    sent: Json = {"body": _body(response), "headers": dict(response.headers)}
    if len(text) > 1 and occurs_in(text, sent):
        return Link(resolved(text, request_url), is_built=False)
    url = f"{base_url.rstrip('/')}{text}" if text.startswith("/") else resolved(text, request_url)
    return Link(url, is_built=not has_path_of(url, sent))


async def _outputs(expression: ResponseJq, response: Response, setting: str) -> list[Json]:
    # A thread waits for jq, which runs in another process.
    return await asyncio.to_thread(_evaluate, expression, response, setting)


def _evaluate(expression: ResponseJq, response: Response, setting: str) -> list[Json]:
    try:
        return expression.outputs(response.status, dict(response.headers), _body(response))
    except JqError as error:
        raise ItemsError(
            f"{setting} {expression} fails on the response: {error}. The response is {response.excerpt!r}",
            hint="Correct the expression",
        ) from error


def _body(response: Response) -> Json:
    """Return the body as JSON, as text if it is a file, and None if it is empty or too large to parse."""
    if response.is_heavy:
        return None
    try:
        return response.body
    except ItemsError:
        return response.content.decode("utf-8", "replace")


def _flat(values: list[Json]) -> Iterator[Json]:
    for value in values:
        yield from (each for each in (value if isinstance(value, list) else [value]) if each is not None)


def _type(value: Json) -> str:
    return "an empty text" if value == "" else f"a value of type {type_name(value)}"
