"""The texts of a payload that say what happened: a header, or fields such as `type` and `action`."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from builder.inference.singular import singular
from builder.inference.webhooks.payload import Payload, PayloadObject
from builder.inference.words import split_words
from rest.steps import quoted_key

# The last word of a header or a key that names an event.
_TYPE_WORDS = frozenset(
    {
        *("event", "events", "type", "topic", "action", "kind", "trigger", "operation", "verb", "hook"),
        *("resource", "object", "entity", "model", "op"),
    }
)
# With a word before them that is one of the above: event_name, event_key.
_NAME_WORDS = frozenset({"name", "key", "code"})
# Keys that hold such a word run together: eventtype, webhookevent, changetype.
_RUN_TOGETHER = re.compile(
    r"(webhook|hook|event|change|object|resource|subscription)(type|event|kind|name|action)"
)
# Headers with such a word that describe the delivery, not the event.
_NOT_EVENTS = frozenset(
    {
        *("content", "id", "uuid", "signature", "time", "timestamp", "version", "target", "accept", "user"),
        *("agent", "token", "encoding", "forwarded", "host", "url", "count", "attempt", "retry", "mime"),
    }
)
_LIKE_A_TYPE = re.compile(r"[#@]?[A-Za-z][\w .:/~-]{0,99}")
# Dates, identifiers and URLs.
_NOT_A_TYPE = re.compile(r"\d{4}-\d\d-\d\d|[0-9a-f]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}|://", re.IGNORECASE)
_MAX_WORDS = 8
_MAX_NOUN_LENGTH = 60
_GENERIC = frozenset({"hook", "webhook", "event", "notification", "callback", "message"})
_VERSION = re.compile(r"v?\d+")
DELETIONS = frozenset(
    {
        *("delete", "deleted", "deleting", "deletes", "deletion", "remove", "removed", "removal", "removes"),
        *("destroy", "destroyed", "purge", "purged", "erase", "erased", "trash", "trashed", "deregistered"),
        *("archive", "archived", "unregistered", "decommissioned"),
    }
)
# Verbs in other forms than the past tense, which ends with `ed`.
_ACTIONS = DELETIONS | {
    *("create", "creates", "creation", "update", "updates", "change", "changes", "add", "edit", "modify"),
    *("insert", "upsert", "save", "publish", "open", "close", "reopen", "restore", "start", "finish", "new"),
    *("complete", "fail", "cancel", "activate", "deactivate", "suspend", "unsuspend", "enable", "disable"),
    *("resolve", "acknowledge", "assign", "unassign", "sent", "paid", "won", "lost", "done", "begun"),
    *("modification", "insertion", "rename", "transfer", "approve", "reject", "push", "sync", "built"),
    *("unpublish", "unarchive", "submit", "send", "receive", "revoke", "grant", "expire", "renew"),
    *("schedule", "move", "lock", "unlock"),
}
_NOT_PAST_TENSE = frozenset({"feed", "embed", "seed", "speed", "need", "shed", "breed", "weed", "med", "red"})


@dataclass(frozen=True)
class EventType:
    """A text that says what happened.

    place: jq from the list element that holds it, or from the event. holder: the object that has the field,
    None for a header. key: of the field, or the name of the header.
    """

    text: str
    place: str
    key: str
    holder: PayloadObject | None = None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words in lower case, without a version and a word like `event` at their end."""
        words = [word.lower() for word in split_words(self.text)]
        while words and (words[-1] in _GENERIC or _VERSION.fullmatch(words[-1])):
            words.pop()
        return tuple(words)

    @cached_property
    def action(self) -> str:
        """The verb, "" if there is none: `deleted` in customer.deleted."""
        number = self._action_place
        return "" if number is None else self.words[number]

    @cached_property
    def subject(self) -> tuple[str, ...]:
        """The words that say what the event is about: `customer` in customer.deleted."""
        number = self._action_place
        return self.words if number is None else self.words[:number] or self.words[number + 1 :]

    @property
    def is_deletion(self) -> bool:
        """Whether the event is that something was deleted."""
        return self.action in DELETIONS

    def is_about(self, nouns: frozenset[str]) -> bool:
        """Return whether the subject ends with one of the nouns: issue, but not issue_comment."""
        return _ends_with(self.subject, nouns) or (self._begins_with_action and _ends_with(self.words, nouns))

    def stem_with(self, nouns: frozenset[str]) -> str:
        """Return the text up to the noun, and what separates it from the rest. "" if it does not have it.

        `user.` in user.lifecycle.deactivate, `issue_` in issue_comment, `com.example.order.` in
        com.example.order.stockChanged.
        """
        parts = re.split(r"([.:/])", self.text)
        for number in range(0, len(parts), 2):
            words = re.split(r"([_ -])", parts[number])
            before = "".join(parts[:number])
            for end in range(1, len(words) + 1, 2):
                noun = [word.lower() for word in split_words("".join(words[:end]))]
                if noun and _squashed(noun) in nouns:
                    separator = "".join(words[end : end + 1] or parts[number + 1 : number + 2])
                    return f"{before}{''.join(words[:end])}{separator}"
        return ""

    def nearness(self, nouns: frozenset[str]) -> int:
        """Return 2 if the event is about one of the nouns, 1 if it mentions one, else 0."""
        if not self.subject:
            return 0
        return 2 if self.is_about(nouns) else int(bool(self.stem_with(nouns)))

    @property
    def subject_nouns(self) -> frozenset[str]:
        """What the event may be about: the last word of the subject, and more words before it."""
        words = self.subject
        return frozenset(_squashed(words[number:]) for number in range(len(words)))

    @property
    def pattern(self) -> str:
        """A regular expression for the same text with other verbs, "" if it has no verb.

        `^customer\\.[^\\.]+$` for customer.deleted.
        """
        if not self.action or len(self.words) == 1:
            return ""
        spans = [
            each for each in re.finditer(r"[A-Z]?[a-z]+|[A-Z]+", self.text) if each[0].lower() == self.action
        ]
        if not spans:
            return ""
        before, after = self.text[: spans[-1].start()], self.text[spans[-1].end() :]
        is_last_part = before[-1:] in (".", ":", "/", "_", " ", "-") and not after
        verb = f"[^{re.escape(before[-1])}]+" if is_last_part else "[A-Za-z]+"
        return f"^{re.escape(before)}{verb}{re.escape(after)}$"

    @property
    def _begins_with_action(self) -> bool:
        return self._action_place == 0

    @cached_property
    def _action_place(self) -> int | None:
        """The verb's place. In the middle, only the past tense is one: `merge_request` has no verb."""
        words = self.words
        if not words:
            return None
        if _is_action(words[-1]):
            return len(words) - 1
        past = [number for number, word in enumerate(words[1:], 1) if _is_past_tense(word)]
        if past:
            return past[0]
        return 0 if _is_action(words[0]) else None


