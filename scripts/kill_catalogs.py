"""The catalog that a killed resync leaves in Port, with and without DSP mode."""

from collections.abc import Mapping
from typing import Any, override

import httpx

from scripts.demo import CREDENTIALS

INSTALLATION = "kill-rounds"
# Each kind has a blueprint of its own, so that some kinds are written while others are still being read.
BLUEPRINT_OF_KIND: Mapping[str, str] = {
    f"/api/v1/users?kind={number}": f"user{number}" for number in range(4)
}

type Json = dict[str, Any]


class Catalog:
    """The entities in Port's sandbox. Ocean maps and deletes."""

    mode = "ocean-core"

    def __init__(self, port: httpx.Client) -> None:
        self._port = port

    def install(self) -> None:
        """Create the blueprints and the integration with its mapping."""
        resources = [_resource(kind, blueprint) for kind, blueprint in BLUEPRINT_OF_KIND.items()]
        # A threshold of 1 allows a resync to delete everything.
        mapping = {"entityDeletionThreshold": 1, "resources": resources}
        relations = {blueprint: {"manager": blueprint} for blueprint in BLUEPRINT_OF_KIND.values()}
        blueprints = self._port.post(
            "/_sandbox/blueprints-for-mapping", json={**mapping, "relations": relations}
        )
        blueprints.raise_for_status()
        token = self._port.post("/v1/auth/access_token", json=CREDENTIALS).raise_for_status().json()
        integration = {
            "installationId": INSTALLATION,
            "installationAppType": "custom",
            "version": "1.0.0",
            "changelogDestination": {},
            "config": mapping,
        }
        headers = {"Authorization": f"Bearer {token['accessToken']}"}
        self._port.post("/v1/integration?upsert=true", json=integration, headers=headers).raise_for_status()

    def names(self) -> dict[str, str]:
        """Return the name of each entity by `blueprint/identifier`."""
        entities: list[Json] = self._port.get("/_sandbox/entities").raise_for_status().json()
        return {
            f"{entity['blueprint']}/{entity['identifier']}": entity["properties"].get("name")
            for entity in entities
            if entity["blueprint"] in BLUEPRINT_OF_KIND.values()
        }


class DspCatalog(Catalog):
    """The entities that Port would create from the raw items that Ocean sends in DSP mode.

    The sandbox does not process raw items. Port writes all of them, and deletes the other entities of a kind
    only after Ocean has reported the kind as completed.
    """

    mode = "dsp"

    def __init__(self, port: httpx.Client) -> None:
        super().__init__(port)
        self._names: dict[str, str] = {}

    @override
    def install(self) -> None:
        self._port.patch("/_sandbox/settings", json={"processing": "dsp"}).raise_for_status()
        super().install()

    @override
    def names(self) -> dict[str, str]:
        query = {"integration": INSTALLATION}
        sync = self._port.get("/_sandbox/syncs", params=query).raise_for_status().json()[0]
        raw = self._port.get("/_sandbox/raw", params={**query, "event": sync["eventId"]})
        batches = raw.raise_for_status().json()
        completed = {kind["kind"] for kind in sync["kinds"] if kind["syncState"] == "completed"}
        for kind, blueprint in BLUEPRINT_OF_KIND.items():
            entries = [entry for batch in batches if batch["kind"] == kind for entry in batch["data"]]
            items = [item for entry in entries for item in entry["items"]]
            if kind in completed:
                self._names = {
                    key: name for key, name in self._names.items() if key.partition("/")[0] != blueprint
                }
            self._names |= {f"{blueprint}/{item['id']}": item["name"] for item in items}
        return dict(self._names)


def _resource(kind: str, blueprint: str) -> Json:
    mappings = {
        "identifier": ".id",
        "blueprint": f'"{blueprint}"',
        "properties": {"name": ".name"},
        "relations": {"manager": ".manager_id"},
    }
    return {
        "kind": kind,
        "selector": {"query": "true", "data_path": ".users"},
        "port": {"entity": {"mappings": mappings}},
    }
