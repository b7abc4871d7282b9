"""Names and hints for error statuses."""

import pytest

from rest.status_hints import REDIRECTS, hint_for, shown_status


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (404, "status 404 Not Found"),
        (418, "status 418 I'm a Teapot"),
        (599, "status 599"),
        (999, "status 999"),
    ],
)
def test_a_status_is_shown_with_its_name(status: int, shown: str) -> None:
    assert shown_status(status) == shown


@pytest.mark.parametrize("status", sorted(REDIRECTS))
def test_the_hint_for_a_redirect_is_to_change_base_url(status: int) -> None:
    assert hint_for(status) == "Set baseUrl to the URL that the API redirects to"


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (400, "query_params"),
        (401, "authType"),
        (403, "on_status: {403: empty}"),
        (404, "on_status: {404: empty}"),
        (405, "selector.method"),
        (406, "Accept"),
        (415, "Content-Type"),
        (422, "pageSize"),
    ],
)
def test_a_hint_names_what_to_change(status: int, named: str) -> None:
    assert named in hint_for(status)


@pytest.mark.parametrize("status", [304, 402, 410, 501, 599])
def test_the_hint_for_other_statuses_is_the_api_s_documentation(status: int) -> None:
    assert hint_for(status) == "See the API's documentation"