def outer_types(payload: Payload) -> list[EventType]:
    """Return the headers and the parameters of the URL that name an event: X-GitHub-Event."""
    places = [("headers", payload.headers), ("query", payload.query)]
    return [
        EventType(text, f".{place}[{json.dumps(name)}]", name)
        for place, pairs in places
        for name, text in pairs.items()
        if _names_a_type(name, is_header=True) and _is_type(text)
    ]


def naming_types(
    payload: Payload, objects: Sequence[PayloadObject], nouns: frozenset[str]
) -> list[EventType]:
    """Return other fields whose text is one of the nouns, whatever their name: `table: "incident"`."""
    found = [EventType(text, f".query[{json.dumps(name)}]", name) for name, text in payload.query.items()]
    found += [
        EventType(value, f"{holder.inner_place}{quoted_key(key)}", key, holder)
        for holder in objects
        for key, value in holder.scalars()
        if isinstance(value, str) and len(value) <= _MAX_NOUN_LENGTH
    ]
    return [each for each in found if _squashed(each.words) in nouns]


def body_types(objects: Sequence[PayloadObject]) -> list[EventType]:
    """Return the fields that may name an event, those of outer objects first."""
    return [found for each in objects for found in _types_in(each)]


def _types_in(holder: PayloadObject) -> Iterator[EventType]:
    for key, value in holder.scalars():
        if isinstance(value, str) and _names_a_type(key, is_header=False) and _is_type(value):
            yield EventType(value, f"{holder.inner_place}{quoted_key(key)}", key, holder)


def _names_a_type(name: str, *, is_header: bool) -> bool:
    words = [word.lower() for word in split_words(name)]
    if not words or (is_header and not _NOT_EVENTS.isdisjoint(words)):
        return False
    is_named = words[-1] in _NAME_WORDS and words[-2:-1] in (["event"], ["action"])
    is_run_together = _RUN_TOGETHER.fullmatch("".join(words)) is not None
    return words[-1] in _TYPE_WORDS or is_named or is_run_together


def _is_type(text: str) -> bool:
    is_short = _LIKE_A_TYPE.fullmatch(text) is not None and len(text.split()) <= _MAX_WORDS
    return is_short and not _NOT_A_TYPE.search(text)


def _is_action(word: str) -> bool:
    return word in _ACTIONS or _is_past_tense(word)


def _is_past_tense(word: str) -> bool:
    return word.endswith("ed") and len(word) > 4 and word not in _NOT_PAST_TENSE


def _ends_with(words: Sequence[str], nouns: frozenset[str]) -> bool:
    return any(_squashed(words[number:]) in nouns for number in range(len(words)))


def _squashed(words: Sequence[str]) -> str:
    return "".join([*words[:-1], singular(words[-1])]) if words else ""
