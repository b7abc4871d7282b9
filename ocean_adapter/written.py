"""What Port has taken of a kind's entities: one tally for each entry, kept for the length of a resync.

Ocean logs what Port refuses and goes on, and of a single request that is refused it believes that it went
well. So the count comes from Port's answers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
from loguru import logger
from port_ocean.context.event import event
from port_ocean.context.resource import resource
from port_ocean.core.models import Entity
from port_ocean.exceptions.context import EventContextNotFoundError, ResourceContextNotFoundError

from rest.errors import Place, WriteError

_ATTRIBUTE = "ocean_custom_written"
_WRITES = re.compile(r"/blueprints/(?P<blueprint>.+)/entities(?P<bulk>/bulk)?")
_LONGEST_REASON = 200
LATER = -1
"""The place of what is written after all entries have ended."""

type EntityKey = tuple[str, bytes]
"""A blueprint and an identifier, which may be a search."""


class _Sent(msgspec.Struct):
    identifier: Any = None


class _SentBulk(msgspec.Struct):
    entities: list[_Sent]


class _Taken(msgspec.Struct):
    index: int


class _Refusal(msgspec.Struct):
    message: Any = None
    error: Any = None


class _RefusedOne(_Refusal, kw_only=True):
    index: int


class _BulkAnswer(msgspec.Struct):
    """How Port answers a bulk of 20 entities: each is in one of the lists, by its place in the request."""

    entities: list[_Taken] = []
    errors: list[_RefusedOne] = []


@dataclass(slots=True)
class WriteTally:
    """Counts the entities of one kind by what Port answered.

    refused: how many Port has not taken, or not answered for. first_refused: one of them, and why.
    unmatched: how many are to be found by a search that finds none: there was nothing to write to.
    waiting: what Port has not taken, where it is kept to be sent again.
    """

    written: int = 0
    refused: int = 0
    unmatched: int = 0
    first_refused: str = ""
    waiting: list[Entity] = field(default_factory=list)
    _lacking: dict[EntityKey, str] = field(default_factory=dict, repr=False)
    _taken: set[EntityKey] = field(default_factory=set, repr=False)
    _unmatched: set[EntityKey] = field(default_factory=set, repr=False)
    _reasons: dict[EntityKey, str] = field(default_factory=dict, repr=False)

    def note(self, entities: Iterable[Entity], *, keep: bool) -> None:
        """Counts what was sent just now, by Port's answers. keep: the refused ones, to send them again."""
        for entity in entities:
            place = (entity.blueprint, msgspec.json.encode(entity.identifier))
            if place in self._taken and place not in self._reasons:
                self.written += 1
                self._lacking.pop(place, None)
                continue
            if keep:
                self.waiting.append(entity)
            if place in self._unmatched:
                self.unmatched += 1
                continue
            self.refused += 1
            reason = self._reasons.get(place, "no answer that tells of it")
            self._lacking[place] = reason
            self.first_refused = self.first_refused or f"{entity.blueprint} {entity.identifier}: {reason}"
        self._taken.clear()
        self._unmatched.clear()
        self._reasons.clear()

    def take_waiting(self) -> list[Entity]:
        """The kept ones, which then count as not sent yet."""
        taken, self.waiting = self.waiting, []
        if taken:
            self.refused = self.unmatched = 0
            self.first_refused = ""
        return taken

    def still_lacking(self, later: "WriteTally") -> dict[str, str]:
        """The identifiers of what Port refused, each with the reason. later: heard after the entry had ended,
        when Ocean sends again what it could not relate.
        """
        return {
            f"{blueprint} {msgspec.json.decode(name)}": reason
            for (blueprint, name), reason in self._lacking.items()
            if not later.has_taken((blueprint, name))
        }

    def has_taken(self, place: EntityKey) -> bool:
        """Whether Port has taken this entity since the last note."""
        return place in self._taken

    def check(self) -> None:
        """Raises WriteError: Port lacks some of what was read."""
        if self.refused:
            raise WriteError(
                f"{self.refused} of {self.refused + self.written} entities were not written; "
                f"the first is {self.first_refused}",
                hint="Correct the mapping or the blueprint. If a relation leads to a later entry's entity, "
                "move that entry up, or set createMissingRelatedEntities: true",
            )

    def hear(self, answer: httpx.Response) -> None:
        """Notes Port's answer to a write, its body read."""
        request = answer.request
        wanted = _WRITES.search(request.url.path)
        if request.method != "POST" or not wanted or wanted.end() < len(request.url.path):
            return
        is_bulk = bool(wanted["bulk"])
        places = [
            (wanted["blueprint"], msgspec.json.encode(sent.identifier))
            for sent in _sent(request.content, is_bulk=is_bulk)
        ]
        # Ocean sends a bulk that is too large again, one by one.
        if answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE and is_bulk:
            return
        if answer.is_error:
            self._reasons |= dict.fromkeys(places, _reason(answer))
        elif not is_bulk:
            self._taken.update(places)
        else:
            told = msgspec.json.decode(answer.content, type=_BulkAnswer)
            self._taken.update(places[taken.index] for taken in told.entities)
            self._reasons |= {
                places[error.index]: str(error.message or error.error)[:_LONGEST_REASON]
                for error in told.errors
            }
            self._unmatched |= {
                places[error.index]
                for error in told.errors
                if error.error == "not_found" and _is_search(places[error.index])
            }


def written_of(attributes: dict[str, Any], index: int) -> WriteTally:
    """The tally of the entry at an index, kept in the resync's own attributes."""
    tallies: dict[int, WriteTally] = attributes.setdefault(_ATTRIBUTE, {})
    return tallies.setdefault(index, WriteTally())


def check_written(attributes: dict[str, Any], index: int, kind: str) -> None:
    """Raises WriteError: Port lacks some of what was read for the entry at an index."""
    tally = written_of(attributes, index)
    if tally.unmatched:
        logger.warning(
            "{}: {} entities were not written, as the search that is their identifier finds none",
            kind,
            tally.unmatched,
        )
    try:
        tally.check()
    except WriteError as error:
        error.at(Place(kind=kind))
        raise


def listen(client: httpx.AsyncClient) -> None:
    """Has each of Port's answers noted in the tally of the entry that is being read."""
    hooks = client.event_hooks["response"]
    if _hear not in hooks:
        hooks.append(_hear)


def current_tally() -> WriteTally | None:
    """The tally of the entry that is being read; None: none is, as where an event of the API comes in."""
    try:
        return written_of(event.attributes, resource.index)
    except (EventContextNotFoundError, ResourceContextNotFoundError):
        return None


async def _hear(answer: httpx.Response) -> None:
    try:
        tally = current_tally() or written_of(event.attributes, LATER)
    except EventContextNotFoundError:
        return
    await answer.aread()
    tally.hear(answer)


def _is_search(place: EntityKey) -> bool:
    return place[1].startswith(b"{")


def _sent(content: bytes, *, is_bulk: bool) -> list[_Sent]:
    if is_bulk:
        return msgspec.json.decode(content, type=_SentBulk).entities
    return [msgspec.json.decode(content, type=_Sent)]


def _reason(answer: httpx.Response) -> str:
    try:
        told = msgspec.json.decode(answer.content, type=_Refusal)
    except msgspec.DecodeError:
        told = _Refusal()
    said = told.message or told.error or answer.text
    return f"status {answer.status_code} {said}"[:_LONGEST_REASON]
