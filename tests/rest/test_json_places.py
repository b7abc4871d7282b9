"""Places in a JSON body, written with dots and indexes."""

import pytest

from rest.bodies import Json
from rest.errors import ResourceError
from rest.json_places import value_at, with_value_at


@pytest.mark.parametrize(
    ("body", "name", "result"),
    [
        ([{"variables": {}}], "0.variables.after", [{"variables": {"after": "c"}}]),
        ({"variables": [{"a": 1}, {}]}, "variables.1.after", {"variables": [{"a": 1}, {"after": "c"}]}),
        ({"variables": [1, 2, 3]}, "variables.1", {"variables": [1, "c", 3]}),
        ({"page.after": None}, "page.after", {"page.after": "c"}),
        ({"a": {"b.c": 1}}, "a.b.c", {"a": {"b.c": "c"}}),
        ({"a": {"0": 1}}, "a.0", {"a": {"0": "c"}}),
        ({}, "a.0", {"a": {"0": "c"}}),
        ({"a": 1}, "a", {"a": "c"}),
    ],
)
def test_value_is_set_and_found_at_its_place(body: Json, name: str, result: Json) -> None:
    changed = with_value_at(body, name, "c")
    assert changed == result
    assert value_at(changed, name) == "c"


@pytest.mark.parametrize("name", ["1", "a", "-1", "a.0", ""])
def test_place_outside_of_a_list_has_no_value(name: str) -> None:
    assert value_at([{"a": 1}], name) is None


@pytest.mark.parametrize("name", ["1.after", "first.after", "-1.after"])
def test_place_outside_of_a_list_cannot_be_set(name: str) -> None:
    with pytest.raises(ResourceError) as caught:
        with_value_at([{"a": 1}], name, "c")
    assert str(caught.value) == (
        f"cannot set {name} in the body, because {name.partition('.')[0]} is not an index of the list there, "
        "which has 1 elements"
    )
