"""The key webhook of a selector: what it inherits, what it needs, and what unsigned events may not do."""

from collections.abc import Mapping
from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.permissions import NO_PERMISSIONS, Permissions
from configuration.webhook import Webhook
from rest.errors import ResourceError

_UNSIGNED = Permissions(unsigned_events=True)
_REPO = {"repo": {"endpoint": "/orgs/acme/repos", "field": ".full_name"}}
_PULLS: dict[str, Any] = {
    "when": '.headers["x-github-event"] == "pull_request"',
    "items": ".body.pull_request",
    "values": {"repo": "$event.body.repository.full_name", "number": ".number"},
    "fetch": "/repos/{+repo}/pulls/{number}",
    "delete": '$item.state == "gone"',
}


def webhook_of(
    keys: Mapping[str, Any],
    kind: str = "/tickets",
    permissions: Permissions = NO_PERMISSIONS,
    pagination: Mapping[str, Any] | None = None,
    **selector: Any,
) -> Webhook:
    settings = PaginationSettings.model_validate(pagination or {})
    webhook = read_resource(kind, {"webhook": dict(keys), **selector}, settings, permissions).webhook
    assert webhook
    return webhook


def refusal(
    keys: Any, kind: str = "/tickets", permissions: Permissions = NO_PERMISSIONS, **selector: Any
) -> str:
    with pytest.raises(ResourceError) as raised:
        read_resource(kind, {"webhook": keys, **selector}, PaginationSettings(), permissions)
    return str(raised.value)


def test_all_keys_are_read() -> None:
    webhook = webhook_of({**_PULLS, "data_path": ".data"}, "/repos/{+repo}/pulls", path_parameters=_REPO)
    assert webhook.when == _PULLS["when"]
    assert webhook.items == ".body.pull_request"
    assert webhook.values == (("repo", "$event.body.repository.full_name"), ("number", ".number"))
    assert webhook.delete == '$item.state == "gone"'
    assert webhook.needed == {"repo", "number"}
    assert webhook.fetch
    assert webhook.fetch.path == "/repos/{+repo}/pulls/{number}"
    assert str(webhook.fetch.data_path) == ".data"


def test_entry_without_the_key_has_no_webhook() -> None:
    assert read_resource("/x", {}, PaginationSettings()).webhook is None


def test_all_keys_are_optional() -> None:
    assert webhook_of({}) == Webhook()


def test_request_for_one_item_has_the_rules_and_headers_of_the_kind() -> None:
    """Its method, parameters, body and pages are its own: they are for the listing."""
    fetch = webhook_of(
        {"values": {"id": ".id"}, "fetch": "/tickets/{id}"},
        method="POST",
        query_params={"status": "open", "now": {"jq": "now"}},
        headers={"X-Team": "a", "X-Day": {"jq": "now"}},
        body={"all": True},
        data_path=".tickets",
        on_status={"404": "empty", "410": "empty", "403": "empty"},
        responses=[{"when": ".body.ok == false", "as": "fail"}],
        format="json",
        retry=True,
        pagination={"type": "page", "max_pages": 3},
    ).fetch
    assert fetch
    assert (fetch.method, fetch.query_params, fetch.body, fetch.data_path) == ("GET", (), None, None)
    assert fetch.headers == (("X-Team", "a"),)
    assert [computed.keys for computed in fetch.computed] == [("headers", "X-Day")]
    assert (fetch.pagination, fetch.retry, fetch.format.name) == (PaginationSettings(), True, "json")
    assert len(fetch.responses) == 1
    # These statuses say that the item does not exist.
    assert fetch.on_status == {403: "empty"}


def test_path_of_the_kind_has_its_whole_request() -> None:
    fetch = webhook_of(
        {"fetch": "tickets"},
        method="POST",
        query_params={"status": "open"},
        headers={"X-Team": "a"},
        body={"all": True, "since": {"jq": "now"}},
        data_path=".tickets",
        on_status={"404": "empty"},
        pagination={"type": "page"},
    ).fetch
    assert fetch
    assert (fetch.method, fetch.query_params, fetch.body) == (
        "POST",
        (("status", "open"),),
        {"all": True, "since": None},
    )
    assert (str(fetch.data_path), fetch.pagination.type, fetch.on_status) == (".tickets", "page", {})
    assert [computed.keys for computed in fetch.computed] == [("body", "since")]


