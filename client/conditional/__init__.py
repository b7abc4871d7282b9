"""Conditional requests: a response that has not changed since the last resync is not sent again.

Not with a caching library: those decide whether to ask at all, by freshness and for one user. Here the API is
always asked, what is kept is bounded in bytes, belongs to one identity, and is checked against the API.
"""

from client.conditional.conditions import Condition, ConditionalRequests, Identity, WallClock
from client.conditional.folder import DEFAULT_FOLDER_LIMITS, FolderLimits, ResponseFolder
from client.conditional.keeping import may_fail_for_its_condition

__all__ = [
    "DEFAULT_FOLDER_LIMITS",
    "Condition",
    "ConditionalRequests",
    "FolderLimits",
    "Identity",
    "ResponseFolder",
    "WallClock",
    "may_fail_for_its_condition",
]
