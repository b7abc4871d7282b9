"""The verdict: what it reports of proofs, doubts and accepted doubts."""

import pytest
from loguru import logger

from extraction.verdict import Verdict
from rest.errors import DoubtError, ItemsError, Place


def _doubt(words: str = "seen") -> DoubtError:
    return DoubtError(words, hint="Change it", doubt="repeated_items")


def test_single_proof_is_reported_as_it_is() -> None:
    verdict = Verdict()
    verdict.proven("total 5 reached")
    verdict.proven("total 5 reached")
    assert verdict.words == "complete: total 5 reached"


def test_several_proofs_are_counted_and_the_most_frequent_is_first() -> None:
    verdict = Verdict()
    for words in ("a", "b", "b", "c", "d"):
        verdict.proven(words)
    assert verdict.words == "complete: 2 times b, a, c, and others"


def test_verdict_without_listings_is_complete() -> None:
    assert Verdict().words == "complete: nothing to read"


def test_repeated_doubt_is_reported_once_with_its_count_and_first_place() -> None:
    verdict = Verdict()
    for page in (1, 2, 3):
        error = _doubt()
        error.at(Place(page=page))
        verdict.doubt(error)
    (reported,) = verdict.errors
    assert str(reported).startswith("page 1: seen (3 times). Change it. ")
    assert verdict.doubts == ("repeated_items",)
    assert verdict.words == "doubtful: repeated_items"


def test_accepted_doubts_are_warnings_and_only_five_are_logged() -> None:
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level="WARNING")
    verdict = Verdict(["repeated_items"])
    for _ in range(9):
        verdict.doubt(_doubt())
    logger.remove(sink)
    assert verdict.errors == []
    assert verdict.words == "complete: nothing to read; accepted: repeated_items"
    assert len(lines) == 5


@pytest.mark.parametrize("accepted", [[], ["changed_shape"]])
def test_error_without_a_doubt_cannot_be_accepted(accepted: list[str]) -> None:
    assert not Verdict(accepted).accepts(ItemsError("no JSON"))  # type: ignore[arg-type] # names, as texts