def test_request_can_be_an_object() -> None:
    fetch = webhook_of(
        {
            "values": {"id": ".id"},
            "fetch": {
                "path": "/search",
                "method": "post",
                "query_params": {"tag": ["a", "b"]},
                "headers": {"x-team": "b", "X-New": {"jq": ".now"}},
                "body": "id={id}",
                "body_type": "form",
                "format": "csv",
            },
        },
        headers={"X-Team": "a", "X-Other": "o"},
    ).fetch
    assert fetch
    assert (fetch.path, fetch.method, fetch.body, fetch.body_type) == ("/search", "POST", "id={id}", "form")
    assert fetch.query_params == (("tag", "a"), ("tag", "b"))
    assert fetch.headers == (("X-Other", "o"), ("x-team", "b"))
    assert [computed.keys for computed in fetch.computed] == [("headers", "X-New")]
    assert fetch.format.name == "csv"


def test_object_with_the_path_of_the_kind_replaces_single_keys() -> None:
    fetch = webhook_of(
        {"values": {"id": ".id"}, "fetch": {"path": "/tickets", "query_params": {"id": "{id}"}}},
        query_params={"day": {"jq": "now"}},
        body={"since": {"jq": "now"}},
        method="POST",
        body_type="form",
    ).fetch
    assert fetch
    assert fetch.query_params == (("id", "{id}"),)
    assert [computed.keys for computed in fetch.computed] == [("body", "since")]
    assert (fetch.method, fetch.body_type) == ("POST", "form")
    replaced = webhook_of(
        {"fetch": {"path": "/tickets", "body": {"a": 1}}}, body={"since": {"jq": "now"}}, method="POST"
    ).fetch
    assert replaced
    assert (replaced.computed, replaced.body, replaced.body_type) == ((), {"a": 1}, "json")


def test_items_of_an_event_need_the_values_of_path_parameters_and_parent_fields() -> None:
    parameters = {"team": {"endpoint": "/teams", "field": ".id", "parent_fields": {"lead": ".lead"}}}
    message = refusal({"values": {"id": ".id"}}, "/teams/{team}/tickets", path_parameters=parameters)
    assert message == (
        "selector.webhook.values: lacks lead, team, which the items have from path_parameters. Add lead, "
        "team, with jq that finds the value in the event"
    )
    webhook = webhook_of(
        {"values": {"id": ".id", "team": ".team", "lead": ".lead"}},
        "/teams/{team}/tickets",
        path_parameters=parameters,
    )
    # A field of the parent can be null.
    assert webhook.needed == {"id", "team"}


