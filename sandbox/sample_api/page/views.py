"""What the control page shows of a collection."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.sample_api.company import COLLECTIONS, Collection, Company
from sandbox.sample_api.sample_data import Item, Json

PATH = "/_control/"
_PAGE_SIZE = 8


@dataclass(frozen=True)
class Place:
    """Which items the page lists. search: in id and title; number: of the page, from 1; edited: its ids."""

    collection: str = "projects"
    search: str = ""
    number: int = 1
    edited: str = ""

    def link(self, **changes: str | int) -> str:
        """Return the page's address with other parameters."""
        fields = {"collection": self.collection, "search": self.search, "number": self.number, **changes}
        return f"{PATH}?{urlencode({name: value for name, value in fields.items() if value})}"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item of the list. key: its ids as JSON, for forms; label: the ids as text."""

    key: str
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class ItemPage:
    """A page of a collection's items. parents: example ids for a new item."""

    rows: tuple[ItemRow, ...]
    total: int
    number: int
    last: int
    parents: dict[str, str]


def item_page(company: Company, place: Place) -> ItemPage:
    """Return the items at a place, or the last page if there are fewer."""
    collection, items = COLLECTIONS[place.collection], company.rows(place.collection).stored
    found = [row for row in (_row(collection, item) for item in items) if _matches(row, place.search)]
    last = max(1, -(-len(found) // _PAGE_SIZE))
    number = min(place.number, last)
    start = (number - 1) * _PAGE_SIZE
    parents = {name: str(items[0][name]) if items else "" for name in collection.parents}
    return ItemPage(tuple(found[start : start + _PAGE_SIZE]), len(found), number, last, parents)


def ids_of_key(collection: str, key: str) -> Item:
    """Return the id fields of a form's key. Raises ValueError: it is malformed."""
    values = json.loads(key)
    names = COLLECTIONS[collection].id_names
    if not isinstance(values, list) or len(values) != len(names):
        raise ValueError("these are not the ids of an item")
    return dict(zip(names, values, strict=True))


def text_of(company: Company, place: Place) -> str | None:
    """Return the edited item as JSON, or None if it does not exist."""
    if not place.edited:
        return None
    try:
        ids = ids_of_key(place.collection, place.edited)
    except ValueError:
        return None
    item = company.rows(place.collection).find([str(value) for value in ids.values()])
    return None if item is None else json.dumps(item, indent=2, ensure_ascii=False)


def _row(collection: Collection, item: Item) -> ItemRow:
    ids: list[Json] = [item[name] for name in collection.id_names]
    title = item.get(collection.title_field)
    return ItemRow(
        json.dumps(ids), " / ".join(str(each) for each in ids), "" if title is None else str(title)
    )


def _matches(row: ItemRow, search: str) -> bool:
    return search.casefold() in f"{row.label} {row.title}".casefold()
