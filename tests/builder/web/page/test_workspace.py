"""The workspace: adding, displaying and removing endpoints."""

from dataclasses import replace

from builder.web.choose.endpoint import EndpointForm
from builder.web.page.workspace import Workspace


def test_a_new_endpoint_is_displayed() -> None:
    workspace = Workspace().with_new_endpoint()
    assert [each.number for each in workspace.endpoints] == [1, 2]
    assert workspace.endpoint.number == 2


def test_the_last_endpoint_is_replaced_by_an_empty_one() -> None:
    workspace = Workspace(endpoints=(EndpointForm(1, "/users"),)).without(1)
    assert [(each.number, each.kind) for each in workspace.endpoints] == [(2, "")]
    assert workspace.current == 2


def test_another_endpoint_is_displayed_if_the_current_one_is_removed() -> None:
    workspace = Workspace().with_new_endpoint().without(2)
    assert workspace.endpoint.number == 1


def test_a_removed_endpoint_is_not_changed_or_displayed() -> None:
    workspace = Workspace()
    assert workspace.with_endpoint(EndpointForm(7, "/gone")) == workspace
    assert workspace.showing(7).current == 1
    assert workspace.numbered(7).kind == ""


def test_a_new_endpoint_with_the_number_of_a_removed_one_is_another_endpoint() -> None:
    before = Workspace().with_new_endpoint()
    late = replace(before.endpoint, kind="/late")
    after = before.without(2).with_new_endpoint()
    assert after.endpoint.number == late.number
    assert before.latest(late) is before.endpoint
    assert after.latest(late) is None
    assert Workspace().latest(Workspace().endpoint) is None
    assert before.with_duplicate(2).latest(late) is before.endpoint
