"""docs/comparison.md: each fact about another tool has a source, and each source is used."""

import re
from pathlib import Path

_TEXT = (Path(__file__).parents[2] / "docs" / "comparison.md").read_text(encoding="utf-8")
_FACTS, _, _SOURCES = _TEXT.partition("\n## Sources\n")


def test_each_number_is_a_source_and_each_source_is_used() -> None:
    used = set(re.findall(r"\[(\d+)\]", _FACTS))
    listed = re.findall(r"^\| (\d+) \| \[[^\]]+\]\(https://[^)]+\) \|$", _SOURCES, re.MULTILINE)
    assert used == set(listed)
    assert listed == [str(number) for number in range(1, len(listed) + 1)]


def test_the_page_says_when_the_sources_were_read() -> None:
    assert re.search(r"looked up on \d{4}-\d\d-\d\d", _SOURCES)


def test_each_table_row_has_a_cell_for_each_column() -> None:
    for table in re.findall(r"(?:^\|.*\|\n)+", _TEXT, re.MULTILINE):
        columns = {row.count("|") for row in table.splitlines()}
        assert len(columns) == 1, table
