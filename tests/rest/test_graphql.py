"""GraphQL queries and mutations."""

import pytest

from rest.graphql import is_graphql, only_queries

QUERIES = (
    "{ users { id } }",
    "{users{id}}",
    "query { a }",
    "query{a}",
    'query Users($of: F = {a: [1, 2], b: "}"}) @live(if: {x: 1}) { users(of: $of) { id } }',
    "  \n,, # mutation\n query { mutation }",
    "\ufeffquery { a }",
    "fragment F on User { id } query { user { ...F } }",
    "query { user { ...F } } fragment F on User { id }",
    "query A { a } query B { b }",
    "{ a } query B { b }",
    '{ a(text: "} mutation { b }") }',
    '{ a(text: """ "} mutation { b } \\""" """) }',
    "{ a # } mutation { b }\n }",
    "query mutation { a }",
    "query { subscription: a }",
)
OTHERS = (
    "mutation { a }",
    "mutation{a}",
    "mutation M($a: Int) { a(b: $a) }",
    "subscription { a }",
    "query { a } mutation { b }",
    "query A { a } mutation B { b } query C { c }",
    "{ a } subscription { b }",
    "# query\nmutation { a }",
    '"query { a }" mutation { b }',
    "query { a } # c\rmutation { b }",
    "fragment F on User { id }",
    "type User { id: ID }",
    "query { a } extend type User { id: ID }",
    "query { a ",
    "query { a } }",
    "query",
    "query { a } x",
    '{ a(text: "x',
    "status:open",
    "",
    "   ",
    "Query { a }",
    "MUTATION { a }",
    "SELECT * FROM users",
)


@pytest.mark.parametrize("document", QUERIES)
def test_a_document_of_queries_only_queries(document: str) -> None:
    assert is_graphql(document)
    assert only_queries(document)


@pytest.mark.parametrize("document", OTHERS)
def test_other_documents_may_change_data(document: str) -> None:
    assert not only_queries(document)


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("mutation { a }", True),
        ("subscription { a }", True),
        ("query A { a", True),
        ("query all of them", False),
        ("mutation", False),
        ("status:open {x}", False),
        ("", False),
    ],
)
def test_a_search_text_is_not_a_document(text: str, *, is_so: bool) -> None:
    assert is_graphql(text) is is_so
