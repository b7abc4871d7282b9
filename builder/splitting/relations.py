"""What belongs together: kinds that write the same entities, and relations between shares."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from builder.json_values import as_object
from builder.mapping_file import Entry
from builder.splitting.measuring import Measured
from builder.splitting.packing import Share
from extraction import template_key
from mapping import named_blueprint


def groups_of(entries: Sequence[Entry], measured: Measured) -> list[list[int]]:
    """Return the indexes of the kinds that stay together, in the mapping's order.

    Two installations that write the same entities would overwrite and delete those of each other. Where the
    entities are unknown, all kinds of a blueprint stay together.
    """
    groups: list[list[int]] = [[index] for index in range(len(entries))]
    for one, other in combinations(range(len(entries)), 2):
        first, second = (next(group for group in groups if index in group) for index in (one, other))
        if first is not second and _belong_together(one, other, entries, measured):
            first += second
            groups.remove(second)
    return [sorted(group) for group in groups]


def relation_notes(
    shares: Sequence[Share], entries: Sequence[Entry], blueprints: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Yield a sentence for each relation that leads from one share to entities of other shares only."""
    by_name = {str(each.get("identifier")): as_object(each.get("relations")) for each in blueprints}
    for number, share in enumerate(shares, 1):
        own = {_blueprint(entries[index]) for index, _, of in share.parts if of == 1}
        for index in dict.fromkeys(index for index, _, _ in share.parts):
            entry = entries[index]
            targets = by_name.get(str(_blueprint(entry)), {})
            for name in _names(entry.mapping.fields.get("relations")):
                target = as_object(targets.get(name)).get("target")
                others = [
                    str(other)
                    for other, each in enumerate(shares, 1)
                    if other != number
                    and any(_blueprint(entries[part]) == target for part, _, _ in each.parts)
                ]
                if target is not None and target not in own and others:
                    yield (
                        f"share {number}: the relation {name} of {entry.kind} leads to entities of share "
                        f"{', '.join(others)}. createMissingRelatedEntities is false, so Port refuses "
                        "entities until their targets exist"
                    )


def _belong_together(one: int, other: int, entries: Sequence[Entry], measured: Measured) -> bool:
    names, other_names = measured.kinds[one].names, measured.kinds[other].names
    if _blueprint(entries[one]) != _blueprint(entries[other]):
        return bool(names and other_names and names & other_names)
    if names is None or other_names is None:
        return True
    keys = {template_key(entries[index].resource.endpoint) for index in (one, other)}
    return len(keys) == 1 or bool(names & other_names)


def _names(fields: object) -> list[str]:
    return list(fields) if isinstance(fields, Mapping) else []


def _blueprint(entry: Entry) -> Any:  # noqa: ANN401 - what the mapping has
    expression = entry.mapping.fields.get("blueprint")
    return named_blueprint(expression) or expression
