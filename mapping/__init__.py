"""Map items to entities with jq. The result equals that of Ocean's own processor, with these exceptions:

- Integers keep all their digits. In Ocean they have those of a double.
- A number as identifier, blueprint or relation target becomes a string, and an empty string becomes null.
- An item for which the query returns no boolean is one error. Ocean lists it twice.
- A field whose expression does not compile is null in its place. Ocean puts it last.
"""

from mapping.blueprints import EntryEnd, Withheld, named_blueprint, withheld
from mapping.determinism import is_deterministic, reads_surroundings
from mapping.digests import (
    DIGEST_BYTES,
    KEY_BYTES,
    content_digest,
    item_digest,
    key_of,
    mapping_digest,
    slot_of,
)
from mapping.expression_check import check_expressions
from mapping.identifier_proof import is_plain_mapping, marks_for, proves
from mapping.ledger import EntityLedger, Noted
from mapping.mapper import Failure, Mapped, Mapper, Refusal, open_mapper
from mapping.memory import EntityMemory, LastResync, Recalled, open_memory
from mapping.memory import Row as MemoryRow
from mapping.plan import Entity, EntityMapping, Outcome, message_of
from mapping.tally import EntityTally
from mapping.workers import WorkerLimits

__all__ = [
    "DIGEST_BYTES",
    "KEY_BYTES",
    "Entity",
    "EntityLedger",
    "EntityMapping",
    "EntityMemory",
    "EntityTally",
    "EntryEnd",
    "Failure",
    "LastResync",
    "Mapped",
    "Mapper",
    "MemoryRow",
    "Noted",
    "Outcome",
    "Recalled",
    "Refusal",
    "Withheld",
    "WorkerLimits",
    "check_expressions",
    "content_digest",
    "is_deterministic",
    "is_plain_mapping",
    "item_digest",
    "key_of",
    "mapping_digest",
    "marks_for",
    "message_of",
    "named_blueprint",
    "open_mapper",
    "open_memory",
    "proves",
    "reads_surroundings",
    "slot_of",
    "withheld",
]
