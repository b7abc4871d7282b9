"""Select the fields that become properties by default: those that people expect on an entity page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from builder.draft import Property
from builder.inference.property_names import Keys
from builder.inference.secret_fields import is_secret, variable_values
from builder.inference.value_columns import ValueColumn
from builder.inference.words import split_words, squash_name
from builder.inference.wrappers import Wrappers
from rest.bodies import Json

_MAX_SELECTED = 20
# Fields with a number for a name, such as Jira's customfield_10000, say nothing to a reader.
_NUMBERED_NAME = re.compile(r"(.*?)[_-]?\d{3,}")
_MAX_TEXT_LENGTH = 500
_CHECKED_VALUES = 50
_MAX_NULL_SHARE = 0.98
# Links and technical fields of the API itself.
_TECHNICAL_NAMES = frozenset(
    {
        *("links", "link", "href", "self", "etag", "nodeid", "gravatarid", "class", "embedded", "selflink"),
        *("expand", "resourceversion", "managedfields", "generation", "fingerprint", "labelfingerprint"),
        *("annotations", "ownerreferences", "finalizers", "graphqlid", "admingraphqlapiid", "gravatar"),
        *("checksum", "md5", "bodyhtml", "cert", "certificate", "publickey", "avatar", "avatars"),
    }
)
_LINK_WORDS = frozenset({"url", "uri", "href", "link", "permalink", "shortlink", "weblink"})
# Pages for people, the best first. Beside one of these, a plain `url` is the API's own.
_BEST_WEB_PAGE_NAMES = ("htmlurl", "weburl", "permalink", "permalinkurl", "webviewlink", "weblink")
_WEB_RELATIONS = frozenset({"html", "web", "webui", "alternate", "browse", "htmlpage"})
# URLs that nobody opens: files, templates, and addresses that machines call.
_MACHINE_WORDS = frozenset(
    {
        *("avatar", "icon", "image", "img", "logo", "photo", "picture", "thumbnail", "gravatar", "callback"),
        *("webhook", "clone", "git", "svn", "ssh", "mirror", "redirect", "upload", "download", "archive"),
        *("tarball", "zipball", "diff", "patch", "api", "events", "raw", "token", "auth", "jwks", "self"),
    }
)
_API_ADDRESS = re.compile(
    r"https?://(api[.-]|[^/]*\.googleapis\.com)|https?://[^/]+/([^/?#]+/){0,2}(_?apis?|rest|graphql|v\d+(\.\d+)?)(/|$)|"
    r"[^?#]*\.(json|xml|png|jpe?g|gif|svg)($|[?#])"
)
_PREFERRED_WORDS = frozenset(
    {
        *(
            "name",
            "title",
            "status",
            "state",
            "type",
            "description",
            "email",
            "owner",
            "priority",
            "severity",
        ),
        *(
            "created",
            "updated",
            "url",
            "role",
            "language",
            "version",
            "team",
            "environment",
            "tags",
            "labels",
        ),
        *("creation", "phase", "health", "namespace", "project", "lifecycle", "level", "region", "location"),
        *(
            "branch",
            "revision",
            "modified",
            "closed",
            "due",
            "result",
            "conclusion",
            "system",
            "tier",
            "html",
        ),
    }
)
_LABEL_WORDS = frozenset(
    {
        *("name", "title", "login", "username", "summary", "label", "email", "status", "state", "url"),
        *("health", "phase", "version", "revision", "ref", "description"),
    }
)
_ID_WORDS = frozenset({"id", "key", "slug", "type", "role", "priority", "language", "owner"})


@dataclass(frozen=True, slots=True)
class _Context:
    """What the choice of a field depends on besides its values."""

    wrappers: Wrappers
    best_pages: frozenset[str]
    left_out: frozenset[Keys]


def select_fields(
    columns: Sequence[ValueColumn],
    properties: Sequence[Property],
    wrappers: Wrappers,
    noun_words: Sequence[str] = (),
) -> set[int]:
    """Return the positions of the selected fields, at most 20, those of the item itself first.

    noun_words: the words of the resource's name. The value of a variable may be a secret.
    """
    left_out = variable_values(columns, noun_words) | _numbered_fields(columns)
    context = _Context(wrappers, _best_web_pages(columns), left_out)
    ranked = sorted(
        (_rank(column, proposed, wrappers), index)
        for index, (column, proposed) in enumerate(zip(columns, properties, strict=True))
        if _is_useful(column, proposed, context)
    )
    return {index for _, index in ranked[:_MAX_SELECTED]}


def _rank(column: ValueColumn, proposed: Property, wrappers: Wrappers) -> int:
    """Return a rank: what people look for first, then the names of related entities, then the rest."""
    words = {word.lower() for word in split_words(column.keys[-1])}
    if _depth(column, wrappers) == 1:
        return (0 if words & _PREFERRED_WORDS else 2) + (proposed.type == "array")
    return 1 if words & _LABEL_WORDS else 3


def _is_useful(column: ValueColumn, proposed: Property, context: _Context) -> bool:
    if proposed.type == "object" or _is_technical(column) or not _describes_item(column, context.wrappers):
        return False
    if column.keys in context.left_out or is_secret(column):
        return False
    values = [value for value in column.values if value is not None]
    if not values or len(values) < column.items * (1 - _MAX_NULL_SHARE):
        return False
    if proposed.type == "array" and any(
        isinstance(part, dict | list) for value in values[:_CHECKED_VALUES] for part in _parts(value)
    ):
        return False
    if any(isinstance(value, str) and len(value) > _MAX_TEXT_LENGTH for value in values):
        return False
    return _is_web_page(column, values, context) if _is_link(column, proposed) else True


def _parts(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _depth(column: ValueColumn, wrappers: Wrappers) -> int:
    if _is_web_relation(column.keys):
        return 1
    return len(wrappers.outer(column.keys)) + 1


def _describes_item(column: ValueColumn, wrappers: Wrappers) -> bool:
    """True for a field of the item itself, or a field that names or identifies a related entity."""
    words = {word.lower() for word in split_words(column.keys[-1])}
    depth = _depth(column, wrappers)
    is_telling = not words.isdisjoint(_PREFERRED_WORDS | _LABEL_WORDS | _ID_WORDS)
    return depth == 1 or (depth == 2 and is_telling)


def _is_technical(column: ValueColumn) -> bool:
    if _is_web_relation(column.keys):
        return False
    has_prefix = any(key[:1] in ("", "_", "@", "$") for key in column.keys if key != "_source")
    return has_prefix or any(squash_name(key) in _TECHNICAL_NAMES for key in column.keys)


def _is_web_relation(keys: Keys) -> bool:
    """True for `.links.html.href` and `.links.web`, the page of the item among links of the API."""
    links, relation, *rest = [squash_name(key) for key in (*keys, "", "")][:4]
    return links == "links" and relation in _WEB_RELATIONS and rest in (["", ""], ["href", ""])


def _is_link(column: ValueColumn, proposed: Property) -> bool:
    words = [word.lower() for word in split_words(column.keys[-1])]
    return proposed.format == "url" or (bool(words) and words[-1] in _LINK_WORDS)


def _is_web_page(column: ValueColumn, values: Sequence[Json], context: _Context) -> bool:
    """True for a URL that a person would open: html_url if there is one, else one outside of the API."""
    name = squash_name(column.keys[-1])
    words = {word.lower() for word in split_words(column.keys[-1])}
    texts = [value for value in values if isinstance(value, str) and value][:_CHECKED_VALUES]
    are_pages = all(text.startswith(("http://", "https://")) for text in texts)
    if _is_web_relation(column.keys):
        return are_pages
    if _depth(column, context.wrappers) > 2 or not words.isdisjoint(_MACHINE_WORDS):
        return False
    if name in _BEST_WEB_PAGE_NAMES:
        return are_pages and _depth(column, context.wrappers) == 1
    if name in ("url", "link", "uri") and context.best_pages:
        return False
    return bool(texts) and are_pages and not any(_API_ADDRESS.match(text) for text in texts)


def _best_web_pages(columns: Sequence[ValueColumn]) -> frozenset[str]:
    names = {squash_name(column.keys[-1]) for column in columns if len(column.keys) == 1}
    return frozenset(name for name in _BEST_WEB_PAGE_NAMES if name in names)


def _numbered_fields(columns: Sequence[ValueColumn]) -> frozenset[Keys]:
    """Return the fields of families such as customfield_10000 and customfield_10001."""
    families: dict[Keys, list[Keys]] = {}
    for column in columns:
        if match := _NUMBERED_NAME.fullmatch(column.keys[-1]):
            families.setdefault((*column.keys[:-1], match[1]), []).append(column.keys)
    return frozenset(keys for family in families.values() if len(family) > 1 for keys in family)
