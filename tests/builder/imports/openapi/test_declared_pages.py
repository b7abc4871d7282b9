"""Page parameters and sources that only the document's declarations and words identify."""

import json
from collections.abc import Mapping

import pytest

from builder.imports import ImportedEndpoint, read_openapi
from rest.bodies import Json

TEXT: dict[str, Json] = {"type": "string"}
NUMBER: dict[str, Json] = {"type": "integer"}


def record(**fields: Json) -> dict[str, Json]:
    return {"type": "object", "properties": fields}


def array(item: Json) -> dict[str, Json]:
    return {"type": "array", "items": item}


ITEM = record(id=TEXT, name=TEXT)


def query(name: str, schema: Json = None, description: str = "") -> dict[str, Json]:
    return {"name": name, "in": "query", "schema": schema or TEXT, "description": description}


def operation(schema: Json, *parameters: Json, example: Json = None, **words: Json) -> dict[str, Json]:
    media: dict[str, Json] = {"schema": schema, **({"example": example} if example else {})}
    return {
        "parameters": list(parameters),
        "responses": {"200": {"content": {"application/json": media}}},
        **words,
    }


def endpoints_of(paths: Mapping[str, Json]) -> dict[str, ImportedEndpoint]:
    document = {"openapi": "3.0.0", "paths": {path: {"get": get} for path, get in paths.items()}}
    return {each.kind: each for each in read_openapi(json.dumps(document)).endpoints}


def pagination(get: Json) -> Json:
    return endpoints_of({"/items": get})["/items"].selector.get("pagination")


def test_time_for_next_page_is_sent_as_declared_end_of_period() -> None:
    until = query("until", NUMBER, "Items created before this timestamp")
    since = query("since", NUMBER, "Items created after this timestamp")
    following = {**NUMBER, "description": "Timestamp to request the next page"}
    schema = record(items=array(ITEM), pagination=record(next=following))
    found = pagination(operation(schema, since, until, query("limit", NUMBER)))
    assert found == {
        "type": "cursor",
        "param": "until",
        "cursor_path": ".pagination.next",
        "size_param": "limit",
    }


def test_cursor_has_same_name_in_request_and_response() -> None:
    schema = record(data=array(ITEM), iterator=TEXT, done={"type": "boolean"})
    found = pagination(operation(schema, query("iterator"), query("limit", NUMBER)))
    assert found == {
        "type": "cursor",
        "param": "iterator",
        "cursor_path": ".iterator",
        "size_param": "limit",
    }


def test_echoed_filters_are_no_cursor() -> None:
    schema = record(data=array(ITEM), classifier=TEXT, metric=TEXT)
    get = operation(schema, query("classifier"), query("metric"), query("limit", NUMBER))
    assert pagination(get) is None


def test_parameter_in_description_of_token_sends_it() -> None:
    token = {**TEXT, "description": "Send this as `resumeFrom` to continue"}
    found = pagination(operation(record(items=array(ITEM), nextToken=token), query("resumeFrom")))
    assert isinstance(found, dict)
    assert (found["param"], found["cursor_path"]) == ("resumeFrom", ".nextToken")


@pytest.mark.parametrize(
    ("schema", "parameters", "note"),
    [
        (record(items=array(ITEM), next_cursor=TEXT), [], "The response has .next_cursor for the next page"),
        (record(items=array(ITEM), has_more={"type": "boolean"}), [], "The response has pages"),
        (array(ITEM), [query("limit", NUMBER)], "declares limit"),
        (array(ITEM), [query("chunk", None, "Opaque cursor of the next page")], "declares chunk"),
    ],
)
def test_pages_without_declared_parameter_have_note(schema: Json, parameters: list[Json], note: str) -> None:
    found = endpoints_of({"/items": operation(schema, *parameters)})["/items"]
    assert "pagination" not in found.selector
    assert any(note in each for each in found.notes)


def test_example_of_last_page_does_not_hide_next_link() -> None:
    schema = record(value=array(ITEM), nextLink=TEXT)
    found = pagination(operation(schema, example={"value": [{"id": "a", "name": "b"}]}))
    assert found == {"type": "next_link", "next_link_path": ".nextLink"}


def test_alternative_with_list_is_offered_with_its_paging() -> None:
    paged = record(envs=array(ITEM), next_cursor=TEXT)
    schema: Json = {"oneOf": [TEXT, ITEM, record(envs=array(ITEM)), paged]}
    found = endpoints_of({"/envs": operation(schema, query("cursor"))})["/envs"].selector
    assert found["data_path"] == ".envs"
    assert found["pagination"] == {
        "type": "cursor",
        "param": "cursor",
        "cursor_path": ".next_cursor",
        "size_param": "-",
    }


