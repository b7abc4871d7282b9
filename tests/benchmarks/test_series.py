"""Statistics of series."""

import pytest

from benchmarks.series import Summary, alternate, paired_ratio, summary


def test_a_summary_has_the_median_and_the_spread() -> None:
    assert summary([3.0, 1.0, 2.0]) == Summary(2.0, 1.0, 3.0)
    assert summary([3.0, 1.0, 2.0]).text() == "2.00 (1.00 to 3.00)"
    assert summary([1234.5]).text(1) == "1,234.5"


def test_values_that_look_equal_have_no_spread() -> None:
    assert summary([1.001, 1.002]).text() == "1.00"


def test_a_summary_needs_a_value() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        summary([])


def test_a_paired_ratio_compares_runs_with_the_same_number() -> None:
    """The machine became four times slower. The ratio of the medians would be 4, not 2."""
    slow, fast = [2.0, 2.0, 8.0, 8.0, 8.0], [1.0, 1.0, 4.0, 4.0, 4.0]
    assert paired_ratio(slow, fast) == Summary(2.0, 2.0, 2.0)
    assert paired_ratio([2.0, 8.0], [1.0, 4.0, 4.0]) == Summary(2.0, 2.0, 2.0)


def test_runs_alternate_and_every_second_round_is_reversed() -> None:
    measures = {"a": lambda number: f"a{number}", "b": lambda number: f"b{number}"}
    found = [value for _, value in alternate(measures, {"a": 3, "b": 2})]
    assert found == ["a0", "b0", "b1", "a1", "a2"]
