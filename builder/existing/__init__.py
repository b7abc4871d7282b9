"""What exists already: mappings and blueprints in Port or in files, and what a draft changes in them."""

from builder.existing.blueprint_difference import BlueprintDifference, blueprint_difference
from builder.existing.consequences import consequences
from builder.existing.difference import Deletion, Difference, Wanted, read_difference
from builder.existing.mapping_difference import EntryDifference, MappingDifference
from builder.existing.reading import (
    read_mapping_draft,
    with_original,
    with_original_blueprint,
    without_read_only,
)

__all__ = [
    "BlueprintDifference",
    "Deletion",
    "Difference",
    "EntryDifference",
    "MappingDifference",
    "Wanted",
    "blueprint_difference",
    "consequences",
    "read_difference",
    "read_mapping_draft",
    "with_original",
    "with_original_blueprint",
    "without_read_only",
]
