"""CSV row by row, and its limits."""

import io

import pytest

from rest.bodies import Json
from rest.body_format import CsvOptions
from rest.formats.csv import Table, column_names


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
    assert column_names('a,"b\nc"\n', CsvOptions()) == ["a", "b\nc"]


@pytest.mark.parametrize(
    ("text", "delimiter", "first"),
    [
        ("a,b\n1,2\n", ",", {"a": "1", "b": "2"}),
        ("a;b\n1;2,5\n", ";", {"a": "1", "b": "2,5"}),
        ("a\tb\n1\tx;y\n", "\t", {"a": "1", "b": "x;y"}),
        ("a|b\n1|2\n", "|", {"a": "1", "b": "2"}),
        ("id;name, full\n1;x\n", ";", {"id": "1", "name, full": "x"}),
        ('a,b\n"x;y;z",2\n', ",", {"a": "x;y;z", "b": "2"}),
        ('"a";"b"\n"1,2,3";"x\n;y"\n', ";", {"a": "1,2,3", "b": "x\n;y"}),
        ("name\na;b\nc;d\n", ",", {"name": "a;b"}),
        ("a,b,c\n1,2\n3,4,5\n", ",", {"a": "1", "b": "2", "c": None}),
        ("\n\na;b\n1;2\n", ";", {"a": "1", "b": "2"}),
        ("sep=|\r\na|b;c\r\n1|2\r\n", "|", {"a": "1", "b;c": "2"}),
        ('"sep=;"\na;b\n1;2\n', ";", {"a": "1", "b": "2"}),
        ("\ufeffa;b\n1;2\n", ";", {"a": "1", "b": "2"}),
    ],
)
def test_the_delimiter_is_recognized(text: str, delimiter: str, first: Json) -> None:
    read = table(text)
    assert read.delimiter == delimiter
    assert next(read.rows()) == first


def test_the_delimiter_is_recognized_in_the_first_rows_of_a_long_table() -> None:
    rows = "".join(f"{number};x,y\n" for number in range(100_000))
    assert sum(1 for _ in table("a;b\n" + rows).rows()) == 100_000
    assert list(table("a;b\n" + "x" * 70_000 + ";1\n2;3").rows())[1] == {"a": "2", "b": "3"}


def test_a_row_in_an_unclosed_quote_shows_no_delimiter() -> None:
    with pytest.raises(ValueError, match="unexpected end of data"):
        list(table('a;b\n"1;2').rows())
    with pytest.raises(ValueError, match="CSV"):
        table("a\0" + "x" * 3_000_000)


def test_a_table_without_a_header_has_numbered_or_named_columns() -> None:
    text = io.StringIO("1;2\n3;4\n", newline="")
    assert list(Table(text, CsvOptions(has_header=False)).rows()) == [
        {"column_1": "1", "column_2": "2"},
        {"column_1": "3", "column_2": "4"},
    ]
    text.seek(0)
    options = CsvOptions(";", has_header=False, columns=("id", "name", "team"))
    assert next(Table(text, options).rows()) == {"id": "1", "name": "2", "team": None}
    assert list(Table(io.StringIO(""), CsvOptions(has_header=False)).rows()) == []


def test_columns_of_a_broken_table_are_unknown() -> None:
    assert column_names("a,a\n", CsvOptions()) == []


@pytest.mark.parametrize("text", ["a,b\n1,2,\n3,4,,\n5,6", "a,b\n1,2\n3,4,\n5,6\n"])
def test_surplus_cells_without_a_value_are_left_out(text: str) -> None:
    assert list(table(text).rows()) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}, {"a": "5", "b": "6"}]


@pytest.mark.parametrize("row", ["1,2,3", "1,2,,3", "1,2, "])
def test_surplus_cells_with_a_value_are_an_error(row: str) -> None:
    with pytest.raises(ValueError, match="a row has more cells than there are columns"):
        list(table(f"a,b\n{row}\n").rows())


@pytest.mark.parametrize("text", ["a,b\n1,2\n3", "a,b\r\n1,2\r\n3", "a,b,c\n1,2,3\n\n4,5", 'a,b\n1,2\n"3"'])
def test_a_last_row_that_is_cut_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="the last row is cut: it has no line break"):
        list(table(text).rows())


@pytest.mark.parametrize("text", ["a,b\n1,2\n3\n", "a,b\n1\n1,2\n3", "a,b\n3", "a,b\n1,2\n3,", "a\n1\n3"])
def test_other_short_rows_are_rows(text: str) -> None:
    assert list(table(text).rows())[-1]["a"] == "3"
