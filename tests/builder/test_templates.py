"""The templates: each example becomes the integration that its files describe."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.install import blueprints, mapping
from builder.project import ROOT
from builder.templates import TemplateError, draft_of, read_template, template_titles

_NAMES = list(template_titles())


def _values(name: str) -> dict[str, str]:
    """Return a value for each need."""
    return {need.name: f"my-{need.name.replace('_', '-')}" for need in read_template(name).needs}


def _example(name: str, values: Mapping[str, str]) -> Any:
    text = (ROOT / "examples" / name / "port-app-config.yml").read_text()
    for need, value in values.items():
        text = text.replace(f"<YOUR_{need.upper()}>", value)
    return yaml.safe_load(text)


def test_the_examples_are_templates() -> None:
    assert {"github", "jira", "sentry"} <= {*_NAMES}
    assert template_titles()["jira"] == "Jira Cloud"
    assert "sample_company" not in _NAMES


@pytest.mark.parametrize("name", _NAMES)
def test_a_template_gives_the_mapping_and_the_blueprints_of_its_example(name: str) -> None:
    values = _values(name)
    draft = draft_of(read_template(name), values)
    assert mapping(draft) == _example(name, values)
    documents = json.loads((ROOT / "examples" / name / "blueprints.json").read_text())
    found: dict[str, Any] = {str(each["identifier"]): each for each in blueprints(draft)}
    assert found.keys() == {each["identifier"] for each in documents}
    for document in documents:
        assert {**found[document["identifier"]], **document} == found[document["identifier"]]


@pytest.mark.parametrize("name", _NAMES)
def test_no_placeholder_is_left(name: str) -> None:
    draft = draft_of(read_template(name), _values(name))
    assert "<YOUR_" not in repr(draft)
    assert str(draft.settings["baseUrl"]).startswith("https://")


def test_needs_are_labelled_and_secrets_known() -> None:
    needs = {need.name: need for need in read_template("github").needs}
    assert (needs["api_token"].label, needs["api_token"].is_secret) == ("API token", True)
    assert (needs["organisation"].label, needs["organisation"].is_secret) == ("Organisation", False)
    assert {need.name for need in read_template("datadog").needs if need.is_secret} == {
        "api_key",
        "application_key",
    }


def test_a_missing_secret_is_left_out_and_a_missing_value_is_told() -> None:
    assert "apiToken" not in draft_of(read_template("github"), {"organisation": "acme"}).settings
    with pytest.raises(TemplateError, match="Organisation: required"):
        draft_of(read_template("github"), {"organisation": " "})


def test_an_unknown_template_is_told_with_the_known_ones() -> None:
    for name in ("nowhere", "../secrets", "sample_company"):
        with pytest.raises(TemplateError, match=r"There is no template .* Choose one of .*datadog, .*github"):
            read_template(name)


def test_templates_are_found_in_any_folder(tmp_path: Path) -> None:
    assert template_titles(tmp_path) == {}
