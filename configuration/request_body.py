"""How a body is sent, and whether it suits that."""

from configuration.computed import Computed
from configuration.mapping_models import EndpointInput
from configuration.pagination import PaginationSettings
from rest.bodies import Json
from rest.errors import Mistake, ResourceError
from rest.outline import type_name
from rest.request_bodies import BodyType, body_type_for, form_fields
from rest.texts import Pairs


def body_type_of(
    read: EndpointInput, pagination: PaginationSettings, where: str, computed: tuple[Computed, ...]
) -> BodyType:
    """Return how the body is sent. Raises ResourceError: it cannot be sent so, or there is none."""
    body_type = checked_body_type(read.body, read.body_type, read.headers, where)
    is_paged = pagination.param_location == "body"
    has_body = read.body is not None or any(value.keys == ("body",) for value in computed)
    if read.body_type and not has_body and not is_paged:
        raise ResourceError.of(
            Mistake(f"{where}.body_type", "has no effect without a body"),
            hint=f"Set {where}.body, or remove it",
        )
    if body_type == "text" and pagination.type == "cursor" and is_paged:
        raise ResourceError.of(
            Mistake(f"{where}.pagination.param_location", "a cursor has no place in a body of type text"),
            hint="Set it to query or header",
        )
    return body_type


def checked_body_type(body: Json, body_type: BodyType | None, headers: Pairs, where: str) -> BodyType:
    """Return how a body is sent: as body_type or the header Content-Type says, else as JSON.

    where: the key around the body for messages, like `selector`. Raises ResourceError: the body is of another
    type.
    """
    content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    resolved = body_type or body_type_for(content_type, body)
    if body is None:
        return resolved
    if resolved == "text" and not isinstance(body, str):
        raise _mismatch(body, where, "text")
    if resolved == "multipart" and not isinstance(body, dict):
        raise _mismatch(body, where, "an object of fields")
    if resolved in ("form", "multipart"):
        _check_form(body, f"{where}.body")
    return resolved


def _mismatch(body: Json, where: str, accepted: str) -> ResourceError:
    return ResourceError.of(
        Mistake(f"{where}.body", f"got a value of type {type_name(body)}, accepts {accepted}"),
        hint=f"Change the body, or {where}.body_type or the header Content-Type",
    )


def _check_form(body: Json, name: str) -> None:
    try:
        form_fields(body)
    except ResourceError as error:
        raise ResourceError.of(Mistake(name, error.what), hint=error.hint) from error
