"""Name the resource of an endpoint: the identifier, title and icon of its blueprint."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from builder.inference.singular import singular
from builder.inference.words import camel_case, sentence_case, split_words

# Without `{` inside: the search in a long text of braces stays linear.
_PARAMETER = re.compile(r"\{[^{}]*\}")
_VERSION = re.compile(r"v?\d+([.-]\d+)*((alpha|beta|rc)\d*)?", re.IGNORECASE)
_ID = re.compile(r"\d+|(?=.*\d)[0-9a-z]{12,}|[0-9a-f-]{16,}", re.IGNORECASE)
_NAMES_IN_PATH = re.compile(r'"((?:[^"\\]|\\.)*+)(?:"|$)|(\w+)')
# Path segments that say how the API is called, not which resource it returns.
_TECHNICAL_SEGMENTS = frozenset(
    {
        *("api", "apis", "rest", "restapi", "json", "xml", "csv", "html", "php", "aspx", "graphql", "rpc"),
        *("odata", "search", "list", "query", "all", "index", "find", "get", "fetch", "export", "batch"),
        *("bulk", "latest", "current", "public", "data", "results"),
    }
)
# Verbs of paths that call something: /search/users, /listUsers.
_CALLS = frozenset({"search", "list", "query", "find", "get", "fetch", "export"})
# Keys in a body that hold a list without naming the resource.
GENERIC_KEYS = _TECHNICAL_SEGMENTS | {
    *("items", "item", "result", "value", "values", "records", "record", "rows", "entries", "entities"),
    *("elements", "content", "contents", "nodes", "node", "edges", "objects", "object", "hits", "docs"),
    *("documents", "response", "payload", "collection", "resources", "embedded", "source"),
}
# Fields with these names are not named after the item.
_NOT_NOUNS = frozenset({"url", "uri", "link", "type", "status", "state", "version", "value", "date", "event"})
# Names for the same thing: Jira's users have an accountId, Grafana's members a userId.
_PERSONS = frozenset({"user", "member", "person", "employee", "account", "collaborator"})
_MAX_LENGTH = 100
# Longer segments are values, and the name is in the last segments of any path.
_MAX_SEGMENT_LENGTH, _MAX_SEGMENTS = 300, 64
_MAX_CACHED_PATHS = 2048
# Port's icons by the resources that they depict.
_ICONS: Mapping[str, str] = {
    **dict.fromkeys(("user", "person", "employee", "contact", "account", "member", "owner"), "User"),
    **dict.fromkeys(("customer", "client"), "Customer"),
    **dict.fromkeys(("team", "group", "squad"), "Team"),
    **dict.fromkeys(("organization", "organisation", "org", "company", "tenant"), "Organization"),
    **dict.fromkeys(("role",), "Role"),
    **dict.fromkeys(("permission", "policy"), "Permissions"),
    **dict.fromkeys(("service", "application", "app", "microservice", "component"), "Microservice"),
    **dict.fromkeys(("repository", "repo"), "Git"),
    **dict.fromkeys(("branch",), "Branch"),
    **dict.fromkeys(("commit",), "Commit"),
    **dict.fromkeys(("merge",), "GitPullRequest"),
    **dict.fromkeys(("pipeline", "workflow"), "Pipeline"),
    **dict.fromkeys(("build", "job", "run"), "CICD"),
    **dict.fromkeys(("deployment", "release"), "Deployment"),
    **dict.fromkeys(("environment", "workspace"), "Environment"),
    **dict.fromkeys(("cluster",), "Cluster"),
    **dict.fromkeys(("node", "server", "host", "vm", "machine", "droplet"), "Server"),
    **dict.fromkeys(("database", "table"), "Database"),
    **dict.fromkeys(("bucket",), "Bucket"),
    **dict.fromkeys(("package", "library", "dependency", "product", "project"), "Package"),
    **dict.fromkeys(("image", "container"), "Docker"),
    **dict.fromkeys(("incident", "alert", "alarm"), "Alert"),
    **dict.fromkeys(("vulnerability", "finding"), "Vulnerability"),
    **dict.fromkeys(("bug", "defect", "error"), "Bug"),
    **dict.fromkeys(("issue", "ticket", "task", "todo", "story", "case"), "Checklist"),
    **dict.fromkeys(("comment", "message", "channel", "conversation"), "Chat"),
    **dict.fromkeys(("event", "schedule", "meeting"), "Calendar"),
    **dict.fromkeys(("document", "doc", "page", "article"), "Docs"),
    **dict.fromkeys(("webhook", "hook"), "Webhook"),
    **dict.fromkeys(("key", "token", "secret", "credential"), "Key"),
    **dict.fromkeys(("invoice", "payment", "order", "subscription"), "Finance"),
    **dict.fromkeys(("cost", "budget"), "Cost"),
    **dict.fromkeys(("metric", "measure"), "Metric"),
    **dict.fromkeys(("flag",), "Flag"),
    **dict.fromkeys(("domain", "link"), "Link"),
    **dict.fromkeys(("version",), "Version"),
    **dict.fromkeys(("log", "audit"), "AuditLog"),
}
_DEFAULT_ICON = "Blueprint"


@dataclass(frozen=True, slots=True)
class ResourceName:
    """The name of one item. words: in lower case, the last one singular."""

    words: tuple[str, ...]

    @property
    def identifier(self) -> str:
        """The blueprint's identifier: pullRequest."""
        return camel_case(self.words)[:_MAX_LENGTH]

    @property
    def title(self) -> str:
        """The blueprint's title: Pull request."""
        return sentence_case(self.words)

    @property
    def icon(self) -> str:
        """The Port icon for the last word that has one, else the default icon."""
        known = (_ICONS[word] for word in reversed(self.words) if word in _ICONS)
        if {"pull", "request"} <= set(self.words):
            return "GitPullRequest"
        return next(known, _DEFAULT_ICON)


