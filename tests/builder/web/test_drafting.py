"""The page as a draft, and what stands in its way."""

from dataclasses import replace

import pytest

from builder.draft import Draft, Relation
from builder.sampling import pasted
from builder.web.drafting import endpoint_reading, reading_of_page
from builder.web.looking import looked_at
from builder.web.workspace import (
    ConnectionForm,
    EndpointForm,
    FieldRow,
    InstallationForm,
    RelationRow,
    Workspace,
)

_CONNECTION = ConnectionForm({"baseUrl": "https://api.example.com", "paginationType": "auto"})


@pytest.fixture
def form(users: str) -> EndpointForm:
    """An endpoint that is complete."""
    return looked_at(EndpointForm(1, "/users"), pasted(users), "pasted", "https://api.example.com/users")


def _draft(*forms: EndpointForm) -> Draft:
    draft = reading_of_page(Workspace(_CONNECTION, forms)).draft
    assert draft is not None
    return draft


def test_a_complete_page_is_a_draft(form: EndpointForm) -> None:
    draft = _draft(form)
    [source] = draft.sources
    assert (source.kind, source.identifier, source.title) == ("/users", ".id", ".name")
    assert source.selector == {"data_path": ".users"}
    assert [made.name for made in source.blueprint.properties] == ["email", "team_id"]
    assert draft.settings == {"baseUrl": "https://api.example.com", "paginationType": "auto"}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"kind": ""}, "kind", "Enter the endpoint's path"),
        ({"kind": "https://api.example.com/users"}, "kind", "is a URL"),
        ({"kind": "/users/{id"}, "kind", "braces"),
        ({"kind": "/users/{id}"}, "p-id-endpoint", "Enter the endpoint"),
        ({"seen": None}, "fetch", "Fetch a sample"),
        ({"blueprint": ""}, "blueprint", "Enter one"),
        ({"blueprint": "my user"}, "blueprint", "has ' '"),
        ({"blueprint_title": "x" * 101}, "blueprint_title", "101 characters"),
        ({"identifier": ""}, "identifier", "tells the items apart"),
        ({"identifier": ".id |"}, "identifier", "is no jq"),
        ({"title": ")"}, "title", "is no jq"),
        ({"query": "if"}, "query", "is no jq"),
        ({"more": '{"nonsense": 1}'}, "more", "nonsense is unknown"),
        ({"method": "PATCH"}, "method", "set the setting allowWrites to true"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_stands_in_the_way_is_named(
    form: EndpointForm, changes: dict[str, object], field: str, words: str
) -> None:
    reading = endpoint_reading(replace(form, **changes), ConnectionForm())  # type: ignore[arg-type]  # a table's values
    found = {mistake.field: mistake.words for mistake in (*reading.wrong, *reading.missing)}
    assert words in found[field]
    assert reading.source is None


def test_a_connection_that_allows_writes_lets_an_endpoint_patch(form: EndpointForm) -> None:
    wanted = replace(form, method="PATCH")
    assert endpoint_reading(wanted, ConnectionForm({"allowWrites": "true"})).wrong == ()


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        (FieldRow("a b", "", "string", ".a"), "row-1-name", "has ' '"),
        (FieldRow("one", "", "string", ".a"), "row-1-name", "another property has this name"),
        (FieldRow("two", "x" * 101, "string", ".a"), "row-1-title", "101 characters"),
        (FieldRow("two", "", "string", ".a |"), "row-1-expression", "is no jq"),
        (FieldRow("two", "", "string", " "), "row-1-expression", "is missing"),
    ],
    ids=["illegal", "twice", "long title", "no jq", "nothing"],
)
def test_a_property_that_port_refuses_is_named_at_its_cell(
    form: EndpointForm, row: FieldRow, field: str, words: str
) -> None:
    first = FieldRow("one", "", "string", ".one", is_selected=True)
    ticked = replace(form, rows=(first, replace(row, is_selected=True)))
    assert {mistake.field: mistake.words for mistake in endpoint_reading(ticked, ConnectionForm()).wrong}[
        field
    ].count(words)
    assert endpoint_reading(replace(form, rows=(first, row)), ConnectionForm()).source is not None


def test_a_relation_to_what_is_not_complete_waits(form: EndpointForm) -> None:
    relation = RelationRow(Relation("team", "team", ".team_id"), "", is_selected=True)
    related = replace(form, relations=(relation,))
    assert _draft(related).sources[0].blueprint.relations == ()
    teams = replace(form, number=2, kind="/teams", blueprint="team")
    assert [each.name for each in _draft(related, teams).sources[0].blueprint.relations] == ["team"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identifier": "my integration"}, "installation"),
        ({"resync_minutes": "often"}, "resync_minutes"),
        ({"resync_minutes": "0"}, "resync_minutes"),
        ({"region": "other", "port_base_url": "port"}, "port_base_url"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_mistake_in_the_installation_is_named(
    form: EndpointForm, changes: dict[str, str], field: str
) -> None:
    installation = replace(InstallationForm(), **changes)
    reading = reading_of_page(Workspace(_CONNECTION, (form,), installation=installation))
    assert [mistake.field for mistake in reading.wrong] == [field]
    assert reading.draft is None


def test_the_installation_is_what_was_chosen(form: EndpointForm) -> None:
    chosen = InstallationForm("mine", "generic-http", "other", "https://port.example/ ", "ONCE", "")
    draft = reading_of_page(Workspace(_CONNECTION, (form,), installation=chosen)).draft
    assert draft is not None
    assert (draft.installation.port_base_url, draft.installation.resync_minutes) == (
        "https://port.example",
        None,
    )
    assert (draft.installation.type, draft.installation.event_listener) == ("generic-http", "ONCE")
