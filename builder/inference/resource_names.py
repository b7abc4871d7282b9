"""What an endpoint's items are called: the blueprint's identifier, title and icon."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from builder.inference.singular import singular
from builder.inference.words import camel, title_of, words_of

_PARAMETER = re.compile(r"\{[^}]*\}")
_VERSION = re.compile(r"v?\d+([.-]\d+)*((alpha|beta|rc)\d*)?", re.IGNORECASE)
_ID = re.compile(r"\d+|(?=.*\d)[0-9a-z]{12,}|[0-9a-f-]{16,}", re.IGNORECASE)
_NAMES_IN_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"|(\w+)')
# Say how the API is asked, but not for what.
_ASKING = frozenset(
    {
        *("api", "apis", "rest", "restapi", "json", "xml", "csv", "html", "php", "aspx", "graphql", "rpc"),
        *("odata", "search", "list", "query", "all", "index", "find", "get", "fetch", "export", "batch"),
        *("bulk", "latest", "current", "public", "data", "results"),
    }
)
# Say in a body that there is a list, but not of what.
_GENERIC = _ASKING | {
    *("items", "item", "result", "value", "values", "records", "record", "rows", "entries", "entities"),
    *("elements", "content", "contents", "nodes", "node", "edges", "objects", "object", "hits", "docs"),
    *("documents", "response", "payload", "collection", "resources", "embedded", "source"),
}
_LONGEST = 100
# Of Port's own icons, those whose name says what they are for.
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
_ANY_ICON = "Blueprint"


@dataclass(frozen=True, slots=True)
class ResourceName:
    """The name of one item: its words in lower case, the last one singular."""

    words: tuple[str, ...]

    @property
    def identifier(self) -> str:
        """For the blueprint: pullRequest."""
        return camel(self.words)[:_LONGEST]

    @property
    def title(self) -> str:
        """For the blueprint: Pull request."""
        return title_of(self.words)

    @property
    def icon(self) -> str:
        """One of Port's icons; the general one where no word says more."""
        known = (_ICONS[word] for word in reversed(self.words) if word in _ICONS)
        if {"pull", "request"} <= set(self.words):
            return "GitPullRequest"
        return next(known, _ANY_ICON)


def resource_name(kind: str, data_path: str = ".") -> ResourceName:
    """What one item of an endpoint is called: the last part of its path that names something.

    `/api/v1/users/{id}/pull-requests` has pull requests. Where the path says how to ask but not for what
    (`/graphql`, `/job/{job}/api/json`), the path to the list says it.
    """
    segments = _segments(kind)
    named = [index for index, segment in enumerate(segments) if _name_in(segment)]
    in_body = [name for name in _names_in(data_path) if plain_name(name) not in _GENERIC]
    # What stands before a parameter names the parent, where something follows it.
    is_parent = bool(named) and _is_above_parameter(segments[named[-1] + 1 :])
    if named and not (is_parent and in_body):
        return _resource(_name_in(segments[named[-1]]))
    if in_body:
        return _resource(in_body[-1])
    others = [segment for segment in segments if not _says_nothing(segment)]
    return _resource(others[-1] if others else "item")


def ends_with_one_item(kind: str) -> bool:
    """True for a path that ends with a parameter or an id: its answer is likely one item."""
    segments = _segments(kind)
    return bool(segments) and (
        _PARAMETER.search(segments[-1]) is not None or _ID.fullmatch(segments[-1]) is not None
    )


def plain_name(name: str) -> str:
    """A name's words in lower case, together."""
    return "".join(_words(name))


def _resource(name: str) -> ResourceName:
    *others, last = _words(name) or ["item"]
    return ResourceName((*others, singular(last)))


def _words(name: str) -> list[str]:
    legal = ["".join(char for char in word if _is_legal(char)) for word in words_of(name)]
    return [word.lower() for word in legal if word]


def _is_legal(char: str) -> bool:
    return char.isalnum() if char.isascii() else char.isalpha()


def _segments(kind: str) -> list[str]:
    path = kind.partition("?")[0].partition("#")[0]
    if "://" in path:
        path = path.partition("://")[2].partition("/")[2]
    return [unquote(segment) for segment in path.split("/") if segment]


def _name_in(segment: str) -> str:
    """What a segment names: `users` in users.json and in users.list; empty where it names nothing."""
    if _says_nothing(segment):
        return ""
    parts = [part for part in re.split(r"[.:;(]", segment) if part]
    return next((part for part in reversed(parts) if _words(part) and plain_name(part) not in _ASKING), "")


def _says_nothing(segment: str) -> bool:
    is_id = _VERSION.fullmatch(segment) or _ID.fullmatch(segment)
    return bool(is_id or _PARAMETER.search(segment) or not _words(segment))


def _is_above_parameter(after: list[str]) -> bool:
    return len(after) > 1 and any(_PARAMETER.search(segment) or _ID.fullmatch(segment) for segment in after)


def _names_in(data_path: str) -> Iterator[str]:
    for quoted, name in _NAMES_IN_PATH.findall(data_path.partition("|")[0]):
        if text := quoted or name:
            yield text
