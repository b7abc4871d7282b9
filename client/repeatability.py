"""Which requests are safe to repeat although the API may have processed them: those known to only read."""

import re
from urllib.parse import unquote, urlsplit

from rest.bodies import Json
from rest.errors import DoubtError
from rest.graphql import is_graphql, only_queries
from rest.request import Request

# RFC 9110 §15, RFC 8470, RFC 6585: the server has not begun (408, 425, 429), or cannot at the moment (503).
_UNPROCESSED = frozenset({408, 425, 429, 503})
# Elasticsearch, Notion, HubSpot, Jira. Not `list` or `filter`, which create one in ClickUp and Jira. Not
# `scroll`, which advances with each request.
_SEARCHES = frozenset({"search", "_search", "_msearch", "_count", "_mget"})
# Endpoints that take a query, which may be in a language that also writes: SQL, InfluxQL, Cypher.
_QUERIES = frozenset({"query", "runquery"})
_STATEMENT_FIELDS = frozenset({"command", "cypher", "gql", "ql", "q", "query", "script", "sql", "statement"})
# After a colon or a dot stands a verb: Google's AIP-136 and Slack's methods.
_VERBS = _SEARCHES | {"batchget", "find", "get", "history", "info", "list", "lookup", "searchstream"}
_EXTENSION = re.compile(r"\.(json|xml|csv)$")


def is_repeatable(request: Request) -> bool:
    """Return True where processing a request twice does no harm: the user says so, or it only reads.

    GET is safe (RFC 9110 §9.2.1). PUT is idempotent (§9.2.2), but may undo changes made in the meantime.
    """
    return only_reads(request) if request.retry is None else request.retry


def only_reads(request: Request) -> bool:
    """Return True for a request that is known to change nothing, whatever the mapping says about retries."""
    return request.method == "GET" or (request.method == "POST" and _asks_only(request))


def check_rereading(request: Request) -> None:
    """Raise DoubtError where the user forbids to read a listing again that changed while it was read.

    Otherwise any method is allowed: the endpoint returned several pages, so it lists.
    """
    if request.retry is False:
        raise DoubtError(
            "the listing changed while it was read, and retry: false prevents reading it again",
            hint="Set retry to true if the endpoint only reads",
            doubt="repeated_items",
        )


def is_unprocessed_status(status: int) -> bool:
    """Return True for a status that says that the API has not processed the request."""
    return status in _UNPROCESSED


def _asks_only(request: Request) -> bool:
    body = request.body
    if request.body_type == "text" and isinstance(body, str) and is_graphql(body):
        return only_queries(body)
    documents = [_graphql_in(each) for each in body] if isinstance(body, list) else [_graphql_in(body)]
    if any(document is not None for document in documents):
        return all(document is not None and only_queries(document) for document in documents)
    return _is_search(request)


def _graphql_in(body: Json) -> str | None:
    """Return the GraphQL document of a body. A search may have plain text in the same field."""
    text = body.get("query") if isinstance(body, dict) else None
    return text if isinstance(text, str) and is_graphql(text) else None


def _is_search(request: Request) -> bool:
    """Return True for an endpoint whose name says that it searches."""
    path = unquote(urlsplit(request.url).path).lower().rstrip("/")
    *_, parent, last = ["", "", *path.split("/")]
    last = _EXTENSION.sub("", last)
    verb = re.split(r"[:.]", last)[-1]
    if verb in _QUERIES:
        return not _has_statement(request)
    # Jira's queries, and Artifactory's: neither language can write.
    if parent == "search" and last in ("jql", "aql"):
        return True
    return verb in (_SEARCHES if verb == last else _VERBS)


def _has_statement(request: Request) -> bool:
    is_statement = isinstance(request.body, str) and request.body_type in ("json", "text")
    return is_statement or any(
        name.lower() in _STATEMENT_FIELDS and isinstance(value, str)
        for name, value in [*request.body_fields, *request.query]
    )
