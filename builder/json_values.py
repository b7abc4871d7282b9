"""Access to JSON values of unknown shape."""

from rest.bodies import Json


def as_object(value: Json) -> dict[str, Json]:
    """Return the value if it is an object, otherwise an empty object."""
    return value if isinstance(value, dict) else {}
