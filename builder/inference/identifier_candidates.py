"""Fields that may serve as the identifier of an item, ranked by name."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from builder.inference.identifier_names import NameRank, is_other_id, rank_of_name
from builder.inference.property_names import Keys
from builder.inference.secret_fields import is_secret
from builder.inference.times import detect_epoch, detect_notation, is_time_name
from builder.inference.value_columns import ValueColumn
from builder.inference.words import split_words, squash_name
from builder.inference.wrappers import Wrappers
from rest.request import text_of

_MAX_LENGTH = 200
_MAX_NESTING = 2
_LEGAL = re.compile(r"[A-Za-z0-9@_.+:/=-]*")
_MAYBE_ILLEGAL_CHARACTER = re.compile(r"[^A-Za-z0-9@_.+:/=-]")
# An id such as `production`, which other parents probably have as well.
_PLAIN_WORDS = re.compile(r"[a-z]{1,20}([-_. ][a-z]{1,20}){0,3}")
# Fewer distinct texts are unique by chance.
_MIN_TEXTS, _MIN_CODES, _MIN_REFERENCES = 5, 3, 3
# Seconds since 1970 with a fraction, as text: Slack addresses its messages by such a `ts`.
_TIMESTAMP = re.compile(r"[12]\d{9}\.\d{3,9}", re.ASCII)
# Names of the only value of an object, as in XML turned into JSON.
_VALUE_NAMES = frozenset({"value", "oid", "t", "text", ""})
_NUMBER = re.compile(r"[-+]?[\d.,]+%?")
# Objects of identifiers: Trakt's {"ids": {"trakt": 1, "slug": "tron", "imdb": "tt1"}}.
_ID_OBJECTS = frozenset({"ids", "identifiers"})
# The serial number of a DNS zone changes with each edit: a date with a counter (RFC 1912 §2.2), or an epoch.
_ZONE_SERIAL = re.compile(r"[12]\d{9}", re.ASCII)
# Fields that tell the items of one parent apart: the versions of a package, the translations of a text.
_KEYS_UNDER_A_PARENT = frozenset({"version", "versionnormalized", "language", "lang", "locale", "country"})
# Values with these names differ over all parents. The others may repeat under another parent.
_GLOBAL_RANKS = frozenset(
    {
        *(NameRank.ID, NameRank.UUID, NameRank.OWN_ID, NameRank.CODE, NameRank.HASH, NameRank.SELF),
        NameRank.ADDRESS,
    }
)
# Fields whose values describe an item. If they differ in a sample, they do so by chance.
_DESCRIPTIVE_WORDS = frozenset(
    {
        *("type", "status", "state", "kind", "level", "priority", "severity", "category", "mode", "role"),
        *("phase", "stage", "policy", "set", "reason", "message", "description", "text", "body", "note"),
        *("comment", "summary", "content", "value", "price", "amount", "total", "version", "color", "event"),
        *("result", "outcome", "source", "action", "method", "language", "model", "size", "unit", "title"),
        *("avatar", "image", "icon", "logo", "photo", "condition", "query", "region", "zone"),
    }
)

# Fields that complete a natural key, such as the type of a DNS record and the version of a package.
_QUALIFIERS = frozenset(
    {
        *("type", "kind", "class", "version", "region", "zone", "locale", "language", "lang", "platform"),
        *("arch", "architecture", "environment", "env", "scope", "protocol", "port", "revision", "locations"),
        *("location", "provider", "channel", "currency", "edition", "format", "ecosystem", "os", "namespace"),
    }
)
_MAX_QUALIFIER_LENGTH = 60


@dataclass(frozen=True, slots=True)
class ItemGroups:
    """For each item, its parents' values as one text, and the number of its content.

    Items with the same number are equal: the same thing under several parents, or sent twice.
    """

    parents: Sequence[str]
    contents: Sequence[int]


@dataclass(frozen=True, slots=True)
class IdentifierCandidate:
    """A field with a value in every item.

    texts: the value of each item as identifier text. is_legal: Port accepts all values unchanged, and other
    items are unlikely to have illegal ones. nested: the number of other entities' objects around the field.
    is_time: the values are times, so they are unique only by chance. is_local: the values may repeat under
    another parent. own_rank: the rank of the name within its object.
    """

    column: ValueColumn = field(repr=False)
    texts: Sequence[str] = field(repr=False)
    rank: NameRank
    is_legal: bool
    nested: int = 0
    is_time: bool = False
    is_local: bool = False
    own_rank: NameRank = NameRank.ID

    @property
    def is_descriptive(self) -> bool:
        """True for a status, a date, a measurement or a sentence, which is unique only by chance."""
        if self.rank is NameRank.TIMESTAMP:
            return False
        if self.rank is not NameRank.TEXT:
            return self.is_time
        name = self.column.keys[-1]
        words = {word.lower() for word in split_words(name)}
        if self.is_time or is_time_name(name) or not words.isdisjoint(_DESCRIPTIVE_WORDS):
            return True
        are_texts = all(isinstance(value, str) and " " not in value for value in self.column.values)
        return not are_texts or all(map(_NUMBER.fullmatch, self.texts))

    @property
    def is_qualifier(self) -> bool:
        """True for a short word with a name such as type or region, which tells apart items of one name."""
        words = split_words(self.column.keys[-1])
        if self.nested or not words or words[-1].lower() not in _QUALIFIERS:
            return False
        return all(" " not in text and len(text) <= _MAX_QUALIFIER_LENGTH for text in self.texts)

    @property
    def is_key_under_a_parent(self) -> bool:
        """True for a version or a language, of which a parent has each only once."""
        return not self.nested and squash_name(self.column.keys[-1]) in _KEYS_UNDER_A_PARENT

    @property
    def has_evidence(self) -> bool:
        """True if there are enough items for a field that only its values suggest."""
        count = len(set(self.texts))
        match self.rank:
            case NameRank.TEXT:
                are_codes = all(any(map(str.isdigit, text)) for text in self.texts)
                return count >= (_MIN_CODES if are_codes else _MIN_TEXTS)
            case NameRank.OTHER_ID | NameRank.TIMESTAMP:
                return count >= _MIN_REFERENCES
            case NameRank.TITLE | NameRank.ADDRESS:
                return count > 1
        return True

    @property
    def is_doubtful(self) -> bool:
        """True if the name alone does not say that the field identifies an item."""
        return self.rank > NameRank.HASH or (self.rank >= NameRank.LOGIN and len(self.texts) == 1)


def find_candidates(
    columns: Iterable[ValueColumn], nouns: frozenset[str], wrappers: Wrappers
) -> list[IdentifierCandidate]:
    """Return the fields that every item has, the best first.

    nouns: what the items are called, in lower case without separators.
    """
    all_columns = list(columns)
    candidates = [candidate for column in all_columns if (candidate := _candidate(column, nouns, wrappers))]
    if [column.keys for column in all_columns] == [("value",)]:  # the items are scalars without field names
        candidates = [replace(each, rank=NameRank.NAME, is_legal=False, is_local=True) for each in candidates]
    candidates = [_as_own_id(each, all_columns) for each in candidates]
    # Jenkins: the id of a build is its number, which the builds of every job have.
    numbers = [each.texts for each in candidates if each.rank is NameRank.NUMBER and not each.nested]
    candidates = [replace(each, is_local=True) if each.texts in numbers else each for each in candidates]
    return sorted(candidates, key=lambda each: (each.nested, each.rank, each.own_rank, len(each.column.keys)))


def _as_own_id(candidate: IdentifierCandidate, columns: Sequence[ValueColumn]) -> IdentifierCandidate:
    """Return Zabbix's `hostid` as the item's own id: the first field, and the only one named like an id."""
    is_one_word = len(split_words(candidate.column.keys[-1])) == 1
    is_first = candidate.column.keys == columns[0].keys
    if candidate.rank is not NameRank.OTHER_ID or not is_first or not is_one_word:
        return candidate
    names = [column.keys[0] for column in columns if len(column.keys) == 1]
    ids = [name for name in names if rank_of_name(name, frozenset()) <= NameRank.CODE or is_other_id(name)]
    return replace(candidate, rank=NameRank.OWN_ID, own_rank=NameRank.OWN_ID) if len(ids) == 1 else candidate


def replace_illegal(text: str) -> str:
    """Replace the characters that Port rejects, as ILLEGAL_TO_UNDERSCORE does in jq."""
    return _MAYBE_ILLEGAL_CHARACTER.sub(lambda match: match[0] if _is_letter(match[0]) else "_", text)


def _is_legal(text: str) -> bool:
    return text not in (".", "..") and (
        _LEGAL.fullmatch(text) is not None or all(map(_is_letter, _MAYBE_ILLEGAL_CHARACTER.findall(text)))
    )


def _is_letter(char: str) -> bool:
    """True for a letter outside ASCII. The pattern already allows ASCII letters."""
    return not char.isascii() and char.isalpha()


def are_unique(texts: Iterable[str]) -> bool:
    """True when all texts differ and Port accepts each of them."""
    seen = {"", ".", ".."}
    for text in texts:
        if text in seen:
            return False
        seen.add(text)
    return True


def _candidate(column: ValueColumn, nouns: frozenset[str], wrappers: Wrappers) -> IdentifierCandidate | None:
    outer = [key for key in wrappers.outer(column.keys) if squash_name(key) not in nouns | _ID_OBJECTS]
    is_self = len(outer) == 2 and squash_name(outer[-1]) == "self" and squash_name(column.keys[-1]) == "href"
    nested = 0 if is_self else len(outer)
    if nested > _MAX_NESTING or not set(column.types) <= {str, int} or not _is_in_all_items(column, nouns):
        return None
    texts = [text_of(value) for value in column.values]
    if not texts or max(map(len, texts)) > _MAX_LENGTH or is_secret(column):
        return None
    name_rank = rank_of_name(_own_key(column.keys), nouns)
    if len(column.keys) > 1 and squash_name(column.keys[-2]) in _ID_OBJECTS:
        name_rank = min(name_rank, NameRank.OWN_ID)
    if set(column.types) == {int} and name_rank is NameRank.CODE and all(map(_ZONE_SERIAL.fullmatch, texts)):
        name_rank = NameRank.TEXT
    own_rank = _rank_of_values(texts, name_rank)
    rank = own_rank
    if wrappers.subject and column.keys[0] == wrappers.subject:
        rank = NameRank.SUBJECT if own_rank <= NameRank.PATH else max(own_rank, NameRank.OTHER_ID)
    is_legal = own_rank not in (NameRank.NAME, NameRank.TITLE) and all(map(_is_legal, texts))
    is_plain = rank in (NameRank.ID, NameRank.OWN_ID) and all(map(_PLAIN_WORDS.fullmatch, texts))
    is_local = rank not in _GLOBAL_RANKS or is_plain
    return IdentifierCandidate(column, texts, rank, is_legal, nested, _is_time(column), is_local, own_rank)


def _is_in_all_items(column: ValueColumn, nouns: frozenset[str]) -> bool:
    """Return whether every item has a value. A name may be empty: that of the apex of a DNS zone is."""
    if column.is_complete:
        return True
    is_name = len(column.keys) == 1 and rank_of_name(column.keys[0], nouns) is NameRank.NAME
    return is_name and len(column.values) == column.items and any(column.values) and None not in column.values


def _own_key(keys: Keys) -> str:
    """Return the name of a field, `id` for `.id.value`, `._id."$oid"` and `.id."$t"`."""
    is_wrapped = len(keys) > 1 and squash_name(keys[-2]) == "id" and squash_name(keys[-1]) in _VALUE_NAMES
    return keys[-2] if is_wrapped else keys[-1]


def _rank_of_values(texts: Sequence[str], rank: NameRank) -> NameRank:
    """Return the rank of a field whose values may say more than its name."""
    if rank in (NameRank.TEXT, NameRank.NUMBER) and all(map(_TIMESTAMP.fullmatch, texts)):
        return NameRank.TIMESTAMP
    if rank is NameRank.TEXT and all(text.startswith(("http://", "https://")) for text in texts):
        return NameRank.ADDRESS
    # Google's full resource names: projects/p1/topics/t1.
    segments = {tuple(text.split("/")[0:3:2]) if text.count("/") >= 3 else () for text in texts}
    is_full_name = rank is NameRank.NAME and len(segments) == 1 and () not in segments
    return NameRank.CODE if is_full_name else rank


def _is_time(column: ValueColumn) -> bool:
    numbers = [value for value in column.values if isinstance(value, int)]
    texts = {value for value in column.values if isinstance(value, str)}
    return bool(detect_epoch(column.keys[-1], numbers) or detect_notation(texts))
