"""A sample fills in the inputs, and the user's changes are kept."""

from dataclasses import replace

import pytest

from builder.pasted_response import parse_response
from builder.web.choose.autofill import fill_in, fill_in_from, with_filled_in, with_type
from builder.web.choose.endpoint import EndpointForm, PropertyRow
from builder.web.choose.form import read_mapping
from builder.web.choose.selector import chosen_format, parse_selector
from rest.body_format import BodyFormat
from rest.errors import ItemsError

_URL = "https://api.example.com/users"


@pytest.fixture
def form(users: str) -> EndpointForm:
    """An endpoint with a sample."""
    return fill_in(EndpointForm(1, "/users"), parse_response(users), "pasted", _URL)


def _row(form: EndpointForm, name: str) -> PropertyRow:
    return next(row for row in form.rows if row.name == name)


def test_the_first_sample_fills_in_all_inputs(form: EndpointForm) -> None:
    assert (form.data_path, form.blueprint, form.identifier, form.title) == (".users", "user", ".id", ".name")
    assert _row(form, "email").type == "string:email"
    assert form.sample is not None
    assert [item["id"] for item in form.sample.items] == [1, 2, 3, 4]


def test_another_sample_keeps_the_users_changes(form: EndpointForm) -> None:
    number = next(place for place, row in enumerate(form.rows) if row.name == "email")
    posted = {
        "blueprint": "person",
        "identifier-choice": "own",
        "identifier": ".email",
        "title-choice": ".name",
        f"row-{number}-name": "mail",
        f"row-{number}-reading": "string",
    }
    changed = read_mapping(form, posted)
    again = fill_in(
        changed,
        parse_response('{"users": [{"id": 9, "name": "N", "email": "n@example.com", "new": true}]}'),
        "pasted",
        _URL,
    )
    assert (again.blueprint, again.identifier, again.title) == ("person", ".email", ".name")
    assert _row(again, "mail").type == "string"
    assert not _row(again, "mail").is_selected
    assert _row(again, "new").is_selected


def test_a_sample_of_another_path_replaces_all_proposals(form: EndpointForm, teams: str) -> None:
    changed = replace(form, kind="/teams", blueprint="person")
    again = fill_in(changed, parse_response(teams), "pasted", _URL)
    assert (again.blueprint, again.data_path) == ("team", ".")


def test_items_are_located_again_if_the_response_changes_shape(form: EndpointForm) -> None:
    again = fill_in(form, parse_response('{"data": {"users": [{"id": 1}]}}'), "pasted", _URL)
    assert again.data_path == ".data.users"


def test_items_are_read_from_the_path_that_the_user_enters(form: EndpointForm) -> None:
    assert form.sample is not None
    moved = fill_in_from(form, form.sample.answer, "pasted", _URL, ".users[:2]")
    assert moved.sample is not None
    assert len(moved.sample.items) == 2
    with pytest.raises(ItemsError):
        fill_in_from(form, form.sample.answer, "pasted", _URL, ".nobody")


def test_changes_made_during_a_request_are_kept(form: EndpointForm) -> None:
    typed = EndpointForm(1, "/users?active=true", headers="Accept: text/csv")
    merged = with_filled_in(typed, form)
    assert (merged.kind, merged.headers, merged.blueprint) == (
        "/users?active=true",
        "Accept: text/csv",
        "user",
    )


def test_another_type_changes_only_a_proposed_expression() -> None:
    times = '[{"id": 1, "created": 1700000000}, {"id": 2, "created": 1700000001}]'
    form = fill_in(EndpointForm(1, "/events"), parse_response(times), "pasted", _URL)
    row = _row(form, "created")
    assert row.type == "string:date-time"
    assert with_type(row, "number").expression == ".created"
    typed = replace(row, expression=".created / 1000")
    assert with_type(typed, "number").expression == ".created / 1000"


def test_a_row_without_posted_inputs_is_unchanged(form: EndpointForm) -> None:
    assert read_mapping(form, {"blueprint": "person"}).rows == form.rows


@pytest.mark.parametrize(
    ("text", "headers", "format_name"),
    [
        ("id;name\n1;a\n2;b\n", "", "csv"),
        ("- id: 1\n  name: a\n- id: 2\n  name: b\n", "", "yaml"),
        ("id;name\n1;a\n2;b\n", "Content-Type: text/csv; charset=utf-16", None),
        ("<r><x><id>1</id><name>a</name></x><x><id>2</id><name>b</name></x></r>", "", None),
        ('{"id": 1, "name": "a"}\n{"id": 2, "name": "b"}\n', "", None),
    ],
)
def test_a_format_that_only_the_content_shows_is_proposed(
    text: str, headers: str, format_name: str | None
) -> None:
    filled = fill_in(EndpointForm(1, "/x"), parse_response(text, headers), "pasted", _URL)
    assert (filled.identifier, filled.title) == (".id", ".name")
    assert parse_selector(filled).selector.get("format") == format_name
    assert with_filled_in(EndpointForm(1, "/x"), filled).more == filled.more


def test_a_proposed_format_keeps_the_other_keys() -> None:
    answer = parse_response("id;name\n1;a\n2;b\n")
    own = '{"retry": true}'
    assert parse_selector(fill_in(EndpointForm(1, "/x", more=own), answer, "pasted", _URL)).selector == {
        "data_path": ".",
        "retry": True,
        "format": "csv",
    }
    for more in ('{"format": "text"}', "{oops"):
        assert fill_in(EndpointForm(1, "/x", more=more), answer, "pasted", _URL).more == more


def test_the_chosen_format_is_that_of_the_selector() -> None:
    form = EndpointForm(1, "/x", more='{"format": {"csv": {"header": ["id", "name"], "delimiter": ";"}}}')
    answer = parse_response("1;a\n2;b\n", body_format=chosen_format(form))
    assert [item["name"] for item in answer.items(None)] == ["a", "b"]
    for more in ("", '{"format": "cvs"}', "{oops"):
        assert chosen_format(EndpointForm(1, "/x", more=more)).name is None


def test_text_of_another_format_is_not_read() -> None:
    for text, body_format in (("oops", BodyFormat()), ("a: 1\nb: 2\n", BodyFormat("lines"))):
        with pytest.raises(ItemsError, match="not JSON"):
            parse_response(text, body_format=body_format)
