"""The relation diagram: the blueprints of the page, and those that exist only in Port."""

from builder.draft import Relation
from builder.web.choose.endpoint import EndpointForm, RelationRow
from builder.web.overview.diagram import Arrow, Box, diagram_of


def _form(number: int, blueprint: str, *relations: Relation) -> EndpointForm:
    rows = tuple(RelationRow(each, "", is_selected=True) for each in relations)
    return EndpointForm(number, f"/{blueprint}", blueprint=blueprint, relations=rows)


def test_a_target_without_an_endpoint_is_in_port_only() -> None:
    service = Relation("service", "service", ".service")
    lead = Relation("lead", "user", ".lead", many=True)
    found = diagram_of([_form(1, "team", service, lead), _form(2, "user")])
    assert found.boxes == (Box("team", ""), Box("user", ""), Box("service", "", "port"))
    assert found.arrows == (Arrow("team", "service", "service"), Arrow("team", "user", "lead", many=True))


def test_endpoints_with_the_same_blueprint_are_one_box() -> None:
    parent = Relation("parent", "team", ".parent")
    found = diagram_of([_form(1, "team", parent), _form(2, "team", parent), EndpointForm(3)])
    assert found.boxes == (Box("team", ""),)
    assert found.arrows == (Arrow("team", "team", "parent"),)


def test_a_relation_that_is_not_selected_has_no_arrow() -> None:
    row = RelationRow(Relation("owner", "user", ".owner"), "", is_selected=False)
    assert diagram_of([EndpointForm(1, "/teams", blueprint="team", relations=(row,))]).arrows == ()
