"""URL paths of the pages. Identifiers may contain slashes, so they are fully encoded."""

from urllib.parse import quote

ROOT = "/catalog"


def blueprint_path(blueprint: str) -> str:
    """Return the path of the table of a blueprint's entities."""
    return f"{ROOT}/blueprints/{quote(blueprint, safe='')}"


def entity_path(blueprint: str, entity: str) -> str:
    """Return the path of an entity's page."""
    return f"{blueprint_path(blueprint)}/entities/{quote(entity, safe='')}"


def mapping_path(integration: str) -> str:
    """Return the path of an integration's mapping editor."""
    return f"{ROOT}/integrations/{quote(integration, safe='')}/mapping"


def resync_path(integration: str) -> str:
    """Return the path that requests a resync."""
    return f"{ROOT}/integrations/{quote(integration, safe='')}/resync"


def history_path(integration: str) -> str:
    """Return the path of the list of an integration's resyncs."""
    return f"{ROOT}/integrations/{quote(integration, safe='')}/history"


def event_path(integration: str) -> str:
    """Return the path of the page that sends an event to an integration."""
    return f"{ROOT}/integrations/{quote(integration, safe='')}/event"


def raw_path(integration: str) -> str:
    """Return the path of an integration's raw items."""
    return f"{ROOT}/integrations/{quote(integration, safe='')}/raw"
