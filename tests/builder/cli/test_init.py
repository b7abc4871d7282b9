"""The parts of the `init` command that need no API."""

from pathlib import Path

import pytest

from builder.cli.init import Builder, add_relations
from builder.cli.init_files import check_output, write_files
from builder.cli.prompt import Prompt, ask_connection
from builder.draft import Blueprint, Draft, Source
from builder.inference import SampledSource, propose
from rest.bodies import Json
from rest.errors import ResourceError, SettingsError


def test_with_yes_defaults_are_accepted() -> None:
    prompt = Prompt(yes=True)
    assert prompt.text("Blueprint", "user") == "user"
    assert prompt.choice("Authentication", ("none", "basic"), "none") == "none"
    assert prompt.confirm("Add another endpoint?", default=False) is False


def test_with_yes_a_value_without_a_default_is_an_error() -> None:
    with pytest.raises(ResourceError, match="Base URL of the API: required with --yes"):
        ask_connection(Prompt(yes=True), {})


def test_known_settings_are_not_asked_for() -> None:
    known: dict[str, Json] = {"baseUrl": "https://api.example.com", "authType": "api_key", "apiKey": "abc"}
    settings = ask_connection(Prompt(yes=True), known)
    assert settings == {**known, "apiKeyHeader": "X-API-Key", "paginationType": "auto"}


def test_a_wrong_setting_is_an_error() -> None:
    with pytest.raises(SettingsError, match="baseUrl"):
        ask_connection(Prompt(yes=True), {"baseUrl": "api.example.com"})


def test_existing_files_are_not_overwritten(tmp_path: Path) -> None:
    settings: dict[str, Json] = {"baseUrl": "https://api.example.com"}
    draft = Draft(settings, (Source("/users", Blueprint("user", "User"), ".id"),))
    paths = write_files(draft, tmp_path)
    assert paths
    assert all(path.is_file() for path in paths)
    with pytest.raises(ResourceError, match="or remove"):
        write_files(draft, tmp_path)
    with pytest.raises(ResourceError, match="already exists"):
        check_output(tmp_path)


@pytest.mark.parametrize(("other_owners", "relations"), [(0, ["owner"]), (9, [])])
def test_relations_are_taken_as_the_page_selects_them(other_owners: int, relations: list[str]) -> None:
    """With --yes, a relation with few values in the sample is left out."""
    owners = ["user-1", *(f"other-{number}" for number in range(other_owners))]
    users = propose("/users", [{"id": "user-1"}])
    projects = propose("/projects", [{"id": f"p{n}x", "owner_id": owner} for n, owner in enumerate(owners)])
    builder = Builder({}, [SampledSource(found.source, found.items) for found in (users, projects)])
    add_relations(Prompt(yes=True), builder)
    assert [each.name for each in builder.sampled[1].source.blueprint.relations] == relations
