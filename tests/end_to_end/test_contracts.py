"""One real resync of each simulated public API creates exactly the expected entities."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

type Case = dict[str, Any]
type Group = dict[str, Any]
type Install = Callable[..., Any]
type Sync = Callable[[Case], Any]

_SHARED = Path(os.environ.get("SHARED", Path(__file__).parents[3] / "shared"))
_CASES = {path.stem: path for path in sorted((_SHARED / "contracts" / "cases").glob("*.yml"))}
_MORE_REQUESTS = 2
# The cases whose pagination `auto` does not detect, with reasons. Their kinds fail because more items exist.
_NOT_DETECTED = {"auth0": "start, limit and total count items, but the API expects a page number"}
_PAGINATION_SETTINGS = frozenset(
    {
        "paginationParam",
        "startPage",
        "cursorPath",
        "hasMorePath",
        "lastPagePath",
        "nextLinkPath",
        "headerLinkRel",
    }
)

# The pattern that Port publishes for identifiers. It has [^\W\d_] instead of \p{L}, which `re` does not
# support. It allows no space and no "#", "%" or "|".
_VALID_IDENTIFIER = re.compile(r"(?!\.{1,2}\Z)(?:[^\W\d_]|[0-9@_.+:\\/=-])+")
# The number of identifiers that Port refuses, for cases whose mapping creates such identifiers.
_REFUSED_BY_PORT = {
    "auth0": {"auth0User": 130},  # "auth0|..." in every user
    "jenkins": {"jenkinsJob": 1, "jenkinsBuild": 15},  # "nightly build", and "#" in every build
    "sonarqube": {"sonarQualityGate": 2},  # "Sonar way" and "Strict 100%"
}
_ILLEGAL = "[ #%|]"

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not _CASES, reason="the folder of the simulated contracts is missing"),
]


@pytest.fixture
def sync(install: Install, port: Any, contracts: httpx.Client) -> Sync:
    """Return a function that runs one resync of a case. The simulator records only its requests."""

    def sync(case: Case) -> Any:
        contracts.post("/_reset", params={"contract": case["name"]}).raise_for_status()
        _prepare(port, case["mapping"])
        return install(_settings(case, contracts)).sync(case["mapping"])

    return sync


@pytest.mark.parametrize("name", _CASES)
def test_a_public_api_is_synced_completely(name: str, sync: Sync, port: Any, contracts: httpx.Client) -> None:
    case = _case(name)
    run = sync(case)
    assert run.states == _all_completed(case), run.log
    _check_entities(port, case, _VALID_IDENTIFIER.fullmatch)
    assert _refused(case) == _REFUSED_BY_PORT.get(name, {})
    assert _has_refused(port) == (name in _REFUSED_BY_PORT)
    assert _over_budget(case, contracts) == []


@pytest.mark.parametrize("name", [name for name in _CASES if name not in _NOT_DETECTED])
def test_a_public_api_is_synced_completely_with_auto(
    name: str, sync: Sync, port: Any, contracts: httpx.Client
) -> None:
    """Only the page size and its parameter are configured. The expected requests depend on them."""
    case = _case(name)
    _forget_pages(case)
    run = sync(case)
    assert run.states == _all_completed(case), run.log
    _check_entities(port, case, _VALID_IDENTIFIER.fullmatch)
    assert _over_budget(case, contracts) == []


@pytest.mark.parametrize("name", [name for name in _REFUSED_BY_PORT if name in _CASES])
def test_identifiers_that_port_refuses_are_accepted_after_the_mapping_replaces_characters(
    name: str, sync: Sync, port: Any
) -> None:
    case = _case(name)
    _make_identifiers_legal(case)
    run = sync(case)
    assert run.states == _all_completed(case), run.log
    _check_entities(port, case, _accept_all)
    assert not _has_refused(port)


def _case(name: str) -> Case:
    case: Case = yaml.safe_load(_CASES[name].read_text(encoding="utf-8"))
    return case


def _forget_pages(case: Case) -> None:
    kept = {name: value for name, value in case["settings"].items() if name not in _PAGINATION_SETTINGS}
    case["settings"] = {**kept, "paginationType": "auto"}
    for resource in case["mapping"]["resources"]:
        if pagination := resource["selector"].pop("pagination", None):
            sizes = {name: pagination[name] for name in ("size_param", "page_size")}
            resource["selector"]["pagination"] = {"type": "auto", **sizes}


def _all_completed(case: Case) -> list[tuple[str, str]]:
    return [(resource["kind"], "completed") for resource in case["mapping"]["resources"]]


def _settings(case: Case, simulator: httpx.Client) -> dict[str, Any]:
    url = str(simulator.base_url).rstrip("/")
    return {name: value.replace("{SIM}", url) for name, value in case["settings"].items()}


def _prepare(port: Any, mapping: dict[str, Any]) -> None:
    """Create the blueprints. All relations have the target blueprint `target`.

    Port creates missing relation targets. In a blueprint of the case, they would look like synced entities.
    """
    target = {
        "kind": "/",
        "selector": {"query": "true"},
        "port": _port_section({"identifier": ".", "blueprint": '"target"'}),
    }
    relations = {
        _blueprint(each): dict.fromkeys(each.get("relations", {}), "target") for each in _mappings(mapping)
    }
    port.prepare({"resources": [target, *mapping["resources"]]}, relations)


def _port_section(mappings: dict[str, Any]) -> dict[str, Any]:
    return {"entity": {"mappings": mappings}}


def _mappings(mapping: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for resource in mapping["resources"]:
        yield resource["port"]["entity"]["mappings"]


def _blueprint(mappings: dict[str, Any]) -> str:
    return str(mappings["blueprint"]).strip('"')


def _identifiers(group: Group) -> list[str]:
    """Return the identifiers that a group of `expect` lists, or that its pattern generates."""
    if "ids" in group:
        return [str(identifier) for identifier in group["ids"]]
    pattern: str = group["pattern"]
    if "over" in group:
        parents = group["over"].items()
        return [pattern.format(p=parent, i=i) for parent, count in parents for i in range(1, count + 1)]
    start, step = group.get("start", 1), group.get("step", 1)
    skipped = group.get("except_every")
    positions = [n for n in range(group["count"]) if not skipped or (n + 1) % skipped]
    return [pattern.format(i=start + n * step) for n in positions]


def _check_entities(port: Any, case: Case, is_valid: Callable[[str], Any]) -> None:
    expected = {_blueprint(mappings): set[str]() for mappings in _mappings(case["mapping"])}
    for group in case["expect"]:
        expected[group["blueprint"]] |= set(filter(is_valid, _identifiers(group)))
    found = {blueprint: port.entities(blueprint) for blueprint in expected}
    assert {blueprint: set(entities) for blueprint, entities in found.items()} == expected
    for group in case["expect"]:
        _check_contents(found[group["blueprint"]], group, is_valid)


def _check_contents(entities: dict[str, Any], group: Group, is_valid: Callable[[str], Any]) -> None:
    for identifier, title in group.get("titles", {}).items():
        if is_valid(identifier):
            assert entities[identifier]["title"] == title
    for part in ("properties", "relations"):
        for identifier, values in group.get(part, {}).items():
            if is_valid(identifier):
                assert entities[identifier][part] == entities[identifier][part] | values


def _refused(case: Case) -> dict[str, int]:
    """Return the number of identifiers that Port refuses, by blueprint."""
    counts = {
        group["blueprint"]: sum(not _VALID_IDENTIFIER.fullmatch(each) for each in _identifiers(group))
        for group in case["expect"]
    }
    return {blueprint: count for blueprint, count in counts.items() if count}


def _has_refused(port: Any) -> bool:
    """Return whether Port answered an upsert with errors for single entities."""
    requests = port.http.get("/_sandbox/requests").raise_for_status().json()
    return any(request["status"] == httpx.codes.MULTI_STATUS for request in requests)


def _accept_all(_identifier: str) -> bool:
    return True


def _make_identifiers_legal(case: Case) -> None:
    """Replace illegal characters in identifiers and relations, as the error message recommends."""
    legal = f'gsub("{_ILLEGAL}"; "_")'
    for mappings in _mappings(case["mapping"]):
        mappings["identifier"] = f"{mappings['identifier']} | {legal}"
        relations = mappings.get("relations", {})
        relations |= {name: f"{target} | {legal}" for name, target in relations.items()}
    for group in case["expect"]:
        group["ids"] = [_legal(each) for each in _identifiers(group)]
        for part in ("titles", "properties"):
            group[part] = {_legal(each): values for each, values in group.get(part, {}).items()}
        group["relations"] = {
            _legal(each): {name: _legal(target) for name, target in values.items()}
            for each, values in group.get("relations", {}).items()
        }


def _legal(identifier: str) -> str:
    return re.sub(_ILLEGAL, "_", identifier)


def _over_budget(case: Case, simulator: httpx.Client) -> list[str]:
    """Return the paths that were requested too often, or that the case does not list."""
    stats = simulator.get("/_stats", params={"contract": case["name"]}).json()
    counts: dict[str, int] = dict.fromkeys(case["pages"], 0)
    for path, stat in stats[case["name"]].items():
        template = next((known for known in counts if _matches(path, known)), path)
        counts[template] = counts.get(template, 0) + stat["count"]
    return [
        f"{path}: {count} requests, {case['pages'].get(path, 0)} are enough"
        for path, count in counts.items()
        if count > case["pages"].get(path, -_MORE_REQUESTS) + _MORE_REQUESTS
    ]


def _matches(path: str, template: str) -> bool:
    """Return whether a path matches a template of `pages`. A `*` matches one segment."""
    segments, patterns = path.split("/"), template.split("/")
    return len(segments) == len(patterns) and all(
        p in ("*", s) for s, p in zip(segments, patterns, strict=True)
    )
