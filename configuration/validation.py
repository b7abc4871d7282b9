"""Validate the objects of a mapping entry against their models."""

from collections.abc import Mapping

from pydantic import BaseModel, ValidationError

from configuration.accepted import mistakes_in
from rest.errors import Mistake, ResourceError


def validated[Model: BaseModel](model: type[Model], value: object, where: str) -> Model:
    """Return a validated object. Keys with null count as missing.

    where: its path in the entry. Raises ResourceError: it is no object, or a key or value is not accepted.
    """
    if not isinstance(value, Mapping):
        raise ResourceError.of(Mistake(where, f"got {value!r}, accepts an object"))
    try:
        return model.model_validate({name: member for name, member in value.items() if member is not None})
    except ValidationError as error:
        raise ResourceError.of(*mistakes_in(error, model, lambda name: f"{where}.{name}")) from error
