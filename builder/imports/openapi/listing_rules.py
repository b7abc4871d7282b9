"""Decide by name and form whether an operation lists: a search by POST, a GET without a schema, a detail."""

import re
from dataclasses import dataclass

from builder.imports.listing_detection import DetectedListing
from builder.imports.name_parts import item_noun, lower_words, singular_name
from builder.imports.openapi.document import DocumentNode
from builder.imports.parent_listings import IDENTIFYING_FIELDS
from builder.inference.list_ranking import is_common_list_name
from builder.inference.singular import singular
from builder.json_values import as_object, value_at
from configuration.resource import PLACEHOLDER
from pagination.vocabulary import meaning_of
from rest.bodies import Json

_READS = frozenset({"search", "list", "query", "filter", "find", "lookup", "paginate", "browse", "paged"})
_READ_PREFIXES = frozenset({"search", "list", "query", "filter", "find", "get", "fetch", "retrieve", "read"})
_WRITES = frozenset(
    {
        *("create", "add", "update", "delete", "remove", "save", "set", "insert", "import", "export", "run"),
        *("start", "stop", "cancel", "send", "submit", "register", "execute", "trigger", "generate"),
        *("subscribe", "schedule", "bulk", "batch", "upsert", "patch", "replace", "purge", "clear", "reset"),
        *("saved", "async", "upload"),
    }
)
# Segments of a GET that returns no list.
_NO_LISTINGS = frozenset(
    {
        *("health", "healthz", "healthcheck", "ready", "readyz", "live", "livez", "liveness"),
        *("readiness", "ping", "alive", "up", "status", "version", "info", "about", "metrics"),
        *("stats", "statistics", "login", "logout", "signin", "signout", "auth", "oauth"),
        *("oauth2", "token", "authorize", "callback", "me", "self", "whoami", "current"),
        *("profile", "session", "download", "export", "file", "content", "raw", "image", "logo"),
        *("avatar", "icon", "thumbnail", "photo", "pdf", "csv", "xml", "zip", "html", "count"),
        *("exists", "summary", "config", "configuration", "settings", "preferences", "swagger"),
        *("openapi", "docs", "robots", "favicon", "sitemap", "verify", "validate", "check"),
        *("confirm", "test", "redirect", "stream", "ws", "websocket", "subscribe", "unsubscribe"),
        *("enable", "disable", "preview", "start", "stop", "restart", "cancel", "reset"),
        *("refresh", "sync", "diagnostics", "echo", "time", "details", "detail", "by", "address"),
        *("progress", "css", "js", "assets", "images", "series"),
    }
)
_SINGULAR_S = frozenset({"status", "address", "access", "process", "progress", "news", "series", "analysis"})
_IDENTITY = frozenset({*IDENTIFYING_FIELDS, "self", "title", "etag", "arn", "displayname", "entityid"}) - {
    "code",
    "number",
}
_SINGLES = frozenset(
    {
        *("me", "myself", "self", "whoami", "info", "status", "version", "about", "health", "config"),
        *("configuration", "settings", "profile", "preferences", "capabilities", "spec", "swagger"),
    }
)
_LIST_OF = re.compile(
    r"^(?:get|gets|fetch|retrieve|retrieves|return|returns|obtain|show|search)\w*\s+"
    r"(?:(?:a|an|the|all)\s+)?(?:\w+\s+){0,2}?(?:list|set|collection|array|page)\s+of\b"
    r"|^(?:get|gets|retrieve|retrieves|return|returns)\s+all\s+(?!.*\b(?:details|information)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_LAST_SEGMENT = re.compile(r"[^/]+/?$")


@dataclass(frozen=True, slots=True)
class OperationName:
    """The path and the name of an operation."""

    path: str
    operation_id: str
    summary: str
    has_details: bool
    description: str = ""

    @classmethod
    def of(cls, path: str, operation: DocumentNode, collections: frozenset[str]) -> "OperationName":
        """Return the name. collections: the paths that have a placeholder after them."""
        return cls(
            path,
            operation.text("operationId"),
            operation.text("summary"),
            path.rstrip("/") in collections,
            operation.text("description").partition("\n")[0].partition(". ")[0],
        )

    @property
    def reads_by_post(self) -> bool:
        """True for a POST that searches or lists: /flows/filter, /nodes:query, or one titled "List users"."""
        words = lower_words(re.split(r"[:.]", self._last)[-1])
        verbs = {word for text in (self.operation_id, self.summary) for word in lower_words(text)[:1]}
        if not words or _is_placeholder(self._last) or not _WRITES.isdisjoint({*words, *verbs}):
            return False
        if words[-1] in _READS or words[0] in _READS:
            return True
        return singular(words[-1]) != words[-1] and not _READ_PREFIXES.isdisjoint({words[0], *verbs})

    @property
    def may_list(self) -> bool:
        """True for a GET that probably lists although its response is not described: /api/Orders."""
        words = lower_words(self._last)
        if _is_placeholder(self._last) or not words or not _NO_LISTINGS.isdisjoint({words[-1], words[0]}):
            return False
        if words[-1] in _SINGULAR_S:
            return False
        names = lower_words(self.operation_id)
        is_plural = singular(words[-1]) != words[-1]
        return is_plural or self.has_details or "list" in names[:1] or words[-1] in ("list", "all", "search")

    @property
    def says_it_lists(self) -> bool:
        """True if the document calls the response a list: `tokens.list`, "Lists the tokens of a user"."""
        words = lower_words(self.operation_id)
        starts = {text.strip().lower().split(" ")[0] for text in (self.summary, self.description) if text}
        is_verb = words[:1] == ["list"] or (
            words[-1:] == ["list"] and self.operation_id.endswith((".list", "_List"))
        )
        texts = f"{self.summary}\n{self.description}"
        return is_verb or not starts.isdisjoint({"list", "lists"}) or bool(_LIST_OF.search(texts))

    @property
    def is_single(self) -> bool:
        """True if the path names something that an API has once: /myself, /serverInfo, /config."""
        words = lower_words(self._last)
        return words[-1:] != [] and words[-1] in _SINGLES and _READ_PREFIXES.isdisjoint(words)

    def names_list(self, own: str) -> bool:
        """Return whether the summary or the operation's name has a list's name: "Get vulnerabilities"."""
        words = lower_words(own)
        plural = words[-1] if words else ""
        texts = (self.summary, self.operation_id)
        return singular(plural) != plural and any(plural in lower_words(text)[1:] for text in texts)

    @property
    def ends_with_one(self) -> bool:
        """True if the path ends with a placeholder, as that of a single item."""
        return _is_placeholder(self._last)

    @property
    def is_one_item(self) -> bool:
        """True if the path is that of an item or of a part that it has once: /pods/{name}/status."""
        words = lower_words(self._last)
        is_part = "}/" in self.path and bool(words)
        return self.ends_with_one or (is_part and words[-1] in {"status", singular(words[-1])})

    @property
    def _last(self) -> str:
        match = _LAST_SEGMENT.search(self.path)
        return match[0].rstrip("/") if match else ""


def is_detail(name: OperationName, body: Json, listing: DetectedListing) -> bool:
    """Return whether the list that was found belongs to a single item: `tags` of `/orders/{id}`."""
    if listing.data_path is None:
        return False
    keys = _plain_keys(listing.data_path)
    if not keys:
        return name.is_single
    own = keys[-1]
    holder = as_object(value_at(body, keys[:-1]))
    is_common = is_common_list_name(own)
    if is_common and _has_paging(holder, own) and len(keys) == 1:
        return False
    if len(keys) == 1 and (is_common or name.says_it_lists or _has_page_fields(holder, own)):
        # A listing has a version too.
        body = holder = {key: value for key, value in holder.items() if key.lower() != "etag"}
    resource = item_noun(name.path)
    is_resource = singular_name(own) == resource
    if (
        name.is_single
        and not is_resource
        and not (is_common and len(keys) == 1 and not _is_one_item(holder, own))
    ):
        return True
    if name.is_one_item and any(
        _is_one_item(value_at(body, keys[:end]), keys[end]) for end in range(len(keys))
    ):
        return True
    if _is_one_item(holder, own):
        return not is_resource and not (is_common and _has_page_fields(holder, own))
    if is_resource or is_common or len(holder) == 1:
        return False
    is_only = len(keys) == 1 and not _holds_scalars(listing) and _is_only_list(holder, own)
    if is_only and (name.says_it_lists or name.names_list(own)):
        return False
    return name.ends_with_one or _holds_scalars(listing)


def _is_only_list(holder: dict[str, Json], own: str) -> bool:
    """Return whether an object has no second list of objects."""
    lists = [
        key
        for key, value in holder.items()
        if isinstance(value, list) and isinstance(next(iter(value), None), dict)
    ]
    return lists == [own]


def _has_paging(holder: dict[str, Json], own: str) -> bool:
    """Return whether two fields of pages are beside a list. Single items hardly have two."""
    return sum(meaning_of(key) is not None for key in holder if key != own) > 1


def _holds_scalars(listing: DetectedListing) -> bool:
    return bool(listing.items) and set(listing.items[0]) == {"value"}


def _is_one_item(holder: Json, own: str) -> bool:
    """Return whether an object identifies itself beside its list."""
    if not isinstance(holder, dict):
        return False
    wrapped = holder.get("metadata") if own != "metadata" else None
    fields = {**(wrapped if isinstance(wrapped, dict) else {}), **holder}
    identity = {
        key
        for key, value in fields.items()
        if key != own and isinstance(value, str | int) and not isinstance(value, bool)
    }
    return any("".join(lower_words(key)) in _IDENTITY or key == "_id" for key in identity)


def _has_page_fields(holder: dict[str, Json], own: str) -> bool:
    return any(meaning_of(key) for key in holder if key != own)


def _plain_keys(data_path: str | None) -> list[str]:
    """Return the keys of a plain path, none for the body itself or another expression."""
    if data_path is None or not re.fullmatch(r"(?:\.[A-Za-z_]\w*|\.\"[^\"\\]*\")+", data_path):
        return []
    return [quoted or plain for quoted, plain in re.findall(r'\."([^"]*)"|\.(\w+)', data_path)]


def _is_placeholder(segment: str) -> bool:
    return bool(PLACEHOLDER.search(segment))
