"""What is printed, and where on the page."""

import pytest

from builder.draft import Blueprint, Draft, Source
from builder.install import bundle
from builder.web.outputs import tabs, texts, things_to_do


@pytest.fixture
def draft() -> Draft:
    source = Source("/users", Blueprint("user", "<b>User</b>"), ".id")
    return Draft({"baseUrl": "https://api.example.com"}, (source,))


def test_every_file_but_the_readme_is_in_a_tab(draft: Draft) -> None:
    shown = {printed.name for tab in tabs() for printed in tab.texts}
    assert shown == bundle(draft).keys() - {"README.md"}


def test_a_command_is_shown_as_it_is_pasted(draft: Draft) -> None:
    shown = texts(draft)
    assert shown["helm-install.sh"].startswith("helm repo add")
    assert shown["values.yaml"] == bundle(draft)["values.yaml"]


def test_without_a_draft_the_places_are_there_and_empty() -> None:
    assert set(texts(None).values()) == {""}
    assert things_to_do(None) == []


def test_the_steps_are_html_that_hides_nothing(draft: Draft) -> None:
    steps = things_to_do(draft)
    words = "".join(words for _, words in steps)
    assert next(title for title, _ in steps) == "Fill in the secrets"
    assert "<code>&lt;PORT_CLIENT_ID&gt;</code>" in words
    assert "<ul><li>Helm, with every value in the command: <code>helm-install.sh</code></li>" in words
    assert "`" not in words
