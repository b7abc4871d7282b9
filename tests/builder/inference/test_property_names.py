"""Names and titles of properties."""

import pytest

from builder.inference.property_names import field_title, property_names


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        pytest.param(
            [("created-at",), ("@type",), ("order by",)], ["created_at", "type", "order_by"], id="odd"
        ),
        pytest.param([("createdAt",), ("owner", "login")], ["createdAt", "ownerLogin"], id="camel"),
        pytest.param([("created_at",), ("owner", "login")], ["created_at", "owner_login"], id="snake"),
        pytest.param([("ID",), ("Name",)], ["ID", "Name"], id="unchanged"),
        pytest.param([("_id",), ("id",)], ["id", "id_2"], id="taken"),
        pytest.param([("attributes", "name"), ("name",)], ["attributes_name", "name"], id="wrapped"),
        pytest.param([("attributes", "name")], ["name"], id="unwrapped"),
        pytest.param([("a b",), ("a-b",), ("a_b",)], ["a_b", "a_b_2", "a_b_3"], id="equal after cleaning"),
        pytest.param([("Id",), ("ID",)], ["Id", "ID_2"], id="equal except for case"),
        pytest.param([("größe",), ("名前",), ("",)], ["groe", "field", "field_2"], id="letters"),
        pytest.param([("x" * 150,), ("x" * 160,)], ["x" * 100, "x" * 94 + "_2"], id="long"),
        pytest.param([], [], id="none"),
    ],
)
def test_property_names_are_legal_and_unique(paths: list[tuple[str, ...]], names: list[str]) -> None:
    assert property_names(paths) == names


@pytest.mark.parametrize(
    ("keys", "title"),
    [
        (("created_at",), "Created at"),
        (("htmlUrl",), "HTML URL"),
        (("owner", "id"), "Owner ID"),
        (("attributes", "terraform-version"), "Terraform version"),
        (("größe",), "Größe"),
        (("名前",), "名前"),
        (("$$",), "$$"),
        (("",), "Field"),
        (("x" * 150,), "X" + "x" * 99),
    ],
)
def test_title_is_readable(keys: tuple[str, ...], title: str) -> None:
    assert field_title(keys) == title
