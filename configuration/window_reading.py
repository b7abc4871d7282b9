"""Read the key windows of a selector, and check that the requests use the bounds of each window."""

from collections.abc import Collection

from configuration.incremental import Incremental
from configuration.resource import Endpoint, PathParameter
from configuration.validation import validated
from configuration.windows import END, START, Windows, WindowsInput
from rest.errors import Mistake, ResourceError

BOUNDS = frozenset({START, END})
_WHERE = "selector.windows"


def read_windows(
    value: object, endpoint: Endpoint, parameters: Collection[PathParameter], incremental: Incremental | None
) -> Windows:
    """Return the windows in which an endpoint is read.

    Raises ResourceError: a key is unknown or has a wrong value, or the requests do not use both bounds.
    """
    windows = Windows.of(validated(WindowsInput, value, _WHERE))
    if taken := sorted(BOUNDS & {parameter.name for parameter in parameters}):
        raise ResourceError.of(
            Mistake(f"selector.path_parameters.{taken[0]}", "is the name of a placeholder of windows"),
            hint="Use another name",
        )
    placeholders = endpoint.placeholders()
    for bound, param in ((START, windows.start_param), (END, windows.end_param)):
        if param is None and bound not in placeholders:
            raise ResourceError.of(
                Mistake(f"{_WHERE}.{bound}_param", f"is missing: no request has the {bound} of its window"),
                hint=f"Set it, or use {{{bound}}} in the kind, query_params, headers or body",
            )
        if incremental and param is not None and param == incremental.param:
            raise ResourceError.of(
                Mistake("selector.incremental.param", f"is also selector.windows.{bound}_param"),
                hint="Remove incremental or windows, or put them into two entries",
            )
    return windows
