"""The verdict on a kind: complete, with proofs, or doubtful, with the names of the doubts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from loguru import logger

from rest.doubts import DoubtName
from rest.errors import DoubtError, SyncError
from rest.response import Response

_MOST_PROOFS = 3
_MOST_WARNED = 5


@dataclass(slots=True)
class _Occurrences:
    """The first occurrence of a doubt, and how often it occurred."""

    first: SyncError
    count: int = 1


class Verdict:
    """Collects proofs of and doubts about the completeness of one kind.

    accepted: doubts that the user accepts. They are only warnings.
    pages: how many were read. confirmed: how many of them a 304 confirmed, which saved so many bytes.
    """

    def __init__(self, accepted: Iterable[DoubtName] = ()) -> None:
        self._accepted = frozenset(accepted)
        self._doubts: dict[DoubtName, _Occurrences] = {}
        self._accepted_counts: Counter[DoubtName] = Counter()
        self._proofs: Counter[str] = Counter()
        self._without_list: dict[object, list[SyncError]] = {}
        self.pages = 0
        self.confirmed = 0
        self.saved_bytes = 0

    def accepts(self, error: SyncError) -> bool:
        """Tell whether the user accepts the doubt of an error, and if so, log it as a warning."""
        if not error.doubt or error.doubt not in self._accepted:
            return False
        self._accepted_counts[error.doubt] += 1
        if self._accepted_counts[error.doubt] <= _MOST_WARNED:
            logger.warning("{} (accepted: {})", error.summary, error.doubt)
        return True

    def doubt(self, error: SyncError) -> None:
        """Note a doubt. Reading goes on."""
        if not error.doubt or self.accepts(error):
            return
        seen = self._doubts.get(error.doubt)
        if seen:
            seen.count += 1
        else:
            self._doubts[error.doubt] = _Occurrences(error)

    def doubt_where_lists_are(self, template: object, error: SyncError) -> None:
        """Note a doubt that counts only if another response of this template has a list."""
        self._without_list.setdefault(template, []).append(error)

    def lists_are(self, template: object) -> None:
        """Note that a response of this template has a list."""
        for error in self._without_list.pop(template, []):
            self.doubt(error)

    def count_page(self, response: Response) -> None:
        """Count a page that was read."""
        self.pages += 1
        if response.kept and response.kept.saved_bytes is not None:
            self.confirmed += 1
            self.saved_bytes += response.kept.saved_bytes

    def proven(self, words: str) -> None:
        """Note what proves that one listing is complete."""
        self._proofs[words] += 1

    @property
    def doubt_count(self) -> int:
        """Return how many doubts were noted that are not accepted."""
        return sum(seen.count for seen in self._doubts.values())

    @property
    def errors(self) -> list[SyncError]:
        """Return one error for each doubt: its first occurrence, with the count."""
        return [_told(seen) for seen in self._doubts.values()]

    @property
    def doubts(self) -> tuple[DoubtName, ...]:
        """Return the names of the doubts that are not accepted."""
        return tuple(self._doubts)

    @property
    def words(self) -> str:
        """The verdict in words, like "complete: total 250 reached"."""
        if self._doubts:
            return f"doubtful: {', '.join(self._doubts)}"
        proofs = self._proofs.most_common(_MOST_PROOFS)
        if len(self._proofs) == 1:
            proof = proofs[0][0]
        else:
            proof = ", ".join(f"{count} times {words}" if count > 1 else words for words, count in proofs)
            proof += ", and others" if len(self._proofs) > len(proofs) else ""
        accepted = f"; accepted: {', '.join(self._accepted_counts)}" if self._accepted_counts else ""
        return f"complete: {proof or 'nothing to read'}{accepted}"


def _told(seen: _Occurrences) -> SyncError:
    if seen.count == 1:
        return seen.first
    first = seen.first
    return DoubtError(first.what, hint=first.hint, doubt=first.doubt, place=first.place, times=seen.count)
