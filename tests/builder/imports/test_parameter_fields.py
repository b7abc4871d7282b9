"""The field of a parent's items that has the values of a path parameter."""

import pytest

from builder.imports.parameter_fields import TemplateParameter, choose_field
from rest.page import Item

ITEM: Item = {
    "title": "A",
    "name": "a",
    "id": 5,
    "slug": "s",
    "team_key": "T",
    "is_open": True,
    "owner": {"id": 1, "login": "o"},
}
KUBERNETES: Item = {"kind": "Pod", "metadata": {"uid": "u", "name": "p", "namespace": "n"}}


@pytest.mark.parametrize(
    ("parameter", "item", "noun", "field"),
    [
        (TemplateParameter("project_id"), ITEM, "project", ".id"),
        (TemplateParameter("projectId", is_number=True), ITEM, "project", ".id"),
        (TemplateParameter("project"), ITEM, "project", ".id"),
        (TemplateParameter("project", is_number=False), ITEM, "project", ".slug"),
        (TemplateParameter("project", is_number=False), {"id": 1, "name": "x"}, "project", ".name"),
        (TemplateParameter("projectSlug"), ITEM, "project", ".slug"),
        (TemplateParameter("teamKey"), ITEM, "project", ".team_key"),
        (TemplateParameter("title"), ITEM, "", ".title"),
        (TemplateParameter("owner"), ITEM, "project", ".owner.id"),
        (TemplateParameter("owner", is_number=False), ITEM, "project", ".owner.login"),
        (TemplateParameter("owner_name"), {"id": 1, "ownerName": "x"}, "project", ".ownerName"),
        (TemplateParameter("project_id", is_number=True), {"id": "x", "number": 4}, "project", ".number"),
        (TemplateParameter("index"), {"id": 501, "number": 2}, "issue", ".number"),
        (TemplateParameter("issue_iid"), {"id": 501, "iid": 2}, "issue", ".iid"),
        (TemplateParameter("sha"), {"sha": "f0", "id": 1}, "commit", ".sha"),
        (TemplateParameter("AccountSid"), {"sid": "AC", "friendly_name": "x"}, "account", ".sid"),
        (TemplateParameter("project_gid"), {"gid": "1", "name": "x"}, "project", ".gid"),
        (TemplateParameter("username"), {"id": 1, "login": "jo"}, "user", ".login"),
        (TemplateParameter("id"), {"Id": "c0", "Names": []}, "container", ".Id"),
        (TemplateParameter("domain_name"), {"id": 1, "name": "x"}, "domain", ".name"),
        (TemplateParameter("floating_ip"), {"ip": "192.0.2.1"}, "floating_ip", ".ip"),
        (TemplateParameter("bucket", is_number=False), {"label": "b"}, "bucket", ".label"),
        (TemplateParameter("name"), KUBERNETES, "pod", ".metadata.name"),
        (TemplateParameter("pod"), KUBERNETES, "pod", ".metadata.name"),
        (TemplateParameter("namespace"), KUBERNETES, "pod", ".metadata.namespace"),
        (TemplateParameter("project_id"), {"project": {"id": 3}}, "project", ".project.id"),
        (TemplateParameter("name", hint="The name or ID of the image"), {"Id": "i0"}, "image", ".Id"),
        (TemplateParameter("name"), {"Id": "i0"}, "image", None),
        (TemplateParameter("build_num"), {"username": "jo", "vcs": "x"}, "build", None),
        (TemplateParameter("build", is_number=False), {"username": "jo"}, "build", None),
        (
            TemplateParameter("country"),
            {"country_name": "x", "country_code": "y"},
            "country",
            ".country_code",
        ),
        (TemplateParameter("project_id"), {"created": "2024"}, "project", None),
        (TemplateParameter("project_id"), {"id": None}, "project", None),
        (TemplateParameter("project_id"), {"id": True}, "project", None),
    ],
)
def test_field_is_chosen_by_the_words_in_the_name(
    parameter: TemplateParameter, item: Item, noun: str, field: str | None
) -> None:
    assert choose_field(parameter, [item], noun) == field


@pytest.mark.parametrize(
    ("recorded", "items", "field"),
    [
        ({"s"}, [ITEM], ".slug"),
        ({"o"}, [ITEM], ".owner.login"),
        ({"2", "4"}, [{"id": 1, "n": 2}, {"id": 3, "n": 4}], ".n"),
        ({"elsewhere"}, [ITEM], ".id"),
    ],
    ids=["seen", "nested", "most_seen", "not_seen"],
)
def test_recorded_values_are_decisive(recorded: set[str], items: list[Item], field: str) -> None:
    assert choose_field(TemplateParameter("project_id", recorded=frozenset(recorded)), items) == field


def test_parent_without_items_has_no_field() -> None:
    assert choose_field(TemplateParameter("project_id"), []) is None
