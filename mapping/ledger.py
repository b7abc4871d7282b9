"""The ledger of one resync: which entities Port lists, and which the resync has seen."""

from collections.abc import Iterable
from dataclasses import dataclass

from mapping.digests import content_digest, key_of
from mapping.plan import Entity

NO_CONTENT = bytes(16)
"""The digest of an entity that has none."""
_LISTED = 1
_SEEN = 2
_TARGET = 4
_KEPT = _SEEN | _TARGET
_ENTRY_BITS = 35
_CONTENT_BITS = 3
_CONTENT_MASK = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Noted:
    """An entity in the ledger.

    key: 12 bytes, which entity of Port. content: 16 bytes, all its fields. is_overwriting: another item of
    the same entry has become the same entity, with other content.
    """

    key: bytes
    content: bytes
    is_overwriting: bool


class EntityLedger:
    """The entities that Port lists or that the resync has seen: about 130 bytes each.

    A 96-bit digest stands for each entity. That two of a million share one has a chance of 1 in 10^17.
    """

    def __init__(self) -> None:
        # Flags, 32 bits of the content, and the index of the mapping entry that it was seen in.
        self._states: dict[bytes, int] = {}
        self.listed = 0
        self.listed_and_kept = 0

    def list(self, keys: Iterable[bytes]) -> None:
        """Add entities of Port's list."""
        for key in keys:
            state = self._states.get(key, 0)
            if not state & _LISTED:
                self.listed += 1
                self.listed_and_kept += bool(state & _KEPT)
                self._states[key] = state | _LISTED

    def note(self, entity: Entity, entry: int) -> Noted:
        """Note that an item of the mapping entry at this index became an entity."""
        identifier, blueprint = entity.get("identifier"), entity.get("blueprint")
        key = key_of(str(blueprint), identifier)
        content = content_digest(entity) or NO_CONTENT
        is_same_item = self.note_seen(key, content, entry)
        is_text = isinstance(identifier, str) and isinstance(blueprint, str)
        return Noted(key, content, is_text and not is_same_item)

    def note_seen(self, key: bytes, content: bytes, entry: int) -> bool:
        """Note an entity by its digests. Return False if the entry has produced it with other content."""
        state = self._states.get(key, 0)
        bits = int.from_bytes(content[:4])
        is_same = not state & _SEEN or state >> _ENTRY_BITS != entry or _content(state) == bits
        self.listed_and_kept += state & (_LISTED | _KEPT) == _LISTED
        self._states[key] = entry << _ENTRY_BITS | bits << _CONTENT_BITS | state & (_LISTED | _TARGET) | _SEEN
        return is_same

    def note_targets(self, keys: Iterable[bytes]) -> None:
        """Note that entities of this resync relate to these."""
        for key in keys:
            state = self._states.get(key, 0)
            self.listed_and_kept += state & (_LISTED | _KEPT) == _LISTED
            self._states[key] = state | _TARGET

    def is_listed(self, key: bytes) -> bool:
        """Return whether Port lists the entity."""
        return bool(self._states.get(key, 0) & _LISTED)

    def is_seen(self, key: bytes) -> bool:
        """Return whether an item became this entity in this resync."""
        return bool(self._states.get(key, 0) & _SEEN)

    def is_kept(self, key: bytes) -> bool:
        """Return whether the entity was seen, or one that was seen relates to it."""
        return bool(self._states.get(key, 0) & _KEPT)

    @property
    def has_unseen(self) -> bool:
        """Whether Port lists entities that are not kept."""
        return self.listed > self.listed_and_kept


def _content(state: int) -> int:
    return state >> _CONTENT_BITS & _CONTENT_MASK
