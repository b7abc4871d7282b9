"""Read the key webhook of a selector."""

import re
from collections.abc import Collection
from dataclasses import replace

from configuration.computed import without_computed
from configuration.endpoint import Endpoint
from configuration.endpoint_path import check_path
from configuration.pagination import PaginationSettings
from configuration.permissions import Permissions
from configuration.placeholders import PLACEHOLDER
from configuration.request_body import checked_body_type
from configuration.resource import Resource
from configuration.unbound_placeholders import similar_name, unbound_placeholders
from configuration.validation import validated
from configuration.webhook import Webhook
from configuration.webhook_input import FetchInput, WebhookInput
from expressions.paths import Path, jq_path
from rest.errors import JqError, Mistake, ResourceError
from rest.texts import Pairs

_WHERE = "selector.webhook"
_FETCH = f"{_WHERE}.fetch"
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
# Statuses that say that the item does not exist.
GONE = frozenset({404, 410})


def read_webhook(value: object, resource: Resource, permissions: Permissions) -> Webhook:
    """Return the webhook of a resource.

    Raises ResourceError: a key is unknown or has a wrong value, a placeholder has no value, or the events are
    not signed and would be trusted.
    """
    read = validated(WebhookInput, value, _WHERE)
    values = tuple((name, _value_expression(name, jq)) for name, jq in read.values.items())
    fetch = None if read.fetch is None else _fetch(read.fetch, read.data_path, resource, permissions)
    if fetch is None and read.data_path is not None:
        raise ResourceError.of(
            Mistake(f"{_WHERE}.data_path", "has no effect without fetch"),
            hint="Set fetch, or select the items of the event with items",
        )
    webhook = Webhook(
        read.when or "",
        read.items or "",
        values,
        fetch,
        read.delete or "",
        _needed(read.values, fetch, resource),
    )
    if fetch:
        _check_placeholders(fetch, read.values)
    _check_values_of_items(resource, read.values)
    _check_values_of_partition(resource, read.values)
    if permissions.unsigned_events:
        _check_unsigned(webhook, resource)
    return webhook


def _fetch(keys: object, data_path: Path | None, resource: Resource, permissions: Permissions) -> Endpoint:
    """Return the request for the present state. With the path of the kind, it is the request of the kind."""
    plain, computed = without_computed(keys, _FETCH)
    read = validated(FetchInput, plain, _FETCH)
    check_path(read.path, f"{_FETCH}.path")
    kind = resource.endpoint
    is_own = read.path.lstrip("/") == kind.path.lstrip("/")
    if is_own:
        _check_own_path(resource)
    base = kind if is_own else _single(kind, read.path)
    replaced = {each.keys[0] for each in computed} | {name for name in ("body",) if read.body is not None}
    replaced |= {"query_params"} if read.query_params is not None else set()
    headers = _merged(base.headers, read.headers)
    body = base.body if read.body is None else read.body
    endpoint = replace(
        base,
        method=read.method or base.method,
        query_params=base.query_params if read.query_params is None else read.query_params,
        headers=headers,
        body=body,
        body_type=checked_body_type(
            body, read.body_type or (base.body_type if is_own else None), headers, _FETCH
        ),
        data_path=data_path or base.data_path,
        format=read.format or base.format,
        computed=(*(each for each in base.computed if each.keys[0] not in replaced), *computed),
        on_status={code: action for code, action in base.on_status.items() if code not in GONE},
    )
    permissions.check_method(endpoint.method, _FETCH)
    return endpoint


def _needed(values: Collection[str], fetch: Endpoint | None, resource: Resource) -> frozenset[str]:
    """Return the values that a request needs. Without one, all but fields of parents, which can be null."""
    if fetch:
        return frozenset(fetch.placeholders() & set(values))
    parameters = {parameter.name for parameter in resource.parameters}
    return frozenset(values) - (resource.value_names - parameters)


