"""Entities and identifying words in names."""

import pytest

from builder.imports.name_parts import item_noun, key_word, listing_title, subject_noun


@pytest.mark.parametrize(
    ("name", "noun", "key"),
    [
        ("projectIds", "project", "id"),
        ("project-key", "project", "key"),
        ("pullRequestNumber", "pull_request", "number"),
        ("companies", "company", ""),
        ("id", "", "id"),
        ("", "", ""),
    ],
)
def test_name_has_an_entity_and_an_identifying_word(name: str, noun: str, key: str) -> None:
    assert (subject_noun(name), key_word(name)) == (noun, key)


def test_endpoint_is_named_after_its_items() -> None:
    assert item_noun("/api/v1/pull-requests") == "pull_request"
    assert listing_title("/api/v1/orgs/{org}/audit-logs") == "Orgs audit logs"
    assert listing_title("/{id}") == "/{id}"
