"""Creation of blueprints and mapping in a Port account. Nothing that exists is overwritten."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from builder.install import Creation
from builder.port_account import Document, PortAccount, PortError

type Outcome = Literal["created", "unchanged", "merged", "stored", "differs", "failed"]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome for one object. message: what differs, or why it failed."""

    name: str
    outcome: Outcome
    message: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the object in Port is as requested."""
        return self.outcome not in ("differs", "failed")


async def create(
    account: PortAccount, creation: Creation, integration: Mapping[str, Any], *, merge: bool = False
) -> AsyncIterator[Result]:
    """Create blueprints and store the integration's mapping. Yields each result as soon as it is known.

    integration: the body of POST /v1/integration. merge: add missing properties and relations to existing
    blueprints. Existing properties and relations are never changed.
    """
    all_good = True
    for blueprint in creation.create:
        result = await _create_blueprint(account, blueprint, merge=merge)
        all_good = all_good and result.is_good
        yield result
    for identifier, changes in creation.relate.items():
        result = await _create_blueprint(account, {"identifier": identifier, **changes}, merge=True)
        all_good = all_good and result.is_good
        yield result
    name = f"integration {integration['installationId']}"
    if not all_good:
        yield Result(name, "failed", "Not stored, because not all blueprints are as required")
        return
    try:
        await account.store_integration(integration)
    except PortError as error:
        yield Result(name, "failed", str(error))
        return
    yield Result(name, "stored", f"The mapping has {len(integration['config']['resources'])} resources")


async def _create_blueprint(account: PortAccount, wanted: Mapping[str, Any], *, merge: bool) -> Result:
    identifier = wanted["identifier"]
    name = f"blueprint {identifier}"
    try:
        existing = await account.blueprint(identifier)
        if existing is None:
            await account.create_blueprint(wanted)
            return Result(name, "created")
        missing, different = differences(wanted, existing)
        if different:
            return Result(name, "differs", f"Port has a different definition of {', '.join(different)}")
        if not missing:
            return Result(name, "unchanged")
        if not merge:
            return Result(name, "differs", f"Not in Port: {', '.join(missing)}. Merging adds them")
        await account.change_blueprint(identifier, _merged(wanted, existing))
        return Result(name, "merged", f"Added {', '.join(missing)}")
    except PortError as error:
        return Result(name, "failed", str(error))


def differences(wanted: Mapping[str, Any], existing: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the names of properties and relations that are (missing, different) in an existing blueprint."""
    missing: list[str] = []
    different: list[str] = []
    for own, theirs, keys in (
        (_properties(wanted), _properties(existing), ("type", "format", "items", "enum")),
        (wanted.get("relations", {}), existing.get("relations", {}), ("target", "many")),
    ):
        missing += [name for name in own if name not in theirs]
        different += [name for name in own if name in theirs and not _agree(own[name], theirs[name], keys)]
    return missing, different


def _merged(wanted: Mapping[str, Any], existing: Mapping[str, Any]) -> Document:
    """Return the body of the PATCH request that adds what is missing."""
    changes: Document = {"relations": {**wanted.get("relations", {}), **existing.get("relations", {})}}
    if "schema" in wanted:
        properties = {**_properties(wanted), **_properties(existing)}
        changes["schema"] = {**existing.get("schema", {}), "properties": properties}
    return changes


def _properties(blueprint: Mapping[str, Any]) -> Document:
    properties: Document = blueprint.get("schema", {}).get("properties", {})
    return properties


def _agree(own: Mapping[str, Any], theirs: Mapping[str, Any], keys: Sequence[str]) -> bool:
    return all(own.get(key) == theirs.get(key) for key in keys)
