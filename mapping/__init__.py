"""Items -> entities by jq: byte for byte what Ocean's own processor makes of them, but that

- integers keep all their digits, where Ocean's have those of a double;
- a number as identifier, blueprint or relation's target becomes text, and empty text there becomes null;
- an item that the query refuses is one error, where Ocean lists it twice;
- what does not compile is null in its place, where Ocean puts it last.
"""

from mapping.blueprints import EntryEnd, Withheld, named_blueprint, withheld
from mapping.mapper import Failure, Mapped, Mapper, Refusal, open_mapper
from mapping.plan import Entity, EntityMapping, Outcome, message_of
from mapping.tally import EntityTally
from mapping.workers import Limits

__all__ = [
    "Entity",
    "EntityMapping",
    "EntityTally",
    "EntryEnd",
    "Failure",
    "Limits",
    "Mapped",
    "Mapper",
    "Outcome",
    "Refusal",
    "Withheld",
    "message_of",
    "named_blueprint",
    "open_mapper",
    "withheld",
]
