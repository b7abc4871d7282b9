"""Blueprints and mapping into a Port account, one result for each; nothing of the user's is overwritten."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from builder.install import Creation
from builder.port_account import Document, PortAccount, PortError

type Outcome = Literal["created", "unchanged", "merged", "stored", "differs", "failed"]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one object. words: what differs, or why it failed."""

    name: str
    outcome: Outcome
    words: str = ""

    @property
    def is_good(self) -> bool:
        """False where Port does not hold what was asked for."""
        return self.outcome not in ("differs", "failed")


async def created(
    account: PortAccount, creation: Creation, integration: Mapping[str, Any], *, merge: bool = False
) -> AsyncIterator[Result]:
    """Creates blueprints and stores the integration's mapping; a result as soon as each is done.

    integration: the body of POST /v1/integration. merge: properties and relations that a blueprint in Port
    lacks are added to it; those that it has are never changed.
    """
    held_back = False
    for blueprint in creation.create:
        result = await _blueprint(account, blueprint, merge=merge)
        held_back = held_back or not result.is_good
        yield result
    for identifier, changes in creation.relate.items():
        result = await _blueprint(account, {"identifier": identifier, **changes}, merge=True)
        held_back = held_back or not result.is_good
        yield result
    name = f"integration {integration['installationId']}"
    if held_back:
        yield Result(name, "failed", "is not stored, as its blueprints are not all there")
        return
    try:
        await account.store_integration(integration)
    except PortError as error:
        yield Result(name, "failed", str(error))
        return
    yield Result(name, "stored", f"with {len(integration['config']['resources'])} resources in its mapping")


async def _blueprint(account: PortAccount, wanted: Mapping[str, Any], *, merge: bool) -> Result:
    identifier = wanted["identifier"]
    name = f"blueprint {identifier}"
    try:
        there = await account.blueprint(identifier)
        if there is None:
            await account.create_blueprint(wanted)
            return Result(name, "created")
        missing, different = differences(wanted, there)
        if different:
            return Result(name, "differs", f"has another definition in Port of {', '.join(different)}")
        if not missing:
            return Result(name, "unchanged")
        if not merge:
            return Result(name, "differs", f"lacks {', '.join(missing)} in Port; merging adds them")
        await account.change_blueprint(identifier, _merged(wanted, there))
        return Result(name, "merged", f"now has {', '.join(missing)}")
    except PortError as error:
        return Result(name, "failed", str(error))


def differences(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """(names that a blueprint in Port lacks, names that it defines otherwise) of properties and relations."""
    missing: list[str] = []
    different: list[str] = []
    for own, theirs, keys in (
        (_properties(wanted), _properties(there), ("type", "format", "items", "enum")),
        (wanted.get("relations", {}), there.get("relations", {}), ("target", "many")),
    ):
        missing += [name for name in own if name not in theirs]
        different += [name for name in own if name in theirs and not _agree(own[name], theirs[name], keys)]
    return missing, different


def _merged(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> Document:
    """The changes (PATCH) that add what is missing."""
    changes: Document = {"relations": {**wanted.get("relations", {}), **there.get("relations", {})}}
    if "schema" in wanted:
        properties = {**_properties(wanted), **_properties(there)}
        changes["schema"] = {**there.get("schema", {}), "properties": properties}
    return changes


def _properties(blueprint: Mapping[str, Any]) -> Document:
    found: Document = blueprint.get("schema", {}).get("properties", {})
    return found


def _agree(own: Mapping[str, Any], theirs: Mapping[str, Any], keys: Sequence[str]) -> bool:
    return all(own.get(key) == theirs.get(key) for key in keys)
