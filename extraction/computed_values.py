"""The computed values of endpoints. Each is evaluated once a resync and put into the requests."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from configuration.computed import Computed, ComputedInput, with_values
from configuration.headers import is_header_text
from configuration.incremental import Changes
from configuration.request_body import checked_body_type
from configuration.resource import Endpoint, Resource
from rest.bodies import Json
from rest.errors import Mistake, ResourceError
from rest.outline import type_name
from rest.request import Pairs, text_of


@dataclass(frozen=True, slots=True)
class ComputedValues:
    """Evaluates the computed values of one resync.

    now: the start of the resync, in seconds since 1970. settings: those that are not secret.
    """

    now: int
    settings: Mapping[str, Json] = field(default_factory=dict)
    _values: dict[tuple[str, int | None], Json] = field(default_factory=dict)

    async def evaluate(self, resource: Resource) -> None:
        """Evaluate all values of a resource.

        Raises ResourceError: an expression fails, or its value does not fit.
        """
        parents = (parent for parameter in resource.parameters for parent in parameter.parents)
        for endpoint in (resource.endpoint, *parents):
            await self.filled(endpoint, resource.changes)

    async def filled(self, endpoint: Endpoint, changes: Changes | None = None) -> Endpoint:
        """Return the endpoint with its computed values. changes: those of an incremental run.

        Raises ResourceError: an expression fails, or its value does not fit.
        """
        if endpoint.then or endpoint.job:
            endpoint = await self._with_other_requests(endpoint, changes)
        if not endpoint.computed:
            return endpoint
        since = int(changes.cut.timestamp()) if changes else None
        values = [(computed, await self._value(computed, since)) for computed in endpoint.computed]
        headers = (*endpoint.headers, *_headers(values))
        body = with_values(endpoint.body, _of(values, "body"))
        checked_body_type(body, endpoint.body_type, headers, "selector")
        return replace(
            endpoint,
            query_params=(*endpoint.query_params, *_params(values)),
            headers=headers,
            body=body,
        )

    async def _with_other_requests(self, endpoint: Endpoint, changes: Changes | None) -> Endpoint:
        """Return the endpoint with computed values in the request for later pages and in those of its job."""
        then = endpoint.then and await self.filled(endpoint.then, changes)
        job = endpoint.job
        if job:
            poll = await self.filled(job.poll, changes) if isinstance(job.poll, Endpoint) else job.poll
            job = replace(job, request=await self.filled(job.request, changes), poll=poll)
        return replace(endpoint, then=then, job=job)

    async def _value(self, computed: Computed, since: int | None) -> Json:
        key = (str(computed.expression), since)
        if key not in self._values:
            given = ComputedInput(self.now, since, self.settings)
            # A thread waits for jq, which runs in another process.
            self._values[key] = await asyncio.to_thread(computed.value, given)
        return self._values[key]


type _Evaluated = Iterable[tuple[Computed, Json]]


def _of(values: _Evaluated, part: str) -> list[tuple[tuple[str | int, ...], Json]]:
    return [(computed.keys[1:], value) for computed, value in values if computed.keys[0] == part]


def _params(values: _Evaluated) -> Iterator[tuple[str, str]]:
    """Yield the parameters. As in the mapping, a list repeats the parameter, and null leaves it out."""
    for computed, value in values:
        if computed.keys[0] != "query_params":
            continue
        for element in value if isinstance(value, list) else [value]:
            if isinstance(element, dict | list):
                mistake = Mistake(
                    computed.name,
                    f"the expression returns a value of type {type_name(element)}, which is no parameter",
                )
                raise ResourceError.of(mistake, hint=computed.hint)
            if element is not None:
                yield str(computed.keys[1]), text_of(element)


def _headers(values: _Evaluated) -> Pairs:
    pairs: list[tuple[str, str]] = []
    for computed, value in values:
        if computed.keys[0] != "headers" or value is None:
            continue
        if isinstance(value, dict | list) or not is_header_text(text_of(value)):
            mistake = Mistake(
                computed.name, "the expression does not return a text in ASCII without line breaks"
            )
            raise ResourceError.of(mistake, hint=computed.hint)
        pairs.append((str(computed.keys[1]), text_of(value)))
    return tuple(pairs)
