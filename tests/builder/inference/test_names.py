"""Names: of properties, of blueprints, singular and in titles."""

import pytest

from builder.inference import resource_name
from builder.inference.naming import field_title, property_names
from builder.inference.singular import singular
from builder.inference.words import words_of

# Of Port's documented list of icons.
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
def test_an_endpoint_s_items_are_called_by_its_last_name(
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
def test_an_icon_by_a_word_of_the_name(kind: str, icon: str) -> None:
    assert resource_name(kind).icon == icon


def test_every_icon_is_one_of_port_s() -> None:
    words = (
        "user customer team organization role permission service repository branch commit merge pipeline "
        "build deployment environment cluster server database bucket package image incident vulnerability "
        "bug issue comment event document webhook key invoice cost metric flag domain version log x"
    )
    assert {resource_name(f"/{word}").icon for word in words.split()} == ICONS


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        *(("users", "user"), ("people", "person"), ("children", "child"), ("companies", "company")),
        *(("movies", "movie"), ("statuses", "status"), ("status", "status"), ("addresses", "address")),
        *(("address", "address"), ("classes", "class"), ("boxes", "box"), ("branches", "branch")),
        *(("dishes", "dish"), ("caches", "cache"), ("releases", "release"), ("databases", "database")),
        *(("cases", "case"), ("analyses", "analysis"), ("analysis", "analysis"), ("buses", "bus")),
        *(("houses", "house"), ("causes", "cause"), ("heroes", "hero"), ("aliases", "alias")),
        *(("indices", "index"), ("news", "news"), ("series", "series"), ("dns", "dns"), ("s", "s")),
        *(("archives", "archive"), ("keys", "key"), ("days", "day"), ("data", "data"), ("queries", "query")),
        *(("licenses", "license"), ("responses", "response"), ("nodes", "node"), ("types", "type")),
        *(("bonuses", "bonus"), ("quizzes", "quiz"), ("uses", "use"), ("matches", "match")),
    ],
)
def test_the_singular(plural: str, expected: str) -> None:
    assert singular(plural) == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("createdAt", ["created", "At"]),
        ("HTMLUrl", ["HTML", "Url"]),
        ("created-at_x y.z", ["created", "at", "x", "y", "z"]),
        ("ipv4", ["ipv4"]),
        ("__", []),
    ],
)
def test_the_words_of_a_name(name: str, words: list[str]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        pytest.param(
            [("created-at",), ("@type",), ("order by",)], ["created_at", "type", "order_by"], id="odd"
        ),
        pytest.param([("createdAt",), ("owner", "login")], ["createdAt", "ownerLogin"], id="camel"),
        pytest.param([("created_at",), ("owner", "login")], ["created_at", "owner_login"], id="snake"),
        pytest.param([("ID",), ("Name",)], ["ID", "Name"], id="as they are"),
        pytest.param([("_id",), ("id",)], ["id", "id_2"], id="taken"),
        pytest.param([("attributes", "name"), ("name",)], ["attributes_name", "name"], id="wrapped"),
        pytest.param([("attributes", "name")], ["name"], id="unwrapped"),
        pytest.param([("a b",), ("a-b",), ("a_b",)], ["a_b", "a_b_2", "a_b_3"], id="alike"),
        pytest.param([("Id",), ("ID",)], ["Id", "ID_2"], id="alike but for case"),
        pytest.param([("größe",), ("名前",), ("",)], ["groe", "field", "field_2"], id="letters"),
        pytest.param([("x" * 150,), ("x" * 160,)], ["x" * 100, "x" * 94 + "_2"], id="long"),
        pytest.param([], [], id="none"),
    ],
)
def test_names_of_properties_are_legal_and_unique(paths: list[tuple[str, ...]], names: list[str]) -> None:
    assert property_names(paths) == names


@pytest.mark.parametrize(
    ("keys", "title"),
    [
        (("created_at",), "Created at"),
        (("htmlUrl",), "HTML URL"),
        (("owner", "id"), "Owner ID"),
        (("attributes", "terraform-version"), "Terraform version"),
        (("größe",), "Größe"),
        (("名前",), "名前"),
        (("$$",), "$$"),
        (("",), "Field"),
        (("x" * 150,), "X" + "x" * 99),
    ],
)
def test_a_title_is_what_a_person_reads(keys: tuple[str, ...], title: str) -> None:
    assert field_title(keys) == title
