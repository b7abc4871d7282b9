"""The plan of a sync, made without writing anything: what it would read, write, refuse and delete."""

from builder.planning.api_entities import ApiEntities, collect_entities
from builder.planning.comparison import make_plan
from builder.planning.kind_plan import KindPlan, Name, Plan, SyncOptions, Target, Update

__all__ = [
    "ApiEntities",
    "KindPlan",
    "Name",
    "Plan",
    "SyncOptions",
    "Target",
    "Update",
    "collect_entities",
    "make_plan",
]
