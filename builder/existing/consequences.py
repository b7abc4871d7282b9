"""What writing a difference leads to, in words."""

from collections.abc import Iterator

from builder.existing.difference import Difference


def consequences(difference: Difference) -> Iterator[str]:
    """Yield what a user should know before writing."""
    for deletion in difference.deletions:
        noun = "entity" if deletion.count == 1 else "entities"
        yield f"The next resync may delete up to {deletion.count} {noun} of {deletion.blueprint}"
    for blueprint in difference.blueprints:
        for name in blueprint.retyped:
            place = f"{blueprint.identifier}.{name}"
            yield f"A new type deletes the values of {place}. The next resync writes them again"
    for source, relation, target in difference.missing_targets:
        yield f"Port has no blueprint {target}, the target of {source}.{relation}"
    if difference.app_type:
        yield f"The integration in Port has the type {difference.app_type}"
