"""Where each page is. Identifiers may hold slashes, so they are encoded as a whole."""

from urllib.parse import quote

ROOT = "/catalog"


def blueprint_path(blueprint: str) -> str:
    """The table of a blueprint's entities."""
    return f"{ROOT}/blueprints/{quote(blueprint, safe='')}"


def entity_path(blueprint: str, entity: str) -> str:
    """One entity."""
    return f"{blueprint_path(blueprint)}/entities/{quote(entity, safe='')}"


def mapping_path(integration: str) -> str:
    """The mapping of an integration, to edit."""
    return f"{ROOT}/integrations/{quote(integration, safe='')}/mapping"


def resync_path(integration: str) -> str:
    """Where a resync is asked for."""
    return f"{ROOT}/integrations/{quote(integration, safe='')}/resync"


def raw_path(integration: str) -> str:
    """The raw items that it sent."""
    return f"{ROOT}/integrations/{quote(integration, safe='')}/raw"
