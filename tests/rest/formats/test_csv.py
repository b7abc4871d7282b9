"""CSV row by row, and its limits."""

import io

import pytest

from rest.formats.csv import Table, csv_columns


def table(text: str) -> Table:
    return Table(io.StringIO(text, newline=""))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_endings_are_accepted(end: str) -> None:
    read = table(end.join(["a,b", "1,2", "", "3", ""]))
    assert read.columns == ["a", "b"]
    assert list(read.rows()) == [{"a": "1", "b": "2"}, {"a": "3", "b": None}]


@pytest.mark.parametrize("text", ["a\n" + "," * 3_000_000, 'a\n"' + "x\n" * 1_500_000, "a" * 3_000_000])
def test_a_row_that_is_too_long_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="CSV: a row has more than 2 Mi characters"):
        list(table(text).rows())


def test_too_many_columns_are_an_error() -> None:
    with pytest.raises(ValueError, match="CSV: there are more than 16384 columns"):
        table(",".join(map(str, range(16_385))))


def test_columns_are_read_from_a_table_that_is_cut_inside_a_quote() -> None:
    assert csv_columns(b'a,"b\nc"\n') == {"a", "b"}
