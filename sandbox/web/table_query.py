"""The query of a table page: filters, sort order, page and columns, as a query string and as SQL."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from sandbox.port_api.json_codec import dump
from sandbox.web.fields import Field

PAGE_SIZE = 50
_MAX_DEFAULT_COLUMNS = 6
_MIN_LENGTH_TO_HIDE_NAMES = 3
_HAS, _IS = "has.", "is."
_LINKED = (
    "identifier IN (SELECT source FROM links WHERE links.blueprint = entities.blueprint "
    "AND relation = ? AND target = ?)"
)
_PARTS = ("title", "icon", "team", "properties", "relations")

type Parameters = Sequence[tuple[str, str]]
"""Names and values of a query string, in order."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter on a field. exactly: match the whole value instead of a case-insensitive substring."""

    field: Field
    text: str
    exactly: bool

    @property
    def name(self) -> str:
        """Its name in the query string."""
        return (_IS if self.exactly else _HAS) + self.field.key

    @property
    def hidden(self) -> bool:
        """Whether the form has no control for it, because it came with a link."""
        return self.exactly and not self.field.choices

    def sql(self) -> tuple[str, list[str]]:
        """Return an SQL condition on `entities` and its values."""
        if self.exactly and self.field.target is not None:
            return _LINKED, [self.field.name, self.text]
        if self.exactly:
            return f"CAST({self.field.text_sql} AS TEXT) = ?", [
                *self.field.values,
                self.field.stored(self.text),
            ]
        return f"{self.field.text_sql} LIKE ? ESCAPE '\\'", [*self.field.values, _pattern(self.text)]


@dataclass(frozen=True, slots=True)
class TableQuery:
    """The state of a table. text: search term for all fields; page: starts at 1."""

    fields: Mapping[str, Field]
    text: str
    conditions: tuple[Condition, ...]
    sort: Field
    descending: bool
    page: int
    columns: tuple[Field, ...]

    @property
    def filtered(self) -> bool:
        """Whether the table has a filter or a search term."""
        return bool(self.text or self.conditions)

    def where(self, *, without: Field | None = None) -> tuple[str, list[str]]:
        """Return the SQL condition for `WHERE` and its values. Without filters it is true.

        without: ignore the exact filter on this field.
        """
        parts, values = ["1"], []
        for condition in self.conditions:
            if condition.exactly and condition.field == without:
                continue
            sql, more = condition.sql()
            parts.append(sql)
            values += more
        if self.text:
            sql, more = _search_all_fields(self.text, self.fields)
            parts.append(sql)
            values += more
        return " AND ".join(parts), values

    def order(self) -> tuple[str, list[str]]:
        """Return the SQL terms for `ORDER BY` and their values. Missing values come last."""
        direction = "DESC" if self.descending else "ASC"
        if self.sort.key == "identifier":
            return f"identifier {direction}", []
        terms = f"{self.sort.sql} COLLATE NOCASE {direction} NULLS LAST, id {direction}"
        return terms, list(self.sort.values)

    def sorted_by(self, field: Field) -> str:
        """Return the `sort` for a click on this column, which reverses the direction if it is sorted."""
        return f"-{field.key}" if field == self.sort and not self.descending else field.key

    def without(self, condition: Condition) -> str:
        """Return the query string without this filter."""
        remaining = tuple(each for each in self.conditions if each != condition)
        return replace(self, conditions=remaining, page=1).query_string()

    def toggled(self, field: Field, text: str) -> str:
        """Return the query string with this exact filter on the field, or without it if it is set."""
        condition = Condition(field, text, exactly=True)
        if condition in self.conditions:
            return self.without(condition)
        others = (each for each in self.conditions if not (each.exactly and each.field == field))
        return replace(self, conditions=(*others, condition), page=1).query_string()

    def with_page(self, page: int) -> "TableQuery":
        """Return the query of another page."""
        return replace(self, page=page)

    def texts(self, *, exactly: bool) -> dict[str, str]:
        """Return the texts of exact or substring conditions by field key."""
        return {each.field.key: each.text for each in self.conditions if each.exactly == exactly}

    def query_string(self) -> str:
        """Return the shortest query string for this query."""
        return urlencode(list(self._parameters()))

    @property
    def sort_param(self) -> str:
        """The value of `sort` in the query string."""
        return ("-" if self.descending else "") + self.sort.key

    def _parameters(self) -> Iterator[tuple[str, str]]:
        if self.text:
            yield "q", self.text
        yield from ((condition.name, condition.text) for condition in self.conditions)
        if self.sort_param != "identifier":
            yield "sort", self.sort_param
        if self.columns != default_columns(self.fields):
            yield from (("column", field.key) for field in self.columns)
        if self.page > 1:
            yield "page", str(self.page)


def parse_table_query(fields: Mapping[str, Field], parameters: Parameters) -> TableQuery:
    """Parse a query string. Unknown fields are ignored."""
    last = dict(parameters)
    sort = last.get("sort", "")
    page = last.get("page", "")
    columns = {value: fields[value] for name, value in parameters if name == "column" and value in fields}
    return TableQuery(
        fields,
        last.get("q", "").strip(),
        tuple(_conditions(fields, parameters)),
        fields.get(sort.removeprefix("-"), fields["identifier"]),
        sort.startswith("-") and sort.removeprefix("-") in fields,
        max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 10 else 1,
        tuple(columns.values()) if columns else default_columns(fields),
    )


def default_columns(fields: Mapping[str, Field]) -> tuple[Field, ...]:
    """Return identifier, title, the first properties, the first relations and the update time."""
    properties = [field for key, field in fields.items() if key.startswith("properties.")]
    relations = [field for field in fields.values() if field.target is not None]
    return (
        *(fields["identifier"], fields["title"]),
        *(*properties[:_MAX_DEFAULT_COLUMNS], *relations[:_MAX_DEFAULT_COLUMNS]),
        fields["updatedAt"],
    )


def _conditions(fields: Mapping[str, Field], parameters: Parameters) -> Iterator[Condition]:
    for name, value in parameters:
        for prefix in (_HAS, _IS):
            field = fields.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
            if field is not None and value.strip():
                yield Condition(field, value.strip(), exactly=prefix == _IS)


def _search_all_fields(text: str, fields: Mapping[str, Field]) -> tuple[str, list[str]]:
    """Return the SQL condition for a search in all fields.

    It searches the stored JSON. Names of fields that contain the text are removed first. For texts of one or
    two letters this would affect almost every name and take too long, so names are searched too.
    """
    names = (
        []
        if len(text) < _MIN_LENGTH_TO_HIDE_NAMES
        else [*_PARTS, *(field.name for key, field in fields.items() if "." in key)]
    )
    hidden = [f"{dump(name)}:" for name in names if text.lower() in f"{dump(name)}:".lower()]
    content = "replace(" * len(hidden) + "content" + ", ?, '')" * len(hidden)
    in_json = _pattern(dump(text)[1:-1])
    return (
        f"(identifier LIKE ? ESCAPE '\\' OR {content} LIKE ? ESCAPE '\\')",
        [_pattern(text), *hidden, in_json],
    )


def _pattern(text: str) -> str:
    """Return a LIKE pattern for this substring."""
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"
