"""Which requests may be sent again though they may have been carried out: those that are known to read."""

import re
from urllib.parse import unquote, urlsplit

from rest.bodies import Json
from rest.errors import DoubtError
from rest.graphql import is_graphql, only_queries
from rest.request import Request

# RFC 9110 §15: the server says that it has not begun (408, 425, 429), or that it cannot now (503).
_NOT_BEGUN = frozenset({408, 425, 429, 503})
# Elasticsearch's, Notion's, HubSpot's, Jira's. A plain `list` or `filter` creates one in other APIs (ClickUp,
# Jira), and a scroll moves on each time that it is asked.
_READING = frozenset({"search", "_search", "_msearch", "_count", "_mget"})
# A query may be written in a language that also writes: SQL, InfluxQL, Cypher.
_QUERYING = frozenset({"query", "runquery"})
_LANGUAGES = frozenset({"command", "cypher", "gql", "ql", "q", "query", "script", "sql", "statement"})
# Behind a colon or a dot stands a verb: Google's AIP-136 and Slack's methods.
_VERBS = _READING | {"batchget", "find", "get", "history", "info", "list", "lookup", "searchstream"}
_ENDINGS = re.compile(r"\.(json|xml|csv)$")


def may_repeat(request: Request) -> bool:
    """True where nothing is lost if a request is carried out twice: the user says so, or it only reads.

    GET is safe (RFC 9110 §9.2.1). PUT is idempotent (§9.2.2), but may undo what others changed meanwhile.
    """
    if request.retry is not None:
        return request.retry
    return request.method == "GET" or (request.method == "POST" and _only_reads(request))


def check_reading_again(request: Request) -> None:
    """Raises DoubtError: a listing moved while it was read, and the user forbids to ask for its pages again.

    Otherwise any method may: that pages followed the first shows that the endpoint lists.
    """
    if request.retry is False:
        raise DoubtError(
            "the listing moved while it was read, and retry: false keeps it from being read again",
            hint="Set retry to true if the endpoint only reads",
            doubt="repeated_items",
        )


def is_not_begun(status: int) -> bool:
    """True for a status by which the API says that it did nothing yet."""
    return status in _NOT_BEGUN


def _only_reads(request: Request) -> bool:
    body = request.body
    documents = [_document(each) for each in body] if isinstance(body, list) else [_document(body)]
    if any(document is not None for document in documents):
        return all(document is not None and only_queries(document) for document in documents)
    return _is_search(request)


def _document(body: Json) -> str | None:
    """A body's GraphQL; None: it has none. A search may have a plain text in the same place."""
    text = body.get("query") if isinstance(body, dict) else None
    return text if isinstance(text, str) and is_graphql(text) else None


def _is_search(request: Request) -> bool:
    """True for an endpoint whose name says that it searches."""
    path = unquote(urlsplit(request.url).path).lower().rstrip("/")
    *_, before, last = ["", "", *path.split("/")]
    last = _ENDINGS.sub("", last)
    verb = re.split(r"[:.]", last)[-1]
    if verb in _QUERYING:
        return not _has_statement(request)
    if (before, last) == ("search", "jql"):
        return True
    return verb in (_READING if verb == last else _VERBS)


def _has_statement(request: Request) -> bool:
    fields = list(request.body.items()) if isinstance(request.body, dict) else [("query", request.body)]
    written = [*fields, *request.query]
    return any(name.lower() in _LANGUAGES and isinstance(value, str) for name, value in written)
