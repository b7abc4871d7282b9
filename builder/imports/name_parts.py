"""Find the entity and the identifying word in names such as `projectId`, `project_key` and `/projects`."""

import re
from urllib.parse import unquote

from builder.inference import resource_name
from builder.inference.singular import singular
from builder.inference.words import sentence_case, split_words
from configuration.resource import PLACEHOLDER

# Words after the noun in the name of an identifying value.
_KEY_WORDS = frozenset({"id", "ids", "uuid", "guid", "key", "slug", "name", "number", "no", "code", "login"})
_TECHNICAL_SEGMENT = re.compile(r"v?\d+(\.\d+)*|api|rest", re.IGNORECASE)


def lower_words(name: str) -> list[str]:
    """Return the words of a name in lower case."""
    return [word.lower() for word in split_words(name)]


def subject_noun(name: str) -> str:
    """Return the entity in a name: project for `projectIds` and `project-key`, empty for `id`."""
    parts = lower_words(name)
    if parts and parts[-1] in _KEY_WORDS:
        parts = parts[:-1]
    return "_".join([*parts[:-1], singular(parts[-1])]) if parts else ""


def key_word(name: str) -> str:
    """Return the identifying word of a name: key for `project_key`, empty if there is none."""
    parts = lower_words(name)
    return singular(parts[-1]) if parts and parts[-1] in _KEY_WORDS else ""


def item_noun(path: str) -> str:
    """Return the resource name of an endpoint in snake case."""
    return "_".join(resource_name(path).words)


def listing_title(path: str) -> str:
    """Return the title of an endpoint: "Orgs audit logs" for `/orgs/{org}/audit-logs`."""
    fixed = [part for part in path.partition("?")[0].split("/") if part and not PLACEHOLDER.search(part)]
    named = [part for part in fixed if not _TECHNICAL_SEGMENT.fullmatch(part)]
    return sentence_case([word for part in named[-2:] for word in split_words(unquote(part))]) or path


def is_representation_header(header: str) -> bool:
    """Return whether a header selects the representation: Accept, X-Api-Version."""
    return header.lower() == "accept" or "version" in lower_words(header)
