"""The identifying values of recorded items, by which ids in paths and bodies are recognised."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from builder.imports.har_calls import RecordedCall
from builder.imports.listing_detection import detect_listing
from builder.imports.name_parts import item_noun, key_word, subject_noun
from builder.imports.parent_listings import IDENTIFYING_FIELDS
from rest.bodies import Json
from rest.page import Item

# Values of two segments too: acme/web.
_VALUE_FIELDS = frozenset({*IDENTIFYING_FIELDS, "full_name", "path_with_namespace", "nameWithOwner", "iid"})
# Kubernetes has the name of an item in it.
_WRAPPER = "metadata"
# Last segments of paths that say how the items are read, not which they are.
_VERB = re.compile(
    r"(get|fetch|load|read)?_?(all|list|search|query|find|filter|index|page)[A-Za-z]*", re.IGNORECASE
)
_TECHNICAL = frozenset({"api", "rest", "data"})
_LAST_KEY = re.compile(r"\.([A-Za-z_]\w*)$")


@dataclass(frozen=True, slots=True)
class KnownValues:
    """The identifying values of the recorded items, by the path and by the resource name of their listing."""

    by_path: Mapping[str, frozenset[str]]
    by_noun: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, calls: Iterable[RecordedCall]) -> "KnownValues":
        """Collect the values of all pages of each listing."""
        by_path: dict[str, set[str]] = defaultdict(set)
        by_noun: dict[str, set[str]] = defaultdict(set)
        for call in calls:
            if call.operation or not call.items:
                continue
            found = detect_listing(call.body, call.path)
            texts = {text for item in call.items for text in identifying_values(item)}
            by_path[call.path.rstrip("/")] |= texts
            for noun in listing_nouns(call.path, found.data_path if found else None):
                by_noun[noun] |= texts
        return cls(
            {path: frozenset(values) for path, values in by_path.items()},
            {noun: frozenset(values) for noun, values in by_noun.items()},
        )

    def has(self, value: str, segments: list[str]) -> bool:
        """Return whether a value after these segments identifies an item: of the listing at that path, or of
        a listing of the resource that the last segment names.
        """
        if value in self.by_path.get("/" + "/".join(segments), ()):
            return True
        noun = subject_noun(segments[-1]) if segments and segments[-1][:1].isalpha() else ""
        return bool(noun) and value in self.by_noun.get(noun, ())


def listing_nouns(path: str, data_path: str | None) -> list[str]:
    """Return the resources that a listing may have: order for `/orders/search`, issue for items `.issues`."""
    nouns = [item_noun(path)]
    before, _, last = path.rstrip("/").rpartition("/")
    if _VERB.fullmatch(last) and before:
        nouns.append(item_noun(before))
    if found := _LAST_KEY.search(data_path or ""):
        nouns.append(subject_noun(found[1]))
    return [noun for noun in dict.fromkeys(nouns) if noun and noun not in _TECHNICAL]


def identifying_values(item: Item) -> Iterator[str]:
    """Yield the values of an item that may be in the paths of its details."""
    wrapped = item.get(_WRAPPER)
    fields: dict[str, Json] = {**(wrapped if isinstance(wrapped, dict) else {}), **item}
    for name, value in fields.items():
        is_text = isinstance(value, str | int) and not isinstance(value, bool) and value != ""
        if is_text and (name in _VALUE_FIELDS or key_word(name) == "id"):
            yield str(value)
