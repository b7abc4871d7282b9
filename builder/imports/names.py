"""What the names of parameters and endpoints speak of: `projectId`, `project_key` and `/projects`."""

import re
from urllib.parse import unquote

from builder.inference import resource_name
from builder.inference.singular import singular
from builder.inference.words import title_of, words_of
from configuration.resource import PLACEHOLDER

# What stands behind the noun in the name of a value that tells one thing from another.
_KEY_WORDS = frozenset({"id", "ids", "uuid", "guid", "key", "slug", "name", "number", "no", "code", "login"})
_SAYS_NOTHING = re.compile(r"v?\d+(\.\d+)*|api|rest", re.IGNORECASE)


def lower_words(name: str) -> list[str]:
    """The words of a name in lower case, however they are joined."""
    return [word.lower() for word in words_of(name)]


def noun(name: str) -> str:
    """What a name speaks of: `projectIds` and `project-key` speak of a project, `id` of nothing."""
    parts = lower_words(name)
    if parts and parts[-1] in _KEY_WORDS:
        parts = parts[:-1]
    return "_".join([*parts[:-1], singular(parts[-1])]) if parts else ""


def key_word(name: str) -> str:
    """The word of a name that says which value is meant: `project_key` → key; empty where none does."""
    parts = lower_words(name)
    return singular(parts[-1]) if parts and parts[-1] in _KEY_WORDS else ""


def item_noun(path: str) -> str:
    """What one item of an endpoint is called."""
    return "_".join(resource_name(path).words)


def listing_title(path: str) -> str:
    """A path in words: `/orgs/{org}/audit-logs` is "Orgs audit logs"."""
    plain = [part for part in path.partition("?")[0].split("/") if part and not PLACEHOLDER.search(part)]
    telling = [part for part in plain if not _SAYS_NOTHING.fullmatch(part)]
    return title_of([word for part in telling[-2:] for word in words_of(unquote(part))]) or path


def is_about_version(header: str) -> bool:
    """True for a header that says which answer is wanted: Accept, X-Api-Version."""
    return header.lower() == "accept" or "version" in lower_words(header)
