"""Writing of blueprints and mapping to a Port account. What exists is changed only if the mode says so."""

from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from builder.existing import BlueprintDifference, Difference, MappingDifference
from builder.install import creation_of
from builder.json_values import as_object
from builder.port_account import PortAccount, PortError

type Outcome = Literal["created", "unchanged", "merged", "overwritten", "stored", "differs", "failed"]
# create: change nothing that exists. merge: add to it. overwrite: change it, too.
type Mode = Literal["create", "merge", "overwrite"]


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


async def write(
    account: PortAccount, difference: Difference, request: Mapping[str, Any], mode: Mode
) -> AsyncIterator[Result]:
    """Write the blueprints, then the integration's mapping. Yields each result as soon as it is known.

    request: the body of POST /v1/integration. Nothing is written if something differs that the mode keeps.
    """
    name = f"integration {difference.mapping.identifier}"
    kept = [*_kept_blueprints(difference, mode), *_kept_mapping(difference.mapping, mode)]
    for result in kept:
        yield result
    if kept:
        if all(result.name != name for result in kept):
            yield Result(name, "failed", "Not stored, because not all blueprints are as required")
        return
    all_good = True
    async for result in _write_blueprints(account, difference, mode):
        all_good = all_good and result.is_good
        yield result
    if not all_good:
        yield Result(name, "failed", "Not stored, because not all blueprints are as required")
        return
    yield await _store_mapping(account, difference.mapping, request, name)


def _kept_blueprints(difference: Difference, mode: Mode) -> list[Result]:
    """Return the blueprints that the mode does not allow to change as required."""
    if mode == "overwrite":
        return []
    results = []
    for each in difference.blueprints:
        name = f"blueprint {each.identifier}"
        added = ", ".join(change.keys[-1] for change in each.added)
        if each.existing is None:
            continue
        if each.conflicts:
            message = f"Port has a different definition of {', '.join(each.conflicts)}"
            results.append(Result(name, "differs", message))
        elif added and mode == "create":
            results.append(Result(name, "differs", f"Not in Port: {added}. Merging adds them"))
    return results


def _kept_mapping(mapping: MappingDifference, mode: Mode) -> list[Result]:
    """Return a result if Port has another mapping that the mode does not allow to change."""
    is_allowed = mode == "overwrite" or (mode == "merge" and mapping.is_extended)
    if is_allowed or mapping.is_new or mapping.is_unchanged:
        return []
    kinds = ", ".join(each.kind for each in mapping.entries if each.position is not None)
    message = f"Port has a different mapping, with the kinds {kinds:.200}. Nothing was changed"
    return [Result(f"integration {mapping.identifier}", "differs", message)]


async def _write_blueprints(
    account: PortAccount, difference: Difference, mode: Mode
) -> AsyncIterator[Result]:
    # The new blueprints first: existing ones may get relations to them.
    new = creation_of([each.target for each in difference.blueprints if each.existing is None])
    for body in new.create:
        request = account.create_blueprint(body)
        yield await _result(Result(f"blueprint {body['identifier']}", "created"), request)
    for each in difference.blueprints:
        if each.existing is not None:
            yield await _change_blueprint(account, each, mode)
    for identifier, changes in new.relate.items():
        added = ", ".join(as_object(changes["relations"]))
        request = account.change_blueprint(identifier, changes)
        yield await _result(Result(f"blueprint {identifier}", "merged", f"Added {added}"), request)


async def _result(result: Result, request: Awaitable[None]) -> Result:
    """Return the result of a request, or why Port rejected it."""
    try:
        await request
    except PortError as error:
        return Result(result.name, "failed", str(error))
    return result


async def _change_blueprint(account: PortAccount, difference: BlueprintDifference, mode: Mode) -> Result:
    name = f"blueprint {difference.identifier}"
    changed = ", ".join(dict.fromkeys(change.field for change in difference.overwritten))
    if changed and mode == "overwrite":
        return await _result(
            Result(name, "overwritten", f"Changed {changed:.300}"), _overwrite(account, difference)
        )
    kept = f"Kept as it is in Port: {changed:.300}" if changed else ""
    if added := ", ".join(change.keys[-1] for change in difference.added):
        request = account.change_blueprint(difference.identifier, _additions(difference))
        message = ". ".join([f"Added {added:.300}", *([kept] if kept else [])])
        return await _result(Result(name, "merged", message), request)
    return Result(name, "unchanged", kept)


async def _overwrite(account: PortAccount, difference: BlueprintDifference) -> None:
    if difference.retyped:
        await account.replace_blueprint(difference.identifier, _without_retyped(difference))
    await account.replace_blueprint(difference.identifier, difference.target)


def _additions(difference: BlueprintDifference) -> dict[str, Any]:
    """Return the body of the PATCH request that adds what is missing."""
    parts = {change.keys[0] for change in difference.added}
    return {part: difference.merged[part] for part in parts}


def _without_retyped(difference: BlueprintDifference) -> dict[str, Any]:
    """Return the blueprint in Port without the properties whose type changes."""
    existing: dict[str, Any] = dict(difference.existing or {})
    schema = existing["schema"]
    kept = {name: each for name, each in schema["properties"].items() if name not in difference.retyped}
    required = [name for name in schema.get("required", []) if name not in difference.retyped]
    return {**existing, "schema": {**schema, "properties": kept, "required": required}}


async def _store_mapping(
    account: PortAccount, mapping: MappingDifference, request: Mapping[str, Any], name: str
) -> Result:
    if mapping.is_unchanged:
        return Result(name, "unchanged")
    message = f"The mapping has {len(request['config']['resources'])} resources"
    return await _result(Result(name, "stored", message), account.store_integration(request))