def _single(kind: Endpoint, path: str) -> Endpoint:
    """Return the request for one item. It reads one page, with the rules and the headers of the kind."""
    return replace(
        kind,
        path=path,
        pagination=PaginationSettings(),
        method="GET",
        query_params=(),
        body=None,
        data_path=None,
        computed=tuple(each for each in kind.computed if each.keys[0] == "headers"),
        then=None,
        job=None,
    )


def _check_own_path(resource: Resource) -> None:
    key = "job" if resource.endpoint.job else "windows" if resource.windows else ""
    if key:
        raise ResourceError.of(
            Mistake(_FETCH, f"is the path of the kind, which is read with {key}"),
            hint="Set it to the path that returns one item",
        )


def _merged(inherited: Pairs, own: Pairs) -> Pairs:
    names = {name.lower() for name, _ in own}
    return (*(pair for pair in inherited if pair[0].lower() not in names), *own)


def _value_expression(name: str, expression: object) -> str:
    """Return the expression of a value. Raises ResourceError: it is not valid jq, or its name is wrong."""
    where = f"{_WHERE}.values.{name}"
    if not _NAME.fullmatch(name):
        raise ResourceError.of(Mistake(where, "the name of a value can only have letters, digits and _"))
    reason = ""
    if isinstance(expression, str) and expression:
        try:
            jq_path(f"null as $event | {expression}")
        except JqError as error:
            reason = f" ({error.what})"
        else:
            return expression
    raise ResourceError.of(Mistake(where, f"got {expression!r:.80}, accepts a jq expression{reason}"))


def _check_placeholders(fetch: Endpoint, values: Collection[str]) -> None:
    for place, name in unbound_placeholders(fetch, values):
        near = similar_name(name, values)
        where = f"{_FETCH}.{place}" if place else _FETCH
        raise ResourceError.of(
            Mistake(where, f"{{{name}}} has no value"),
            hint=f"Use {{{near}}}, or add {name} to {_WHERE}.values"
            if near
            else f"Add it to {_WHERE}.values",
        )


def _check_values_of_items(resource: Resource, values: Collection[str]) -> None:
    """Raises ResourceError: the items of an event would lack values that the items of a resync have."""
    if missing := sorted(resource.value_names - set(values)):
        names = ", ".join(missing)
        raise ResourceError.of(
            Mistake(f"{_WHERE}.values", f"lacks {names}, which the items have from path_parameters"),
            hint=f"Add {names}, with jq that finds the value in the event",
        )


def _check_values_of_partition(resource: Resource, values: Collection[str]) -> None:
    """Raises ResourceError: it is unknown which installation an event is for."""
    names = resource.partition.names if resource.partition else frozenset()
    if missing := sorted(names - set(values)):
        raise ResourceError.of(
            Mistake(f"{_WHERE}.values", f"lacks {', '.join(missing)}, which partition needs"),
            hint=f"Add {', '.join(missing)}, with jq that finds the value in the event",
        )


def _check_unsigned(webhook: Webhook, resource: Resource) -> None:
    """Raises ResourceError: something in an event that anyone can send would become part of an entity."""
    fetch = webhook.fetch
    sign = "Or let the sender sign its events, and set webhookSecret and webhookVerify"
    if fetch is None:
        raise ResourceError.of(
            Mistake(
                _FETCH, "is missing. With webhookVerify: hint, events are not signed, so anyone can send one"
            ),
            hint=f"Set it to the path that returns the item. {sign}",
        )
    first = PLACEHOLDER.match(fetch.path)
    if first and first["raw"]:
        raise ResourceError.of(
            Mistake(_FETCH, f"begins with {first[0]}, so an event that is not signed would choose the URL"),
            hint=f"Write the beginning of the path. {sign}",
        )
    if unproven := sorted(resource.value_names - fetch.placeholders()):
        names = ", ".join(unproven)
        raise ResourceError.of(
            Mistake(
                f"{_WHERE}.values.{unproven[0]}",
                f"would put {names} of an event that is not signed into entities",
            ),
            hint=f"Use {names} in fetch, so that the API confirms it. {sign}",
        )
