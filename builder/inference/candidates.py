"""Fields that may tell items apart, and how sure their names make one of it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from builder.inference.columns import Column
from builder.inference.naming import WRAPPERS, Keys
from builder.inference.resource_names import ResourceName, plain_name
from builder.inference.times import epoch_of, writing_of
from builder.inference.words import plain, words_of
from rest.request import text_of

_LONGEST = 200
_DEEPEST = 2
_LEGAL = re.compile(r"[A-Za-z0-9@_.+:/=-]*")
_MAYBE_ILLEGAL = re.compile(r"[^A-Za-z0-9@_.+:/=-]")
# Say where the fields of the item itself are, and not those of what it belongs to.
_OWN = WRAPPERS | {"metadata", "meta", "sys", "data", "info", "details"}


class Rank(IntEnum):
    """By its name, the surest first. From LOCAL on it may repeat under another parent; from NAME on it is
    made for people, and holds what people write.
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


_NAMES = {
    "id": Rank.ID,
    **dict.fromkeys(("uuid", "guid", "identifier", "uid", "oid", "objectid"), Rank.UUID),
    "key": Rank.KEY,
    **dict.fromkeys(("sid", "urn", "arn", "sha", "descriptor", "fingerprint"), Rank.CODE),
    **dict.fromkeys(("slug", "fullname", "fullpath", "pathwithnamespace", "namewithowner"), Rank.LOCAL),
    **dict.fromkeys(("fqdn", "hostname", "handle", "domain"), Rank.LOCAL),
    **dict.fromkeys(("number", "iid", "code", "ref", "no", "nr"), Rank.NUMBER),
    **dict.fromkeys(("login", "username", "userprincipalname", "email"), Rank.LOGIN),
    "name": Rank.NAME,
    **dict.fromkeys(("title", "label", "displayname", "path"), Rank.TITLE),
}
_IDS = frozenset({"id", "key", "uuid", "guid", "sid"})
_ADDRESSES = frozenset({"url", "uri", "href", "self", "link"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A field that every item has.

    texts: one for each item, as an identifier would be. is_legal: Port takes each as it is, and no other is
    to be expected. nested: how many objects of others it is in. is_time: it is unique by chance alone.
    """

    column: Column = field(repr=False)
    texts: Sequence[str] = field(repr=False)
    rank: Rank
    is_legal: bool
    nested: int = 0
    is_time: bool = False

    @property
    def is_like_a_name(self) -> bool:
        """Text without a space: a measure, or a sentence, is unique by chance."""
        are_texts = all(isinstance(value, str) for value in self.column.values)
        return are_texts and not any(" " in text for text in self.texts)


def candidates_of(columns: Iterable[Column], name: ResourceName) -> list[Candidate]:
    """The fields that every item has, the surest first; name: what the items are called."""
    listed = list(columns)
    found = [candidate for column in listed if (candidate := _candidate(column, name))]
    if [column.keys for column in listed] == [("value",)]:  # of scalars, which have no names
        found = [replace(each, rank=Rank.NAME, is_legal=False) for each in found]
    return sorted(found, key=lambda candidate: (candidate.nested, candidate.rank))


def made_legal(text: str) -> str:
    """The text as the jq of this package makes it legal."""
    return _MAYBE_ILLEGAL.sub(lambda found: found[0] if _is_letter(found[0]) else "_", text)


def _is_legal(text: str) -> bool:
    return text not in (".", "..") and (
        _LEGAL.fullmatch(text) is not None or all(map(_is_letter, _MAYBE_ILLEGAL.findall(text)))
    )


def _is_letter(char: str) -> bool:
    """One beyond ASCII, which has its own."""
    return not char.isascii() and char.isalpha()


def tell_apart(texts: Iterable[str]) -> bool:
    """True when no two are the same, and none is one that Port never takes."""
    listed = list(texts)
    return len(set(listed)) == len(listed) and not {"", ".", ".."} & set(listed)


def _candidate(column: Column, name: ResourceName) -> Candidate | None:
    resource = plain_name(name.identifier)
    nested = sum(1 for key in column.keys[:-1] if key not in _OWN and plain(key) != resource)
    if nested > _DEEPEST or not set(column.types) <= {str, int} or not column.is_complete:
        return None
    texts = [text_of(value) for value in column.values]
    if not texts or max(map(len, texts)) > _LONGEST:
        return None
    rank = _rank(column.keys, resource)
    is_legal = not Rank.NAME <= rank <= Rank.TITLE and all(map(_is_legal, texts))
    return Candidate(column, texts, rank, is_legal, nested, _is_time(column))


def _is_time(column: Column) -> bool:
    numbers = [value for value in column.values if isinstance(value, int)]
    texts = {value for value in column.values if isinstance(value, str)}
    return bool(epoch_of(column.keys[-1], numbers) or writing_of(texts))


def _rank(keys: Keys, resource: str) -> Rank:
    name = plain(keys[-1])
    if name in set(_own_names(resource)):
        return Rank.OWN_ID
    if name in (f"{resource}name", f"{resource}slug"):
        return Rank.NAME
    if name in _NAMES:
        return _NAMES[name]
    last = (words_of(keys[-1]) or [""])[-1].lower()
    if last in _IDS:
        return Rank.OTHER_ID
    return Rank.ADDRESS if last in _ADDRESSES else Rank.TEXT


def _own_names(resource: str) -> Iterator[str]:
    return (resource + end for end in ("id", "uuid", "key", "identifier", "number"))
