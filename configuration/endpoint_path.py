"""Check the paths of endpoints."""

from configuration.resource import PLACEHOLDER
from rest.dot_segments import has_dot_segments, without_query
from rest.errors import ResourceError


def check_path(path: str, where: str) -> None:
    """Raise ResourceError if a path has dot segments, or braces that are not placeholders."""
    if has_dot_segments(without_query(PLACEHOLDER.sub("_", path))):
        raise ResourceError(
            f"{where} {path!r} has dot segments, which lead to another path",
            hint="Write the actual path, relative to baseUrl",
        )
    if set(PLACEHOLDER.sub("", path)) & set("{}"):
        raise ResourceError(
            f"{where} {path} has braces that are not a placeholder",
            hint="A placeholder is {name} or {+name}, with letters, digits and _",
        )
