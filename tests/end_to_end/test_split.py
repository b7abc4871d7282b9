"""`ocean-custom split` divides a mapping, and its installations together do what one did."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.process

type Json = dict[str, Any]


def _entry(kind: str, blueprint: str, parent: str | None = None, **mappings: Any) -> Json:
    source = {"path_parameters": {"team": {"endpoint": parent, "field": ".id"}}} if parent else {}
    entity = {"identifier": ".id", "blueprint": f'"{blueprint}"', **mappings}
    return {
        "kind": kind,
        "selector": {"query": "true", **source},
        "port": {"entity": {"mappings": entity}},
    }


_MAPPING: Json = {
    "entityDeletionThreshold": 1,
    "createMissingRelatedEntities": False,
    "resources": [
        _entry("/teams", "team"),
        _entry("/teams/{team}/members", "member", "/teams", relations={"team": ".__team"}),
        _entry("/teams/{team}/boards", "board", "/teams"),
        _entry("/services", "service"),
    ],
}
_BLUEPRINTS = [
    {"identifier": name, "title": name, "schema": {"properties": {}}, "relations": relations}
    for name, relations in (
        ("team", {}),
        ("member", {"team": {"target": "team", "many": False, "required": False}}),
        ("board", {}),
        ("service", {}),
    )
]
_NAMES = [f"t{number}" for number in range(24)]


@pytest.fixture
def api(loopback: Callable[[Json], Any]) -> Any:
    """Return an API whose members are most of the load."""
    answers: Json = {
        "/teams": [{"id": name} for name in _NAMES],
        "/services": [{"id": f"s{number}"} for number in range(300)],
    }
    for name in _NAMES:
        answers[f"/teams/{name}/members"] = [{"id": f"{name}-m{number}"} for number in range(20)]
        answers[f"/teams/{name}/boards"] = [{"id": f"{name}-b"}]
    return loopback(answers)


@pytest.fixture
def run(api: Any, port: Any, tmp_path: Path, ocean_custom_command: Any) -> Callable[..., Any]:
    """Return a function that runs a command with the settings of the whole integration."""
    (tmp_path / "mapping.yml").write_text(yaml.safe_dump(_MAPPING))
    (tmp_path / "blueprints.json").write_text(json.dumps(_BLUEPRINTS))
    variables = {
        "OCEAN__PORT__BASE_URL": port.url,
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox",
        "OCEAN__INTEGRATION__IDENTIFIER": "whole",
        "OCEAN__INTEGRATION__CONFIG__BASE_URL": api.url,
        "OCEAN__INTEGRATION__CONFIG__AUTH_TYPE": "bearer_token",
        "OCEAN__INTEGRATION__CONFIG__API_TOKEN": "a-real-secret",
        "OCEAN__INTEGRATION__CONFIG__REQUESTS_PER_SECOND": "500",
    }

    def command(*arguments: str, **more: str) -> Any:
        return ocean_custom_command.run(arguments, {**os.environ, **variables, **more}, tmp_path)

    return command


def _folders(tmp_path: Path, number: int) -> list[Path]:
    return [tmp_path / "split" / f"whole-{index + 1}" for index in range(number)]


def test_the_installations_of_a_split_have_everything_once(
    run: Callable[..., Any], install: Callable[..., Any], port: Any, api: Any, tmp_path: Path
) -> None:
    files = ("--mapping", "mapping.yml", "--blueprints", "blueprints.json")
    done = run("split", "--into", "2", *files, "--items-per-request", "10", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    loads = [share["load"] for share in report["shares"]]
    assert min(loads) > 0.4
    names = [
        (each["kind"], str(each.get("partition"))) for share in report["shares"] for each in share["kinds"]
    ]
    assert len(set(names)) == len(names)
    assert {kind for kind, _ in names} == {entry["kind"] for entry in _MAPPING["resources"]}
    assert ("/teams/{team}/members", "{'index': 0, 'of': 2}") in names
    assert any(
        "the relation team of /teams/{team}/members leads to entities of share" in each
        for each in report["notes"]
    )

    port.prepare(_MAPPING)
    installations = []
    for folder in _folders(tmp_path, 2):
        values = yaml.safe_load((folder / "values.yaml").read_text())
        assert values["integration"]["config"]["requestsPerSecond"] == "250"
        assert values["integration"]["secrets"]["apiToken"] == "<YOUR_API_TOKEN>"
        assert "a-real-secret" not in (folder / "values.yaml").read_text()
        assert values["initializePortResources"] is False
        identifier = values["integration"]["identifier"]
        installation = install({**values["integration"]["config"], "apiToken": "x"}, identifier=identifier)
        mapping = yaml.safe_load((folder / "port-app-config.yml").read_text())
        installations.append((installation, mapping))
    assert [each.identifier for each, _ in installations] == ["whole-1", "whole-2"]
    for _ in range(2):
        with ThreadPoolExecutor() as processes:
            results = list(processes.map(lambda pair: pair[0].sync(pair[1]), installations))
        for result in results:
            assert {state for _, state in result.states} == {"completed"}, result.log
    assert port.counts() == {"team": 24, "member": 480, "board": 24, "service": 300}

    for name in ("t3", "t4"):
        api.answers["/teams"].remove({"id": name})
    api.answers["/services"].pop()
    with ThreadPoolExecutor() as processes:
        list(processes.map(lambda pair: pair[0].sync(pair[1]), installations))
    assert port.counts() == {"team": 22, "member": 440, "board": 22, "service": 299}


def test_a_split_overwrites_nothing_without_being_told(
    run: Callable[..., Any], api: Any, tmp_path: Path
) -> None:
    arguments = ("split", "--into", "3", "--mapping", "mapping.yml", "--blueprints", "blueprints.json")
    first = run(*arguments)
    assert first.returncode == 0, first.stderr
    files = {path: path.read_text() for folder in _folders(tmp_path, 3) for path in folder.iterdir()}
    assert len(files) == 6
    before = len(api.targets)
    refused = run(*arguments)
    assert refused.returncode == 1
    assert "already exists" in refused.stderr
    assert "--overwrite" in refused.stderr
    assert len(api.targets) == before
    assert files == {path: path.read_text() for path in files}
    again = run(*arguments, "--overwrite")
    assert again.returncode == 0, again.stderr
    # Requests that run at once confirm more or fewer pages, so the weights may differ a little.
    assert {path for folder in _folders(tmp_path, 3) for path in folder.iterdir()} == files.keys()


def test_a_sample_reads_less_and_says_that_it_estimates(run: Callable[..., Any], api: Any) -> None:
    done = run("split", "--into", "2", "--mapping", "mapping.yml", "--sample", "3", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert len(api.targets) < 15
    assert sum(share["items"] for share in report["shares"]) == 24 + 480 + 24 + 300
    assert any(
        note.startswith("Requests and items are estimates from 3 listings") for note in report["notes"]
    )
    assert any("name the blueprints with --blueprints" in note for note in report["notes"])


def test_a_kind_that_cannot_be_read_ends_the_split(run: Callable[..., Any], api: Any, tmp_path: Path) -> None:
    del api.answers["/services"]
    for options in ((), ("--sample", "2")):
        done = run("split", "--into", "2", "--mapping", "mapping.yml", *options)
        assert done.returncode == 1
        assert "/services" in done.stderr
        assert not (tmp_path / "split").exists()


def test_a_mapping_that_has_too_little_to_divide_is_refused(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "mapping.yml").write_text(yaml.safe_dump({"resources": [_entry("/services", "service")]}))
    done = run("split", "--into", "2", "--mapping", "mapping.yml")
    assert done.returncode == 1
    assert "the mapping can be divided into 1 shares at most, not into 2" in done.stderr
    assert "Leave it in one installation" in done.stderr


def test_a_kind_whose_parents_share_entities_is_not_divided(run: Callable[..., Any], api: Any) -> None:
    """Two installations would delete a user of two teams from under each other."""
    for name in _NAMES:
        api.answers[f"/teams/{name}/members"] = [{"id": f"user{number}"} for number in range(20)]
    done = run("split", "--into", "2", "--mapping", "mapping.yml", "--items-per-request", "10", "--json")
    report = json.loads(done.stdout)
    assert all("partition" not in kind for share in report["shares"] for kind in share["kinds"])
    assert any("several of its items become the same entity" in note for note in report["notes"])
