"""Find the entity and the identifying word in names such as `projectId`, `project_key` and `/projects`."""

import re
from functools import lru_cache
from urllib.parse import unquote

from builder.inference import resource_name
from builder.inference.singular import singular
from builder.inference.words import sentence_case, split_words
from configuration.resource import PLACEHOLDER

# Words after the noun in the name of an identifying value.
_KEY_WORDS = frozenset(
    {
        *("id", "ids", "uuid", "guid", "gid", "sid", "iid", "uid", "key", "slug", "name", "number", "no"),
        *("code", "login", "index", "sha", "hash", "num", "nr"),
    }
)
# Between two of them: `projectIdOrKey`.
_CONJUNCTIONS = frozenset({"or", "and"})
# Names in one word that are a noun and a word for its identifying value.
_COMPOUNDS = {"username": ("user", "name"), "userid": ("user", "id"), "orgid": ("org", "id")}
# Short and long forms of a noun, each with the form that is compared.
_SAME_NOUNS = {
    "application": "app",
    "database": "db",
    "environment": "env",
    "organisation": "org",
    "organization": "org",
    "repository": "repo",
}
_TECHNICAL_SEGMENT = re.compile(r"v?\d+(\.\d+)*|api|rest", re.IGNORECASE)


def lower_words(name: str) -> list[str]:
    """Return the words of a name in lower case."""
    return [word.lower() for word in split_words(name)]


def singular_name(name: str) -> str:
    """Return a name in snake case with its last word in the singular."""
    words = lower_words(name)
    return "_".join([*words[:-1], singular(words[-1])]) if words else ""


def subject_noun(name: str) -> str:
    """Return the entity in a name: project for `projectIds` and `project-key`, empty for `id`."""
    parts, _ = _noun_and_keys(name)
    return "_".join([*parts[:-1], singular(parts[-1])]) if parts else ""


def key_words(name: str) -> tuple[str, ...]:
    """Return the identifying words of a name: id and key for `project_id_or_key`."""
    return tuple(singular(word) for word in _noun_and_keys(name)[1])


def key_word(name: str) -> str:
    """Return the first identifying word of a name, empty if there is none."""
    return next(iter(key_words(name)), "")


def is_same_noun(one: str, other: str) -> bool:
    """Return whether two nouns in snake case are the same or short and long forms: org, organization."""
    return bool(one) and short_form(one) == short_form(other)


def short_form(noun: str) -> str:
    """Return a noun in snake case with its words in their short forms."""
    return "_".join(_SAME_NOUNS.get(word, word) for word in noun.split("_"))


def _noun_and_keys(name: str) -> tuple[list[str], list[str]]:
    parts = [part for word in lower_words(name) for part in _COMPOUNDS.get(word, (word,))]
    end = len(parts)
    while end and (parts[end - 1] in _KEY_WORDS or (end < len(parts) and parts[end - 1] in _CONJUNCTIONS)):
        end -= 1
    return parts[:end], [part for part in parts[end:] if part not in _CONJUNCTIONS]


@lru_cache(4096)
def item_noun(path: str, data_path: str = ".") -> str:
    """Return the resource name of an endpoint in snake case."""
    return "_".join(resource_name(path, data_path).words)


def listing_title(path: str) -> str:
    """Return the title of an endpoint: "Orgs audit logs" for `/orgs/{org}/audit-logs`."""
    fixed = [part for part in path.partition("?")[0].split("/") if part and not PLACEHOLDER.search(part)]
    named = [part for part in fixed if not _TECHNICAL_SEGMENT.fullmatch(part)]
    return sentence_case([word for part in named[-2:] for word in split_words(unquote(part))]) or path


def is_representation_header(header: str) -> bool:
    """Return whether a header selects the representation: Accept, X-Api-Version."""
    return header.lower() == "accept" or "version" in lower_words(header)
