"""An answer fills in the second step; what the user changed stays."""

from dataclasses import replace

import pytest

from builder.sampling import pasted
from builder.web.forms import read_choice
from builder.web.looking import looked_at, read_otherwise, taken_over, with_items_at
from builder.web.workspace import EndpointForm, FieldRow
from rest.errors import ItemsError

_URL = "https://api.example.com/users"


@pytest.fixture
def form(users: str) -> EndpointForm:
    """An endpoint with its first sample."""
    return looked_at(EndpointForm(1, "/users"), pasted(users), "pasted", _URL)


def _row(form: EndpointForm, name: str) -> FieldRow:
    return next(row for row in form.rows if row.name == name)


def test_a_first_sample_fills_in_everything(form: EndpointForm) -> None:
    assert (form.data_path, form.blueprint, form.identifier, form.title) == (".users", "user", ".id", ".name")
    assert _row(form, "email").reading == "string:email"
    assert form.seen is not None
    assert [item["id"] for item in form.seen.items] == [1, 2, 3, 4]


def test_another_sample_leaves_what_the_user_changed(form: EndpointForm) -> None:
    number = next(place for place, row in enumerate(form.rows) if row.name == "email")
    posted = {
        "blueprint": "person",
        "identifier-choice": "own",
        "identifier": ".email",
        "title-choice": ".name",
        f"row-{number}-name": "mail",
        f"row-{number}-reading": "string",
    }
    changed = read_choice(form, posted)
    again = looked_at(
        changed,
        pasted('{"users": [{"id": 9, "name": "N", "email": "n@example.com", "new": true}]}'),
        "pasted",
        _URL,
    )
    assert (again.blueprint, again.identifier, again.title) == ("person", ".email", ".name")
    assert _row(again, "mail").reading == "string"
    assert not _row(again, "mail").is_selected
    assert _row(again, "new").is_selected


def test_an_answer_of_another_path_proposes_anew(form: EndpointForm, teams: str) -> None:
    changed = replace(form, kind="/teams", blueprint="person")
    again = looked_at(changed, pasted(teams), "pasted", _URL)
    assert (again.blueprint, again.data_path) == ("team", ".")


def test_an_answer_of_another_shape_is_looked_at_anew(form: EndpointForm) -> None:
    again = looked_at(form, pasted('{"data": {"users": [{"id": 1}]}}'), "pasted", _URL)
    assert again.data_path == ".data.users"


def test_items_elsewhere_are_those_that_the_user_says(form: EndpointForm) -> None:
    assert form.seen is not None
    moved = with_items_at(form, form.seen.answer, "pasted", _URL, ".users[:2]")
    assert moved.seen is not None
    assert len(moved.seen.items) == 2
    with pytest.raises(ItemsError):
        with_items_at(form, form.seen.answer, "pasted", _URL, ".nobody")


def test_what_was_typed_meanwhile_is_not_taken_back(form: EndpointForm) -> None:
    typed = EndpointForm(1, "/users?active=true", headers="Accept: text/csv")
    merged = taken_over(typed, form)
    assert (merged.kind, merged.headers, merged.blueprint) == (
        "/users?active=true",
        "Accept: text/csv",
        "user",
    )


def test_another_type_brings_its_jq_where_none_was_typed() -> None:
    times = '[{"id": 1, "created": 1700000000}, {"id": 2, "created": 1700000001}]'
    form = looked_at(EndpointForm(1, "/events"), pasted(times), "pasted", _URL)
    row = _row(form, "created")
    assert row.reading == "string:date-time"
    assert read_otherwise(row, "number").expression == ".created"
    typed = replace(row, expression=".created / 1000")
    assert read_otherwise(typed, "number").expression == ".created / 1000"


def test_a_row_that_is_not_in_the_form_stays(form: EndpointForm) -> None:
    assert read_choice(form, {"blueprint": "person"}).rows == form.rows
