"""Map items to entities with jq. The result equals that of Ocean's own processor, with these exceptions:

- Integers keep all their digits. In Ocean they have those of a double.
- A number as identifier, blueprint or relation target becomes a string, and an empty string becomes null.
- An item for which the query returns no boolean is one error. Ocean lists it twice.
- A field whose expression does not compile is null in its place. Ocean puts it last.
"""

from mapping.blueprints import EntryEnd, Withheld, named_blueprint, withheld
from mapping.expression_check import check_expressions
from mapping.mapper import Failure, Mapped, Mapper, Refusal, open_mapper
from mapping.plan import Entity, EntityMapping, Outcome, message_of
from mapping.tally import EntityTally
from mapping.workers import WorkerLimits

__all__ = [
    "Entity",
    "EntityMapping",
    "EntityTally",
    "EntryEnd",
    "Failure",
    "Mapped",
    "Mapper",
    "Outcome",
    "Refusal",
    "Withheld",
    "WorkerLimits",
    "check_expressions",
    "message_of",
    "named_blueprint",
    "open_mapper",
    "withheld",
]