@lru_cache(_MAX_CACHED_PATHS)
def resource_name(kind: str, data_path: str = ".") -> ResourceName:
    """Return the name of one item of an endpoint, from the last path segment that names a resource.

    `/api/v1/users/{id}/pull-requests` lists pull requests. If the path names no resource (`/graphql`,
    `/job/{job}/api/json`), the name comes from data_path.
    """
    segments = _segments(kind)
    named = [index for index, segment in enumerate(segments) if _name_in(segment)]
    in_body = [name for name in _names_in(data_path) if squash_resource_name(name) not in GENERIC_KEYS]
    # A segment before a parameter names the parent if more segments follow.
    is_parent = bool(named) and _is_above_parameter(segments[named[-1] + 1 :])
    if named and not (is_parent and in_body):
        return _resource(_name_in(segments[named[-1]]))
    if in_body:
        return _resource(in_body[-1])
    others = [segment for segment in segments if not _has_no_name(segment)]
    return _resource(others[-1] if others else "item")


@lru_cache(_MAX_CACHED_PATHS)
def item_nouns(kind: str, data_path: str = ".") -> frozenset[str]:
    """Return what one item may be called in its own fields: `commit` for `commit_id`, `commitId`."""
    words = resource_name(kind, data_path).words
    in_body = [name for name in _names_in(data_path) if squash_resource_name(name) not in GENERIC_KEYS]
    nouns = {"".join(words), words[-1]}
    if len(words[0]) == 1:  # SAP's A_BusinessPartner
        nouns.add("".join(words[1:]))
    if in_body:
        named = _resource(in_body[-1]).words
        nouns |= {"".join(named), named[-1]}
    if not nouns.isdisjoint(_PERSONS):
        nouns |= _PERSONS
    return frozenset(noun for noun in nouns if len(noun) > 1 and noun not in _NOT_NOUNS)


@lru_cache(_MAX_CACHED_PATHS)
def path_nouns(kind: str) -> frozenset[str]:
    """Return the last word, singular, of each path segment that names a resource."""
    names = map(_name_in, _segments(kind))
    return frozenset(_resource(name).words[-1] for name in names if name)


def ends_with_one_item(kind: str) -> bool:
    """True for a path that ends with a parameter or an id: the response is probably a single item."""
    segments = _segments(kind)
    return bool(segments) and (
        _PARAMETER.search(segments[-1]) is not None or _ID.fullmatch(segments[-1]) is not None
    )


def last_segment_name(kind: str) -> str:
    """Return the resource that the last segment names by itself: `users` in /users.json.

    "" for a segment that says how the API is called: /users/search, /users.list, /graphql.
    """
    segments = _segments(kind)
    if not segments:
        return ""
    stem = re.sub(r"\.(json|xml)$", "", segments[-1])
    words = _words(stem)
    is_call = re.search(r"[.:(]", stem) is not None or (len(words) > 1 and words[0] in _CALLS)
    is_called = len(segments) > 1 and segments[-2].lower() in _CALLS
    return "" if is_call or is_called else _name_in(stem)


def squash_resource_name(name: str) -> str:
    """Return the words of a name in lower case, joined, without characters that Port rejects."""
    return "".join(_words(name))


def _resource(name: str) -> ResourceName:
    *others, last = _words(name) or ["item"]
    return ResourceName((*others, singular(last)))


def _words(name: str) -> list[str]:
    legal = ["".join(char for char in word if _is_legal(char)) for word in split_words(name)]
    return [word.lower() for word in legal if word]


def _is_legal(char: str) -> bool:
    return char.isalnum() if char.isascii() else char.isalpha()


def _segments(kind: str) -> list[str]:
    path = kind.partition("?")[0].partition("#")[0]
    if "://" in path:
        path = path.partition("://")[2].partition("/")[2]
    last = path.rstrip("/").rsplit("/", _MAX_SEGMENTS)[-_MAX_SEGMENTS:]
    return [unquote(segment) for segment in last if segment]


def _name_in(segment: str) -> str:
    """Return the resource in a segment: `users` in users.json and users.list. Empty if there is none."""
    if _has_no_name(segment):
        return ""
    parts = [part for part in re.split(r"[.:;(]", segment) if part]
    return next(
        (
            part
            for part in reversed(parts)
            if _words(part) and squash_resource_name(part) not in _TECHNICAL_SEGMENTS
        ),
        "",
    )


def _has_no_name(segment: str) -> bool:
    if len(segment) > _MAX_SEGMENT_LENGTH:
        return True
    is_id = _VERSION.fullmatch(segment) or _ID.fullmatch(segment)
    return bool(is_id or _PARAMETER.search(segment) or not _words(segment))


def _is_above_parameter(after: list[str]) -> bool:
    return len(after) > 1 and any(_PARAMETER.search(segment) or _ID.fullmatch(segment) for segment in after)


def _names_in(data_path: str) -> Iterator[str]:
    for quoted, name in _NAMES_IN_PATH.findall(data_path.partition("|")[0]):
        if text := quoted or name:
            yield text
