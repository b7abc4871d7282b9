"""Find what the placeholders of a path refer to, and rename them."""

from collections.abc import Mapping

from builder.imports.name_parts import item_noun, lower_words, subject_noun
from configuration.resource import PLACEHOLDER

_SUFFIXES_OF_IDS = ("id", "name", "slug", "key")


def placeholder_nouns(name: str, path: str) -> list[str]:
    """Return what a placeholder may refer to: the noun in its name, else that of the segment before it."""
    noun = subject_noun(name)
    if not noun:
        before = path_before(path, name).rpartition("/")[2]
        return [item_noun(before)] if before and not PLACEHOLDER.search(before) else []
    shorter = [
        noun.removesuffix(suffix)
        for suffix in _SUFFIXES_OF_IDS
        if noun.endswith(suffix) and len(noun) > len(suffix) + 2
    ]
    return [noun, *shorter]


def likeliest_noun(name: str, path: str) -> str:
    """Return the entity that a placeholder most likely refers to, empty if nothing says it."""
    return next(iter(placeholder_nouns(name, path)), "")


def path_before(path: str, name: str) -> str:
    """Return the path before a placeholder, without the quotes and brackets of an OData key."""
    for placeholder in (f"{{{name}}}", f"{{+{name}}}"):
        before, found, _ = path.partition(placeholder)
        if found:
            return before.rstrip("('").removesuffix("/")
    return ""


def renamed_path(path: str, names: Mapping[str, str]) -> str:
    """Return a path with other names for its placeholders. names: the new ones, by the old ones."""
    return PLACEHOLDER.sub(lambda match: f"{{{match['raw']}{names.get(match['name'], match['name'])}}}", path)


def refers_to(field_: str, name: str) -> bool:
    """Return whether a field is named after the placeholder: `.org.id` or `.org_id` for `{org_id}`."""
    noun = subject_noun(name)
    return bool(noun) and noun.replace("_", "") in field_.replace("_", "").lower()


def is_page_number(name: str) -> bool:
    """Return whether a placeholder selects a page, like `{page_number}`, and so has no parent."""
    return bool({"page", "offset", "limit"} & set(lower_words(name)))
