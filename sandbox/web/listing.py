"""What a table shows: which entities, in what order, which page, which columns; as an address and as SQL."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from sandbox.port_api.jsontext import dump
from sandbox.web.fields import Field

PAGE_SIZE = 50
_MOST_PROPERTIES = 6
_SHORTEST_HIDDEN = 3
_HAS, _IS = "has.", "is."
_LINKED = (
    "identifier IN (SELECT source FROM links WHERE links.blueprint = entities.blueprint "
    "AND relation = ? AND target = ?)"
)
_PARTS = ("title", "icon", "team", "properties", "relations")

type Parameters = Sequence[tuple[str, str]]
"""Names and values of a query string, in their order."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One field's filter; exactly: the whole value, else a part of it, whatever the case of its letters."""

    field: Field
    text: str
    exactly: bool

    @property
    def name(self) -> str:
        """Its name in the address."""
        return (_IS if self.exactly else _HAS) + self.field.key

    @property
    def hidden(self) -> bool:
        """Whether no field of the form shows it: it came with a link."""
        return self.exactly and not self.field.choices

    def sql(self) -> tuple[str, list[str]]:
        """As a condition on `entities`."""
        if self.exactly and self.field.target is not None:
            return _LINKED, [self.field.name, self.text]
        if self.exactly:
            return f"CAST({self.field.text_sql} AS TEXT) = ?", [
                *self.field.values,
                self.field.stored(self.text),
            ]
        return f"{self.field.text_sql} LIKE ? ESCAPE '\\'", [*self.field.values, _pattern(self.text)]


@dataclass(frozen=True, slots=True)
class Listing:
    """text: searched for everywhere; sort: the field; page: from 1."""

    fields: Mapping[str, Field]
    text: str
    conditions: tuple[Condition, ...]
    sort: Field
    descending: bool
    page: int
    columns: tuple[Field, ...]

    @property
    def filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.conditions)

    def where(self) -> tuple[str, list[str]]:
        """The condition of `WHERE`, true for all entities when nothing is filtered."""
        parts, values = ["1"], []
        for condition in self.conditions:
            sql, more = condition.sql()
            parts.append(sql)
            values += more
        if self.text:
            sql, more = _anywhere(self.text, self.fields)
            parts.append(sql)
            values += more
        return " AND ".join(parts), values

    def order(self) -> tuple[str, list[str]]:
        """The terms of `ORDER BY`; whatever has no value comes last."""
        direction = "DESC" if self.descending else "ASC"
        if self.sort.key == "identifier":
            return f"identifier {direction}", []
        terms = f"{self.sort.sql} COLLATE NOCASE {direction} NULLS LAST, id {direction}"
        return terms, list(self.sort.values)

    def sorted_by(self, field: Field) -> str:
        """The `sort` that a click on this column asks for: the other direction, if it is sorted by it."""
        return f"-{field.key}" if field == self.sort and not self.descending else field.key

    def without(self, condition: Condition) -> str:
        """The query string of the same table without this filter."""
        left = tuple(each for each in self.conditions if each != condition)
        return replace(self, conditions=left, page=1).address()

    def turned_to(self, page: int) -> "Listing":
        """Another page of it."""
        return replace(self, page=page)

    def texts(self, *, exactly: bool) -> dict[str, str]:
        """What the conditions of either sort say, by the key of their field."""
        return {each.field.key: each.text for each in self.conditions if each.exactly == exactly}

    def address(self) -> str:
        """The query string that leads here, no longer than it must be."""
        return urlencode(list(self._parameters()))

    @property
    def order_name(self) -> str:
        """`sort` as it is in the address."""
        return ("-" if self.descending else "") + self.sort.key

    def _parameters(self) -> Iterator[tuple[str, str]]:
        if self.text:
            yield "q", self.text
        yield from ((condition.name, condition.text) for condition in self.conditions)
        if self.order_name != "identifier":
            yield "sort", self.order_name
        if self.columns != default_columns(self.fields):
            yield from (("column", field.key) for field in self.columns)
        if self.page > 1:
            yield "page", str(self.page)


def read_listing(fields: Mapping[str, Field], parameters: Parameters) -> Listing:
    """What the address asks for; what it names that the blueprint does not have is passed over."""
    last = dict(parameters)
    sort = last.get("sort", "")
    page = last.get("page", "")
    wanted = {value: fields[value] for name, value in parameters if name == "column" and value in fields}
    return Listing(
        fields,
        last.get("q", "").strip(),
        tuple(_conditions(fields, parameters)),
        fields.get(sort.removeprefix("-"), fields["identifier"]),
        sort.startswith("-") and sort.removeprefix("-") in fields,
        max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 10 else 1,
        tuple(wanted.values()) if wanted else default_columns(fields),
    )


def default_columns(fields: Mapping[str, Field]) -> tuple[Field, ...]:
    """Identifier, title, the first properties, the relations, and when it was updated."""
    properties = [field for key, field in fields.items() if key.startswith("properties.")]
    relations = [field for field in fields.values() if field.target is not None]
    return (
        *(fields["identifier"], fields["title"]),
        *(*properties[:_MOST_PROPERTIES], *relations[:_MOST_PROPERTIES]),
        fields["updatedAt"],
    )


def _conditions(fields: Mapping[str, Field], parameters: Parameters) -> Iterator[Condition]:
    for name, value in parameters:
        for prefix in (_HAS, _IS):
            field = fields.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
            if field is not None and value.strip():
                yield Condition(field, value.strip(), exactly=prefix == _IS)


def _anywhere(text: str, fields: Mapping[str, Field]) -> tuple[str, list[str]]:
    """Identifier or content. The stored JSON is searched, but for the names in it that hold the text;

    one or two letters are in every name, and it would take long to hide them all.
    """
    names = (
        []
        if len(text) < _SHORTEST_HIDDEN
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
    """For LIKE: this text anywhere."""
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"