@pytest.mark.parametrize(
    ("path", "schema", "words"),
    [
        (
            "/images/{digest}/vuln/{type}",
            record(digest=TEXT, vulnerabilities=array(ITEM), level=TEXT),
            {"summary": "Get vulnerabilities by type"},
        ),
        (
            "/integrations/{key}",
            record(_links=record(self=TEXT), items=array(ITEM)),
            {"summary": "Get a list of all integrations of a kind"},
        ),
        (
            "/users/{user}/tokens",
            record(etag=TEXT, kind=TEXT, items=array(ITEM)),
            {"operationId": "directory.tokens.list"},
        ),
        (
            "/units",
            record(etag=TEXT, kind=TEXT, organizationUnits=array(ITEM)),
            {"operationId": "directory.orgunits.list"},
        ),
    ],
)
def test_response_in_words_of_a_list_is_offered(path: str, schema: Json, words: dict[str, Json]) -> None:
    assert path in endpoints_of({path: operation(schema, **words)})


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/myself", record(accountId=TEXT, applicationRoles=record(items=array(ITEM)))),
        ("/serverInfo", record(version=TEXT, healthChecks=array(ITEM))),
        ("/orders/{order}", record(customer=TEXT, total=NUMBER, lines=array(ITEM))),
    ],
)
def test_single_object_is_not_offered(path: str, schema: Json) -> None:
    assert endpoints_of({path: operation(schema)}) == {}


def source(kind: str, name: str, paths: Mapping[str, Json]) -> tuple[Json, Json]:
    found = endpoints_of(paths)[kind].selector.get("path_parameters")
    of_name = found.get(name) if isinstance(found, dict) else None
    return (of_name.get("endpoint"), of_name.get("field")) if isinstance(of_name, dict) else (None, None)


def test_full_names_come_from_parent_collection_with_slashes() -> None:
    prefix = "deploy.projects.locations"
    paths = {
        "/v1/{parent}/pipelines": operation(
            record(pipelines=array(record(name=TEXT))), operationId=f"{prefix}.pipelines.list"
        ),
        "/v1/{parent}/releases": operation(
            record(releases=array(record(name=TEXT))), operationId=f"{prefix}.pipelines.releases.list"
        ),
    }
    endpoint, field = source("/v1/{+parent}/releases", "parent", paths)
    assert (endpoint, field) == ("/v1/{+location_parent}/pipelines", ".name")


def test_nested_list_has_values_of_both_placeholders() -> None:
    projects = array(record(key=TEXT, environments=array(record(key=TEXT))))
    paths = {
        "/projects": operation(projects),
        "/flags/{projectKey}": operation(array(record(key=TEXT, name=TEXT))),
        "/segments/{projectKey}/{environmentKey}": operation(array(ITEM)),
    }
    selector = endpoints_of(paths)["/segments/{projectKey}/{environmentKey}"].selector
    assert selector["path_parameters"] == {
        "environmentKey": {
            "endpoint": "/projects",
            "field": ".environments[].key",
            "parent_fields": {"projectKey": ".key"},
        }
    }


def test_nested_object_is_source() -> None:
    paths = {
        "/buckets": operation(array(record(key=TEXT, team=record(id=TEXT)))),
        "/teams/{teamId}/people": operation(array(ITEM)),
    }
    assert source("/teams/{teamId}/people", "teamId", paths) == ("/buckets", ".team.id")


def test_field_named_as_placeholder_is_source() -> None:
    paths = {
        "/networks/devices": operation(array(record(serial=TEXT, model=TEXT))),
        "/devices/{serial}/ports": operation(array(ITEM)),
    }
    assert source("/devices/{serial}/ports", "serial", paths) == ("/networks/devices", ".serial")


def test_items_of_another_entity_are_no_source() -> None:
    paths = {
        "/environments/{id}/tags": operation(array(record(environment_id=TEXT))),
        "/flags": operation(array(record(key=TEXT))),
        "/flags/{environmentKey}/rules": operation(array(ITEM)),
    }
    assert source("/flags/{environmentKey}/rules", "environmentKey", paths) == (None, None)


def test_paths_of_single_items_are_kept_for_live_events() -> None:
    """They are no endpoints to import, but an event is about a single item."""
    paths: dict[str, Json] = {
        "/orders": {"get": operation(array(ITEM))},
        "/orders/{order-id}": {"get": operation(ITEM), "delete": operation(ITEM)},
        "/orders/{order-id}/lines": {"get": operation(array(ITEM))},
        "/carts/{id}": {"delete": operation(ITEM)},
    }
    imported = read_openapi(json.dumps({"openapi": "3.0.0", "paths": paths}))
    assert imported.detail_paths == ("/orders/{order_id}",)
