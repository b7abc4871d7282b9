"""Tables row by row, and those that never end."""

import io

import pytest

from rest.formats.csv import Table, csv_columns


def table(text: str) -> Table:
    return Table(io.StringIO(text, newline=""))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_in_any_way(end: str) -> None:
    read = table(end.join(["a,b", "1,2", "", "3", ""]))
    assert read.columns == ["a", "b"]
    assert list(read.rows()) == [{"a": "1", "b": "2"}, {"a": "3", "b": None}]


@pytest.mark.parametrize("text", ["a\n" + "," * 3_000_000, 'a\n"' + "x\n" * 1_500_000, "a" * 3_000_000])
def test_a_row_without_end_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="CSV: a row has more than 2 Mi characters"):
        list(table(text).rows())


def test_more_columns_than_a_sheet_has_are_an_error() -> None:
    with pytest.raises(ValueError, match="CSV: there are more than 16384 columns"):
        table(",".join(map(str, range(16_385))))


def test_columns_of_a_table_cut_within_a_quote_are_those_of_its_first_line() -> None:
    assert csv_columns(b'a,"b\nc"\n') == {"a", "b"}
