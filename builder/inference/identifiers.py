"""What can tell the items apart: a field, or fields put together, as Port's identifier wants it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from builder.inference.candidates import Candidate, Rank, candidates_of, made_legal, tell_apart
from builder.inference.columns import Column, path_of
from builder.inference.mending import AS_TEXT, ILLEGAL_TO_UNDERSCORE, null_safe
from builder.inference.naming import Keys
from builder.inference.resource_names import ResourceName
from builder.inference.words import plain

_MOST = 5
_MOST_TO_COMBINE = 10
# What an item belongs to, with which its own number or name is unique.
_PARENTS = frozenset(
    {
        "project",
        "repository",
        "repo",
        "namespace",
        "org",
        "organization",
        "owner",
        "region",
        "parent",
        "group",
    }
)
# How well a field does as a part; the less the better.
_AS_PART = {
    **dict.fromkeys(Rank, 4),
    Rank.OTHER_ID: 2,
    Rank.NUMBER: 2,
    Rank.NAME: 5,
    Rank.TEXT: 6,
    Rank.TITLE: 20,
    Rank.ADDRESS: 30,
}
_TIME_AS_PART, _NESTED_AS_PART = 8, 3


@dataclass(frozen=True, slots=True)
class FoundIdentifier:
    """jq that gives each item an identifier of its own, which Port takes; null where the item lacks it.

    A number stays one: the integration makes text of it, with all its digits, where `tostring` would make
    the text "null" of a missing one.
    keys: the paths that it is made of. is_local: it may repeat under another parent, as a number does.
    is_legal: nothing had to be replaced. why: what speaks for it, in words.
    """

    expression: str
    why: str
    keys: tuple[Keys, ...] = ()
    is_local: bool = False
    is_legal: bool = True


def identifiers_found(columns: Sequence[Column], name: ResourceName) -> list[FoundIdentifier]:
    """The best first, at most five; empty where nothing tells the items apart.

    columns: of items that are all different. name: what they are called.
    """
    candidates = candidates_of(columns, name)
    single = [each for each in candidates if _is_unique(each)]
    named = [each for each in single if not each.nested and each.rank <= Rank.OTHER_ID]
    found = [_of_one(each) for each in named]
    if not found:
        found += map(
            _of_many, filter(_is_telling, _combined([each for each in candidates if not each.nested]))
        )
    found += [_of_one(each) for each in single if each not in named]
    return found[:_MOST] or [_of_many(parts) for parts in _combined(candidates)[:_MOST]]


def joined(paths: Sequence[str], *, is_legal: bool) -> str:
    """jq that puts values together with a dash, null where one of them is missing."""
    mend = "" if is_legal else f" | {ILLEGAL_TO_UNDERSCORE}"
    return f'[{", ".join(paths)}] | if any(. == null) then null else map(tostring) | join("-"){mend} end'


def _is_unique(candidate: Candidate) -> bool:
    if candidate.is_time or (candidate.rank == Rank.TEXT and not candidate.is_like_a_name):
        return False
    texts = candidate.texts
    return tell_apart(texts if candidate.is_legal else map(made_legal, texts))


def _of_one(candidate: Candidate) -> FoundIdentifier:
    column = candidate.column
    steps: list[str] = []
    if not candidate.is_legal:
        is_text = all(isinstance(value, str) for value in column.values)
        steps = [ILLEGAL_TO_UNDERSCORE if is_text else f"{AS_TEXT} | {ILLEGAL_TO_UNDERSCORE}"]
    return FoundIdentifier(
        null_safe(column.path, steps),
        _why(candidate),
        (column.keys,),
        is_local=candidate.rank >= Rank.LOCAL,
        is_legal=candidate.is_legal,
    )


def _why(candidate: Candidate) -> str:
    count = len(candidate.texts)
    path = path_of(candidate.column.keys)
    unique = f"each of the {count} items has its own {path}" if count > 1 else f"the one item has {path}"
    return unique if candidate.is_legal else f"{unique}, and what Port does not take becomes an underscore"


def _combined(candidates: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """Two fields, else three, that together tell the items apart; the best first."""
    usable = sorted(candidates, key=_as_part)[:_MOST_TO_COMBINE]
    for size in (2, 3):
        ranked = sorted(combinations(usable, size), key=lambda parts: sum(map(_as_part, parts)))
        if found := [parts for parts in ranked if tell_apart(_joined_texts(parts))]:
            return found
    return []


def _is_telling(parts: Sequence[Candidate]) -> bool:
    """True when the names speak for it too: a project and a number, rather than any two texts."""
    return any(_is_parent(part) or part.rank <= Rank.NAME for part in parts) and not any(
        part.is_time for part in parts
    )


def _as_part(candidate: Candidate) -> int:
    if _is_parent(candidate):
        return 1
    weight = _TIME_AS_PART if candidate.is_time else _AS_PART[candidate.rank]
    return weight + _NESTED_AS_PART * candidate.nested


def _is_parent(candidate: Candidate) -> bool:
    return not _PARENTS.isdisjoint(plain(key) for key in candidate.column.keys)


def _joined_texts(parts: Sequence[Candidate]) -> Iterator[str]:
    return (made_legal("-".join(texts)) for texts in zip(*(part.texts for part in parts), strict=True))


def _of_many(parts: Sequence[Candidate]) -> FoundIdentifier:
    # What it belongs to comes first, then the kind of thing, then the number: shop-17.
    ordered = sorted(parts, key=lambda part: (not _is_parent(part), part.is_time, -part.rank))
    is_legal = all(part.is_legal for part in parts)
    together = " and ".join(path_of(part.column.keys) for part in ordered)
    return FoundIdentifier(
        joined([part.column.path for part in ordered], is_legal=is_legal),
        f"no field alone tells the items apart, {together} together do",
        tuple(part.column.keys for part in ordered),
        is_local=True,
        is_legal=is_legal,
    )
