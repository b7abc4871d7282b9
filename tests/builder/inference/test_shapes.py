"""Responses of real APIs: the first proposal is the correct list and identifier."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import FormatChecker

from builder.draft import Property
from builder.inference import Proposal, propose
from builder.inference.source_proposal import items_at
from expressions.program import JqProgram
from rest.bodies import Json

type ApplyJq = Callable[[str, Sequence[Any]], list[Json]]

# Port's published pattern for entity identifiers, with \p{L} in Python's syntax.
LEGAL_IDENTIFIER = re.compile(r"(?!\.{1,2}\Z)(?:[^\W\d_]|[0-9@_.+:\\/=-]){1,1000}")
PROPERTY_NAME = re.compile(r"[A-Za-z0-9@_=\\-]{1,100}")
TYPES = {"string": str, "number": (int, float), "boolean": bool, "array": list, "object": dict}
FORMATS = FormatChecker(formats=["date-time", "email", "ipv4", "ipv6", "uri"])
LEGAL = 'gsub("[^\\\\p{L}0-9@_.+:/=-]"; "_")'

# The data path, the start of the identifier expression, and the identifiers of the first and last item.
EXPECTED: dict[str, tuple[str, str, str | None, str | None]] = {
    "auth0_users": (".users", ".user_id", "auth0_000000000000000000000001", "auth0_000000000000000000000003"),
    "azure_groups": (".value", ".descriptor", "vssgp.0001", "vssgp.0003"),
    "contentful_entries": (".items", ".sys.id", "entry0001", "entry0003"),
    "digitalocean_droplets": (".droplets", ".id", "3164401", "3164403"),
    "github_graphql": (
        ".data.organization.repositories.nodes",
        ".id",
        "R_kgDO000001",
        "R_kgDO000003",
    ),
    "github_repos": (".", ".id", "1296270", "1296272"),
    "gitlab_members": (".", ".id", "11001", "11003"),
    "hubspot_contacts": (".results", ".id", "501", "503"),
    "jenkins_jobs": (".jobs", ".name", "deploy-api", None),
    "msgraph_users": (".value", ".id", None, None),
    "notion_pages": (".results", ".id", None, None),
    "opsgenie_users": (".data", ".id", None, None),
    "pagerduty_services": (".services", ".id", "PSVC0001", "PSVC0003"),
    "slack_users": (".members", ".id", "W00000001", "W00000003"),
    "sonarqube_gates": (".qualitygates", ".name", "Sonar_way", "Strict_100_"),
    "sonarqube_issues": (".issues", ".key", "AVx00000000000000001", None),
    "spring_empty": (".data.content", "", None, None),
    "spring_pipelines": (".data.content", ".pipeline.identifier", "pipe_1", "pipe_3"),
    "stripe_customers": (".data", ".id", "cus_00001", "cus_00003"),
    "terraform_workspaces": (".data", ".id", "ws-0000000000000001", "ws-0000000000000003"),
    "twilio_calls": (".calls", ".sid", None, None),
    "zendesk_tickets": (".tickets", ".id", "35437", "35439"),
    # Constructed responses.
    "builds_of_jobs": (".builds", "[.__job, .number]", "job-7", "job-9"),
    "csv_of_strings": (".", ".id", "7", "9"),
    "deep": (".a.b.c.d.e.f.g.rows", ".meta.id", "d1", "d3"),
    "empty_list": (".data", "", None, None),
    "hal": ("._embedded.orders", ".orderNumber", "2024/1", "2024/2"),
    "json_api": (".data", ".id", "1", "2"),
    "lists_in_lists": (".buildings[].rooms[]?", ".id", "r1", "r3"),
    "map_of_ids": (".users | to_entries | map(.value + {_key: .key})", "._key", "17", "21"),
    "mixed_types": (".items", ".id", "1", "3"),
    "ndjson": (".", ".uuid", None, None),
    "nothing_tells_apart": (".", "", None, None),
    "odd_keys": ('."@graph"', '."@id"', "thing-1", "thing-3"),
    "one_item": (".", ".id", "42", "42"),
    "quotes_backslashes_dollars": (r'."the \"rows\"\\ for $you"', r'."i\"d"', "a1", "a3"),
    "relay_edges": (".data.viewer.repositories.edges[].node", ".id", "R_1", "R_3"),
    "scalars": (".", ".value", "latest", "build__7"),
    "time_series": (".samples", "[.sensor, .taken_at]", "north-2024-01-01T01:00:00Z", None),
    "two_lists": (".teams", ".id", "t-1", "t-2"),
    "under_data": (".data", ".id", "c-9", "c-9"),
    "unicode_keys": ('."données"', '."clé"', "réf-1", "réf-3"),
    "without_id": (".issues", "[.project, .number]", "shop-1", "site-3"),
}
WITHOUT_IDENTIFIER = {name for name, (_, identifier, _, _) in EXPECTED.items() if not identifier}


@pytest.fixture(scope="module")
def proposed(shape: Callable[[str], Any]) -> Callable[[str], Proposal]:
    """Return the proposal for a shape."""

    def proposed(name: str) -> Proposal:
        found = shape(name)
        return propose(found.kind, found.body)

    return proposed


def test_every_shape_has_an_expectation() -> None:
    files = {path.stem for path in Path(__file__).with_name("shapes").glob("*.json")}
    assert files == EXPECTED.keys()
    assert len(files) >= 30


@pytest.mark.parametrize("name", EXPECTED)
def test_first_proposal_is_the_correct_list_and_identifier(
    name: str, proposed: Callable[[str], Proposal], apply_jq: ApplyJq
) -> None:
    found = proposed(name)
    data_path, start, first, last = EXPECTED[name]
    assert found.source.selector == {"data_path": data_path}
    assert found.source.identifier.startswith(start)
    identifiers = [str(value) for value in apply_jq(found.source.identifier or "null", found.items)]
    if start:
        assert "None" not in identifiers
        assert len(set(identifiers)) == len(found.items) > 0
        assert all(LEGAL_IDENTIFIER.fullmatch(identifier) for identifier in identifiers), identifiers
        assert identifiers[0] == (first or identifiers[0])
        assert identifiers[-1] == (last or identifiers[-1])


@pytest.mark.parametrize("name", sorted(WITHOUT_IDENTIFIER))
def test_missing_identifier_has_a_reason(name: str, proposed: Callable[[str], Proposal]) -> None:
    found = proposed(name)
    assert found.identifiers == []
    assert any("no items" in reason or "Choose" in reason for reason in found.reasons)


@pytest.mark.parametrize("name", EXPECTED)
def test_items_of_every_list_are_those_at_its_path(name: str, shape: Callable[[str], Any]) -> None:
    body = shape(name).body
    lists = propose(shape(name).kind, body).lists
    assert lists
    for found in lists:
        items = items_at(body, found.data_path)
        assert sorted(map(repr, items)) == sorted(map(repr, found.items)), found.data_path


@pytest.mark.parametrize("name", EXPECTED)
def test_every_property_has_values_of_its_type_and_format(
    name: str, proposed: Callable[[str], Proposal], apply_jq: ApplyJq
) -> None:
    found = proposed(name)
    for field in found.fields:
        for proposed_property in (field.proposed, *field.alternatives):
            values = apply_jq(proposed_property.expression, found.items)
            assert all(fits(proposed_property, value) for value in values if value is not None), (
                proposed_property,
                values,
            )
        assert PROPERTY_NAME.fullmatch(field.proposed.name)
        assert 0 < len(field.proposed.title) <= 100
    names = [field.proposed.name for field in found.fields]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_identifier_and_title_compiles(name: str, proposed: Callable[[str], Proposal]) -> None:
    found = proposed(name)
    for identifier in found.identifiers:
        JqProgram(identifier.expression)
    for title in found.titles:
        JqProgram(title.expression)


@pytest.mark.parametrize("name", EXPECTED)
def test_identifier_of_an_empty_item_is_null_and_not_the_text_null(
    name: str, proposed: Callable[[str], Proposal], apply_jq: ApplyJq
) -> None:
    for found in proposed(name).identifiers:
        assert apply_jq(found.expression, [{}]) == [None]


@pytest.mark.parametrize("name", EXPECTED)
def test_few_scalars_are_selected_without_identifier_and_title(
    name: str, proposed: Callable[[str], Proposal]
) -> None:
    found = proposed(name)
    selected = [field for field in found.fields if field.selected]
    assert [field.proposed for field in selected] == list(found.source.blueprint.properties)
    assert len(selected) <= 20
    expressions = {field.proposed.expression for field in selected}
    assert not expressions & {found.source.identifier, found.source.title}
    assert not any(field.proposed.type == "object" for field in selected)


def fits(prop: Property, value: Json) -> bool:
    """Return whether Port accepts the value."""
    if isinstance(value, bool) and prop.type != "boolean":
        return False
    if not isinstance(value, TYPES[prop.type]):  # type: ignore[arg-type] # a table of types
        return False
    if prop.enum and value not in prop.enum:
        return False
    checked = {"url": "uri"}.get(prop.format or "", prop.format)
    return checked is None or checked not in FORMATS.checkers or FORMATS.conforms(value, checked)
