"""Reading one endpoint for an event: its values are texts of strangers, and its items fit in memory."""

from collections.abc import Mapping
from contextlib import aclosing

from configuration.endpoint import Endpoint
from configuration.headers import invalid_headers
from configuration.parameter_values import Bound
from extraction.bound_paths import is_absolute
from extraction.endpoint_reader import EndpointReader
from extraction.endpoints import bind
from extraction.item_chunks import chunks_of
from extraction.items import as_items
from extraction.link_check import is_below
from extraction.verdict import Verdict
from rest.errors import ItemsError, ResourceError
from rest.page import Item
from rest.weight import MOST_WEIGHT

_MOST_ITEMS = 10_000
_HINT = "If such events are not for this kind, exclude them with selector.webhook.when"


async def read_once(
    endpoints: EndpointReader, endpoint: Endpoint, values: Mapping[str, Bound], verdict: Verdict
) -> list[Item]:
    """Return the items of an endpoint that is bound to values.

    Raises as `Extractor.read_endpoint` does.
    """
    _check_values(endpoint, values, endpoints.base_url)
    items: list[Item] = []
    weight = 0
    async with aclosing(endpoints.pages(endpoint, values, verdict)) as pages:
        async for page in pages:
            async for chunk, bytes_of_chunk in chunks_of(page):
                items += as_items(chunk)
                weight += bytes_of_chunk
                if len(items) > _MOST_ITEMS or weight > MOST_WEIGHT:
                    raise ItemsError(
                        f"the response has more items than an event may bring: more than {_MOST_ITEMS}, or "
                        f"more than {MOST_WEIGHT // 2**20} MiB in memory",
                        hint="Set selector.webhook.fetch to the path that returns one item",
                    )
    if verdict.errors:
        raise verdict.errors[0]
    return items


def _check_values(endpoint: Endpoint, values: Mapping[str, Bound], base_url: str) -> None:
    """Raises ResourceError: a value changes the path around its placeholder, or leads to another URL."""
    try:
        bound = bind(endpoint, values, base_url)
    except ResourceError as error:
        error.hint = _HINT
        raise
    for name in endpoint.url_names() & values.keys():
        value = values[name]
        if isinstance(value, str) and is_absolute(value) and not is_below(bound.url, base_url):
            raise ResourceError(f"{name} is {value!r:.200}, which is not below baseUrl", hint=_HINT)
    if invalid := invalid_headers(bound.headers):
        raise ResourceError(
            f"the header {invalid[0]} would have line breaks, or characters that are not ASCII", hint=_HINT
        )
