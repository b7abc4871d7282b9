"""Ocean's incremental runs, for kinds that it cannot know beforehand."""

from collections.abc import Callable, Iterable
from typing import Any

from port_ocean.core.handlers.port_app_config.models import ResourceConfig

type Listeners = dict[str | None, list[Callable[..., Any]]]


def register_kinds(listeners: Listeners, configs: Iterable[ResourceConfig]) -> None:
    """Moves the listener for any kind to each kind that says how to ask it for changes.

    Ocean looks for a listener of exactly the kind; others are left to the full resync.
    """
    for_any = listeners.pop(None, None)
    if not for_any:
        return
    for config in configs:
        if config.selector.dict().get("incremental") is not None:
            listeners[config.kind] = list(for_any)
