"""Fields that may serve as the identifier of an item, ranked by name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from builder.inference.property_names import WRAPPERS, Keys
from builder.inference.resource_names import ResourceName, squash_resource_name
from builder.inference.times import detect_epoch, detect_notation
from builder.inference.value_columns import ValueColumn
from builder.inference.words import split_words, squash_name
from rest.request import text_of

_MAX_LENGTH = 200
_MAX_NESTING = 2
_LEGAL = re.compile(r"[A-Za-z0-9@_.+:/=-]*")
_MAYBE_ILLEGAL_CHARACTER = re.compile(r"[^A-Za-z0-9@_.+:/=-]")
# Objects with these names hold fields of the item itself, not of another entity.
_ITEM_WRAPPERS = WRAPPERS | {"metadata", "meta", "sys", "data", "info", "details"}


class NameRank(IntEnum):
    """How strongly a field's name suggests an identifier, the strongest first.

    Values of LOCAL and below may repeat under another parent. Values of NAME and below are free text.
    """

    ID = 0
    UUID = 1
    OWN_ID = 2
    KEY = 3
    CODE = 4
    LOCAL = 5
    NUMBER = 6
    LOGIN = 7
    NAME = 8
    TITLE = 9
    OTHER_ID = 10
    TEXT = 11
    ADDRESS = 12


_RANK_BY_NAME = {
    "id": NameRank.ID,
    **dict.fromkeys(("uuid", "guid", "identifier", "uid", "oid", "objectid"), NameRank.UUID),
    "key": NameRank.KEY,
    **dict.fromkeys(("sid", "urn", "arn", "sha", "descriptor", "fingerprint"), NameRank.CODE),
    **dict.fromkeys(("slug", "fullname", "fullpath", "pathwithnamespace", "namewithowner"), NameRank.LOCAL),
    **dict.fromkeys(("fqdn", "hostname", "handle", "domain"), NameRank.LOCAL),
    **dict.fromkeys(("number", "iid", "code", "ref", "no", "nr"), NameRank.NUMBER),
    **dict.fromkeys(("login", "username", "userprincipalname", "email"), NameRank.LOGIN),
    "name": NameRank.NAME,
    **dict.fromkeys(("title", "label", "displayname", "path"), NameRank.TITLE),
}
_ID_SUFFIXES = frozenset({"id", "key", "uuid", "guid", "sid"})
_URL_SUFFIXES = frozenset({"url", "uri", "href", "self", "link"})


@dataclass(frozen=True, slots=True)
class IdentifierCandidate:
    """A field with a value in every item.

    texts: the value of each item as identifier text. is_legal: Port accepts all values unchanged, and other
    items are unlikely to have illegal ones. nested: the number of other entities' objects around the field.
    is_time: the values are times, so they are unique only by chance.
    """

    column: ValueColumn = field(repr=False)
    texts: Sequence[str] = field(repr=False)
    rank: NameRank
    is_legal: bool
    nested: int = 0
    is_time: bool = False

    @property
    def is_single_word_text(self) -> bool:
        """True for text without spaces. Measurements and sentences are unique only by chance."""
        are_texts = all(isinstance(value, str) for value in self.column.values)
        return are_texts and not any(" " in text for text in self.texts)


def find_candidates(columns: Iterable[ValueColumn], name: ResourceName) -> list[IdentifierCandidate]:
    """Return the fields that every item has, the best first. name: the resource name of the items."""
    all_columns = list(columns)
    candidates = [candidate for column in all_columns if (candidate := _candidate(column, name))]
    if [column.keys for column in all_columns] == [("value",)]:  # the items are scalars without field names
        candidates = [replace(each, rank=NameRank.NAME, is_legal=False) for each in candidates]
    return sorted(candidates, key=lambda candidate: (candidate.nested, candidate.rank))


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
    values = list(texts)
    return len(set(values)) == len(values) and not {"", ".", ".."} & set(values)


def _candidate(column: ValueColumn, name: ResourceName) -> IdentifierCandidate | None:
    resource = squash_resource_name(name.identifier)
    nested = sum(1 for key in column.keys[:-1] if key not in _ITEM_WRAPPERS and squash_name(key) != resource)
    if nested > _MAX_NESTING or not set(column.types) <= {str, int} or not column.is_complete:
        return None
    texts = [text_of(value) for value in column.values]
    if not texts or max(map(len, texts)) > _MAX_LENGTH:
        return None
    rank = _rank(column.keys, resource)
    is_legal = not NameRank.NAME <= rank <= NameRank.TITLE and all(map(_is_legal, texts))
    return IdentifierCandidate(column, texts, rank, is_legal, nested, _is_time(column))


def _is_time(column: ValueColumn) -> bool:
    numbers = [value for value in column.values if isinstance(value, int)]
    texts = {value for value in column.values if isinstance(value, str)}
    return bool(detect_epoch(column.keys[-1], numbers) or detect_notation(texts))


def _rank(keys: Keys, resource: str) -> NameRank:
    name = squash_name(keys[-1])
    if name in set(_own_names(resource)):
        return NameRank.OWN_ID
    if name in (f"{resource}name", f"{resource}slug"):
        return NameRank.NAME
    if name in _RANK_BY_NAME:
        return _RANK_BY_NAME[name]
    last = (split_words(keys[-1]) or [""])[-1].lower()
    if last in _ID_SUFFIXES:
        return NameRank.OTHER_ID
    return NameRank.ADDRESS if last in _URL_SUFFIXES else NameRank.TEXT


def _own_names(resource: str) -> Iterator[str]:
    return (resource + end for end in ("id", "uuid", "key", "identifier", "number"))
