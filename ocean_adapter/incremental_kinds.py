"""The registration of kinds for incremental runs: only the mapping names them."""

from collections.abc import Callable, Iterable
from typing import Any

from port_ocean.core.handlers.port_app_config.models import ResourceConfig

type Listeners = dict[str | None, list[Callable[..., Any]]]


def register_incremental_kinds(listeners: Listeners, configs: Iterable[ResourceConfig]) -> None:
    """Move the listener for any kind to each kind whose selector has `incremental`.

    Ocean runs only listeners that are registered for exactly the kind. Only full resyncs read other kinds.
    """
    for_any_kind = listeners.pop(None, None)
    if not for_any_kind:
        return
    for config in configs:
        if config.selector.dict().get("incremental") is not None:
            listeners[config.kind] = list(for_any_kind)
