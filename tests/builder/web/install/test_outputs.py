"""The printed texts and their tabs."""

import pytest

from builder.draft import Blueprint, Draft, Source
from builder.install import bundle
from builder.web.install.outputs import install_steps, output_texts, tabs


@pytest.fixture
def draft() -> Draft:
    source = Source("/users", Blueprint("user", "<b>User</b>"), ".id")
    return Draft({"baseUrl": "https://api.example.com"}, (source,))


def test_every_file_except_the_readme_is_in_a_tab(draft: Draft) -> None:
    names = {output.name for tab in tabs() for output in tab.outputs}
    assert names == bundle(draft).keys() - {"README.md"}


def test_a_script_is_shown_without_its_head(draft: Draft) -> None:
    texts = output_texts(draft)
    assert texts["helm-install.sh"].startswith("helm repo add")
    assert texts["values.yaml"] == bundle(draft)["values.yaml"]


def test_all_texts_are_empty_without_a_draft() -> None:
    assert set(output_texts(None).values()) == {""}
    assert install_steps(None) == []


def test_steps_are_escaped_html(draft: Draft) -> None:
    steps = install_steps(draft)
    html = "".join(html for _, html in steps)
    assert next(title for title, _ in steps) == "Fill in the secrets"
    assert "<code>&lt;PORT_CLIENT_ID&gt;</code>" in html
    assert "<ul><li>Helm, with all values in the command: <code>helm-install.sh</code></li>" in html
    assert "`" not in html


def test_commands_for_this_machine_come_first_for_a_sandbox_only() -> None:
    assert tabs()[0].name == "helm"
    assert tabs(local_first=True)[0].name == "local"
    assert {tab.name: tab.outputs for tab in tabs()} == {
        tab.name: tab.outputs for tab in tabs(local_first=True)
    }