def test_items_of_a_batch_have_no_values() -> None:
    webhook = webhook_of(
        {"values": {"id": ".id"}, "fetch": "/tickets/{id}"},
        "/tickets?ids={ids}",
        path_parameters={"ids": {"endpoint": "/ids", "field": ".", "batch": 50}},
    )
    assert webhook.needed == {"id"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([], "selector.webhook: got [], accepts an object"),
        ({"wen": ".x"}, "selector.webhook.wen: is unknown; did you mean when?"),
        ({"value": {}}, "selector.webhook.value: is unknown; did you mean values?"),
        ({"when": "(("}, "selector.webhook.when: got '((', accepts a jq expression (syntax error"),
        ({"when": ""}, "selector.webhook.when: got '', accepts a jq expression"),
        (
            {"items": "$event.body"},
            "selector.webhook.items: got '$event.body', accepts a jq expression ($event",
        ),
        ({"items": 5}, "selector.webhook.items: got 5, accepts a jq expression"),
        ({"delete": "$event"}, "selector.webhook.delete: got '$event', accepts a jq expression ($event"),
        ({"delete": "."} | {"delete": ") | ("}, "selector.webhook.delete: got ') | ('"),
        (
            {"values": {"id": "$item"}},
            "selector.webhook.values.id: got '$item', accepts a jq expression ($item",
        ),
        ({"values": {"id": 5}}, "selector.webhook.values.id: got 5, accepts a jq expression"),
        ({"values": []}, "selector.webhook.values: got [], accepts an object of names and jq expressions"),
        ({"values": {"a-b": "."}}, "selector.webhook.values.a-b: the name of a value can only have letters"),
        ({"data_path": "."}, "selector.webhook.data_path: has no effect without fetch"),
        ({"fetch": 5}, "selector.webhook.fetch: got 5, accepts a path, or an object with path"),
        ({"fetch": ""}, "selector.webhook.fetch.path: got '', accepts the path of an endpoint"),
        ({"fetch": {"method": "GET"}}, "selector.webhook.fetch.path: is missing"),
        (
            {"fetch": {"path": "/x", "metod": "GET"}},
            "selector.webhook.fetch.metod: is unknown; did you mean method?",
        ),
        ({"fetch": {"path": "/x", "method": "DELETE"}}, "selector.webhook.fetch.method: got 'DELETE'"),
        ({"fetch": {"path": "/x", "method": "PUT"}}, "selector.webhook.fetch.method: PUT may change data"),
        ({"fetch": "/a/../b"}, "selector.webhook.fetch.path '/a/../b' has dot segments"),
        ({"fetch": "/a/{}"}, "selector.webhook.fetch.path /a/{} has braces that are not a placeholder"),
        (
            {"fetch": {"path": "/x", "body": [1], "body_type": "form"}},
            "selector.webhook.fetch.body: ",
        ),
        (
            {"fetch": "/tickets/{id}"},
            "selector.webhook.fetch: {id} has no value. Add it to selector.webhook.values",
        ),
        (
            {"values": {"number": "."}, "fetch": {"path": "/x", "query_params": {"n": "{numbr}"}}},
            "selector.webhook.fetch.query_params.n: {numbr} has no value. Use {number}, or add numbr to",
        ),
    ],
)
def test_mistake_is_named_before_an_event_comes(keys: Any, message: str) -> None:
    assert refusal(keys).startswith(message)


def test_braces_of_other_languages_need_no_value() -> None:
    body = {"query": "query { ticket { id } }"}
    assert webhook_of({"fetch": {"path": "/graphql", "method": "POST", "body": body}}).fetch


@pytest.mark.parametrize(
    ("selector", "key"),
    [
        ({"job": {"result": ".url"}}, "job"),
        ({"windows": {"from": "1d", "size": "1h", "start_param": "a", "end_param": "b"}}, "windows"),
    ],
)
def test_export_and_windows_are_not_read_for_an_event(selector: dict[str, Any], key: str) -> None:
    message = refusal({"fetch": "/tickets"}, **selector)
    assert message.startswith(f"selector.webhook.fetch: is the path of the kind, which is read with {key}")
    assert webhook_of({"values": {"id": ".id"}, "fetch": "/tickets/{id}"}, **selector).fetch


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({}, "selector.webhook.fetch: is missing. With webhookVerify: hint, events are not signed"),
        (
            {"values": {"url": ".url"}, "fetch": "{+url}/x"},
            "selector.webhook.fetch: begins with {+url}, so an event that is not signed would choose the URL",
        ),
    ],
)
def test_unsigned_events_choose_no_url_and_no_entity(keys: dict[str, Any], message: str) -> None:
    assert refusal(keys, permissions=_UNSIGNED).startswith(message)
    assert webhook_of(keys) is not None


def test_unsigned_events_put_nothing_into_entities_that_the_api_does_not_confirm() -> None:
    keys = {"values": {"id": ".id", "team": ".team"}, "fetch": "/tickets/{id}"}
    parameters = {"team": {"endpoint": "/teams", "field": ".id"}}
    message = refusal(keys, "/teams/{team}/tickets", _UNSIGNED, path_parameters=parameters)
    assert message.startswith(
        "selector.webhook.values.team: would put team of an event that is not signed into entities. Use team"
    )
    confirmed = {**keys, "fetch": "/teams/{team}/tickets/{id}"}
    assert webhook_of(confirmed, "/teams/{team}/tickets", _UNSIGNED, path_parameters=parameters).fetch


def test_raw_placeholder_after_the_beginning_of_the_path_is_allowed_for_unsigned_events() -> None:
    assert webhook_of(_PULLS, "/repos/{+repo}/pulls", _UNSIGNED, path_parameters=_REPO).fetch
