"""Resource names of endpoints: identifier, title and icon of the blueprint."""

import time

import pytest

from builder.inference import resource_name
from builder.inference.resource_names import item_nouns

# From Port's documented list of icons.
ICONS = {
    *("Alert", "AuditLog", "Blueprint", "Branch", "Bucket", "Bug", "CICD", "Calendar", "Chat", "Checklist"),
    *("Cluster", "Commit", "Cost", "Customer", "Database", "Deployment", "Docker", "Docs", "Environment"),
    *("Finance", "Flag", "Git", "GitPullRequest", "Key", "Link", "Metric", "Microservice", "Organization"),
    *("Package", "Permissions", "Pipeline", "Role", "Server", "Team", "User", "Version", "Vulnerability"),
    "Webhook",
}


@pytest.mark.parametrize(
    ("kind", "data_path", "identifier", "title"),
    [
        ("/api/v1/users", ".", "user", "User"),
        ("/api/v1/users/{id}/repositories?x=y", ".", "repository", "Repository"),
        ("/v2/people", ".", "person", "Person"),
        ("/companies.json", ".", "company", "Company"),
        ("/statuses", ".", "status", "Status"),
        ("/data", ".", "data", "Data"),
        ("/data", ".users", "user", "User"),
        ("/analyses/", ".", "analysis", "Analysis"),
        ("/pull-requests", ".", "pullRequest", "Pull request"),
        ("/order_items", ".", "orderItem", "Order item"),
        ("/workItems", ".", "workItem", "Work item"),
        ("/users/{id}", ".", "user", "User"),
        ("/users/17", ".", "user", "User"),
        ("/users/0f000001-0000-4000-8000-000000000000", ".", "user", "User"),
        ("/api/users.list", ".members", "user", "User"),
        ("/2010-04-01/Accounts/AC00000000000000/Messages.json", ".", "message", "Message"),
        ("/graphql", ".data.viewer.repositories.nodes", "repository", "Repository"),
        ("/job/{job}/api/json", ".builds", "build", "Build"),
        ("/job/{job}/api/json", ".items", "job", "Job"),
        ("/projects/{project_id}/tasks/search", ".results", "task", "Task"),
        ("/v1/search", ".results", "search", "Search"),
        ("/spaces/x/entries", ".items", "entry", "Entry"),
        ("https://api.example.com/v1/users", ".", "user", "User"),
        ("/caf%C3%A9s", ".", "café", "Café"),
        ("/api/urls", ".", "url", "URL"),
        ("/", ".", "item", "Item"),
        ("", ".", "item", "Item"),
        ("/v1/{id}", ".", "item", "Item"),
        ("/!!!", '."a b".""', "aB", "A b"),
    ],
)
def test_items_are_named_after_the_last_segment_that_names_a_resource(
    kind: str, data_path: str, identifier: str, title: str
) -> None:
    found = resource_name(kind, data_path)
    assert (found.identifier, found.title) == (identifier, title)


@pytest.mark.parametrize(
    ("kind", "icon"),
    [
        ("/users", "User"),
        ("/org_members", "User"),
        ("/pull-requests", "GitPullRequest"),
        ("/services", "Microservice"),
        ("/build-logs", "AuditLog"),
        ("/requests", "Blueprint"),
        ("/things", "Blueprint"),
    ],
)
def test_icon_depends_on_a_word_of_the_name(kind: str, icon: str) -> None:
    assert resource_name(kind).icon == icon


def test_every_icon_is_an_icon_of_port() -> None:
    words = (
        "user customer team organization role permission service repository branch commit merge pipeline "
        "build deployment environment cluster server database bucket package image incident vulnerability "
        "bug issue comment event document webhook key invoice cost metric flag domain version log x"
    )
    assert {resource_name(f"/{word}").icon for word in words.split()} == ICONS


@pytest.mark.parametrize("text", ["/{", "/a", "/{a}", "v1-", "1.", "aB"])
def test_name_of_a_very_long_path_is_found_at_once(text: str) -> None:
    started = time.monotonic()
    resource_name("/users/" + text * 100_000)
    assert time.monotonic() - started < 1


def test_unclosed_quote_in_a_data_path_takes_linear_time() -> None:
    started = time.monotonic()
    item_nouns("/graphql", '."' + '\\"' * 100_000)
    assert time.monotonic() - started < 2
