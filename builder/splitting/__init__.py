"""The division of a mapping over several installations, by the requests and items that were measured."""

from builder.splitting.cost import Cost
from builder.splitting.measuring import KindCost, Measured, listings_of, measure, measure_samples
from builder.splitting.packing import Part, Share, Split, split
from builder.splitting.relations import groups_of, relation_notes
from builder.splitting.share_mapping import partitioned, share_mappings

__all__ = [
    "Cost",
    "KindCost",
    "Measured",
    "Part",
    "Share",
    "Split",
    "groups_of",
    "listings_of",
    "measure",
    "measure_samples",
    "partitioned",
    "relation_notes",
    "share_mappings",
    "split",
]
