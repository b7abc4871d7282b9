"""The difference between a draft and a Port account, read before anything is written."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from builder.existing.blueprint_difference import BlueprintDifference, blueprint_difference
from builder.existing.mapping_difference import MappingDifference, mapping_difference
from builder.existing.reading import without_read_only
from builder.json_values import as_object, is_same
from builder.port_account import PortAccount, integration_datasource
from rest.bodies import Json

type Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should be in Port.

    request: the body of POST /v1/integration. positions: the place of each entry in the opened mapping.
    opened_blueprints: when they were opened. Only what has changed since then is written.
    seen_mapping, seen_blueprints: what was in Port when it was opened or last written.
    """

    blueprints: Sequence[Mapping[str, Json]]
    request: Mapping[str, Any]
    positions: Sequence[int | None] = ()
    opened_blueprints: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    opened_mapping: Mapping[str, Json] | None = None
    seen_mapping: Mapping[str, Json] | None = None
    seen_blueprints: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deletion:
    """Entities that the next resync may delete, because an entry no longer finds them."""

    blueprint: str
    count: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What writing changes in Port.

    missing_targets: (blueprint, relation, target) of the relations whose target does not exist.
    changed_since: the names of what has changed in Port since it was opened.
    fingerprint: of the compared content of Port. app_type: the type of the integration in Port, if it is
    another one.
    """

    blueprints: tuple[BlueprintDifference, ...]
    mapping: MappingDifference
    missing_targets: tuple[tuple[str, str, str], ...] = ()
    deletions: tuple[Deletion, ...] = ()
    changed_since: tuple[str, ...] = ()
    fingerprint: str = ""
    app_type: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether Port has everything as it should be."""
        return self.mapping.is_unchanged and all(each.state == "unchanged" for each in self.blueprints)

    @property
    def needs_overwrite(self) -> bool:
        """Whether something that exists has to be changed."""
        return self.replaces_mapping or any(each.overwritten for each in self.blueprints)

    @property
    def is_blocked(self) -> bool:
        """Whether nothing can be written without overwriting."""
        return self.replaces_mapping or any(each.conflicts for each in self.blueprints)

    @property
    def replaces_mapping(self) -> bool:
        """Whether existing entries of the mapping change."""
        mapping = self.mapping
        return not (mapping.is_new or mapping.is_unchanged or mapping.is_extended)

    @property
    def extends(self) -> bool:
        """Whether something is added to what exists."""
        adds_entries = self.mapping.is_extended and not self.mapping.is_new
        return adds_entries or any(each.existing is not None and each.added for each in self.blueprints)


async def read_difference(account: PortAccount, wanted: Wanted) -> Difference:
    """Compare with the current content of Port. Raises PortError."""
    identifier = str(wanted.request["installationId"])
    in_port = {str(each["identifier"]): each for each in await account.blueprints()}
    integration = await account.integration(identifier)
    existing = None if integration is None else as_object(integration.get("config"))
    blueprints = tuple(
        blueprint_difference(each, in_port.get(name), wanted.opened_blueprints.get(name))
        for each in wanted.blueprints
        for name in [str(each["identifier"])]
    )
    positions = wanted.positions if is_same(wanted.opened_mapping, existing) else ()
    mapping = mapping_difference(identifier, wanted.request["config"], existing, positions)
    wanted_type = str(wanted.request["installationAppType"])
    app_type = str((integration or {}).get("installationAppType") or wanted_type)
    return Difference(
        blueprints,
        mapping,
        tuple(_missing_targets(wanted, in_port)),
        tuple(await _deletions(account, mapping, app_type, in_port)),
        tuple(_changed_since(wanted, in_port, existing)),
        _fingerprint([in_port.get(each.identifier) for each in blueprints], existing),
        app_type if app_type != wanted_type else "",
    )


def _missing_targets(wanted: Wanted, in_port: Mapping[str, Document]) -> list[tuple[str, str, str]]:
    known = {*in_port, *(str(each["identifier"]) for each in wanted.blueprints)}
    return [
        (str(each["identifier"]), name, str(as_object(relation).get("target")))
        for each in wanted.blueprints
        for name, relation in as_object(each.get("relations")).items()
        if as_object(relation).get("target") not in known
    ]


async def _deletions(
    account: PortAccount, mapping: MappingDifference, app_type: str, in_port: Mapping[str, Document]
) -> list[Deletion]:
    """Count the entities of the integration in the blueprints whose entries are removed or find others."""
    names = dict.fromkeys(each.blueprint for each in mapping.entries if each.changes_entities)
    rules = integration_datasource(mapping.identifier, app_type)
    found = []
    for name in names:
        if name is not None and name in in_port:
            count = sum([1 async for _ in account.entities(name, rules)])
            found += [Deletion(name, count)] if count else []
    return found


def _changed_since(
    wanted: Wanted, in_port: Mapping[str, Document], mapping: Mapping[str, Json] | None
) -> list[str]:
    names = [
        f"blueprint {name}"
        for name, seen in wanted.seen_blueprints.items()
        if not is_same(seen, without_read_only(in_port.get(name, {})))
    ]
    if wanted.seen_mapping is not None and not is_same(wanted.seen_mapping, mapping):
        names.append("the mapping")
    return names


def _fingerprint(blueprints: Sequence[Document | None], mapping: Mapping[str, Json] | None) -> str:
    content = [[None if each is None else without_read_only(each) for each in blueprints], mapping]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
