"""The judgement on a kind: was this everything? Complete by proofs, or doubtful, each doubt with its name."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from loguru import logger

from rest.doubts import DoubtName
from rest.errors import DoubtError, SyncError

_MOST_PROOFS = 3
_MOST_WARNED = 5


@dataclass(slots=True)
class _Seen:
    """What one doubt rests on: how often, and the first time."""

    first: SyncError
    count: int = 1


class Verdict:
    """Collects what speaks for and against the completeness of one kind.

    accepted: the doubts that the user takes on: they are warnings.
    """

    def __init__(self, accepted: Iterable[DoubtName] = ()) -> None:
        self._accepted = frozenset(accepted)
        self._doubts: dict[DoubtName, _Seen] = {}
        self._taken_on: Counter[DoubtName] = Counter()
        self._proofs: Counter[str] = Counter()
        self._without_list: dict[object, list[SyncError]] = {}
        self.pages = 0

    def accepts(self, error: SyncError) -> bool:
        """True where the user takes on what an error stands for; it is then noted, and warned of."""
        if not error.doubt or error.doubt not in self._accepted:
            return False
        self._taken_on[error.doubt] += 1
        if self._taken_on[error.doubt] <= _MOST_WARNED:
            logger.warning("{} (accepted: {})", error.summary, error.doubt)
        return True

    def doubt(self, error: SyncError) -> None:
        """Something speaks against completeness; the reading goes on."""
        if not error.doubt or self.accepts(error):
            return
        seen = self._doubts.get(error.doubt)
        if seen:
            seen.count += 1
        else:
            self._doubts[error.doubt] = _Seen(error)

    def doubt_where_lists_are(self, template: object, error: SyncError) -> None:
        """The same, if other answers of this template turn out to have a list."""
        self._without_list.setdefault(template, []).append(error)

    def lists_are(self, template: object) -> None:
        """An answer of this template has a list."""
        for error in self._without_list.pop(template, []):
            self.doubt(error)

    def proven(self, words: str) -> None:
        """One listing has ended, and this shows that it was read whole."""
        self._proofs[words] += 1

    @property
    def errors(self) -> list[SyncError]:
        """One for each doubt: the first time that it came up, and how often it did."""
        return [_told(seen) for seen in self._doubts.values()]

    @property
    def doubts(self) -> tuple[DoubtName, ...]:
        """The doubts that nobody has taken on."""
        return tuple(self._doubts)

    @property
    def words(self) -> str:
        """complete: total 250 reached."""
        if self._doubts:
            return f"doubtful: {', '.join(self._doubts)}"
        proofs = self._proofs.most_common(_MOST_PROOFS)
        if len(self._proofs) == 1:
            told = proofs[0][0]
        else:
            told = ", ".join(f"{count} times {words}" if count > 1 else words for words, count in proofs)
            told += ", and others" if len(self._proofs) > len(proofs) else ""
        accepted = f"; accepted: {', '.join(self._taken_on)}" if self._taken_on else ""
        return f"complete: {told or 'nothing to read'}{accepted}"


def _told(seen: _Seen) -> SyncError:
    if seen.count == 1:
        return seen.first
    first = seen.first
    return DoubtError(first.what, hint=first.hint, doubt=first.doubt, place=first.place, times=seen.count)
