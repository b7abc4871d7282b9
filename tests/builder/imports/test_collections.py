"""Collections of Postman and Insomnia."""

import json
from collections.abc import Callable

import pytest

from builder.imports import DocumentError, Imported, read_document
from builder.json_values import as_object
from rest.bodies import Json

API = "https://api.acme.example"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def request(name: str, url: Json, method: str = "GET", example: Json = None, **more: Json) -> dict[str, Json]:
    """Return a request of a Postman collection."""
    responses: list[Json] = [] if example is None else [{"code": 200, "body": json.dumps(example)}]
    return {"name": name, "request": {"method": method, "url": url, **more}, "response": responses}


def postman(*items: Json, **more: Json) -> str:
    """Return a Postman collection."""
    return json.dumps({"info": {"name": "Acme", "schema": SCHEMA}, "item": list(items), **more})


def key_auth(**fields: str) -> dict[str, Json]:
    """Return an authentication by key, as version 2.1 writes it."""
    listed: list[Json] = [{"key": name, "value": value} for name, value in fields.items()]
    return {"type": "apikey", "apikey": listed}


def test_collection_becomes_listings_with_samples_parents_and_credentials(
    accepted: Callable[[Imported], list[str]],
) -> None:
    projects: Json = {
        "raw": "{{baseUrl}}/projects?page=1&per_page=20&archived=false",
        "query": [
            {"key": "page", "value": "1"},
            {"key": "per_page", "value": "20"},
            {"key": "archived", "value": "false", "disabled": True},
        ],
    }
    found = read_document(
        postman(
            {
                "name": "Projects",
                "item": [
                    request("List projects", projects, example={"data": [{"id": "p1"}, {"id": "p2"}]}),
                    request("Get project", "{{baseUrl}}/projects/:id", example={"id": "p1"}),
                    request(
                        "List tasks",
                        {"raw": "{{baseUrl}}/projects/:id/tasks", "variable": [{"key": "id", "value": "p2"}]},
                    ),
                    request("Create project", "{{baseUrl}}/projects", "POST"),
                ],
            },
            variable=[
                {"key": "host", "value": API},
                {"key": "baseUrl", "value": "{{host}}/v2"},
                {"key": "token", "value": "made-up-token"},
            ],
            auth={"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}"}]},
        )
    )
    assert found.title == "Acme"
    assert found.settings == {"baseUrl": API, "authType": "bearer_token", "apiToken": "made-up-token"}
    assert accepted(found) == ["/v2/projects", "/v2/projects/{id}/tasks"]
    listing = {
        "data_path": ".data",
        "pagination": {"type": "page", "param": "page", "size_param": "per_page", "page_size": 20},
    }
    assert found.endpoints[0].selector == listing
    assert found.endpoints[0].title == "List projects"
    assert found.endpoints[1].selector["path_parameters"] == {
        "id": {"endpoint": "/v2/projects", "field": ".id", **listing}
    }
    assert found.notes == ("Requests that read one item or change data were left out: 2",)


def test_authentication_of_a_folder_and_of_a_request_win() -> None:
    inner = request("a", f"{API}/a", auth={"type": "noauth"})
    outer = request("b", f"{API}/b")
    found = read_document(
        postman(
            {
                "name": "f",
                "item": [inner, outer],
                "auth": key_auth(key="X-Acme", value="made-up", **{"in": "header"}),
            },
            auth={"type": "basic", "basic": [{"key": "username", "value": "jo"}]},
        )
    )
    assert found.settings == {
        "baseUrl": API,
        "authType": "api_key",
        "apiKeyHeader": "X-Acme",
        "apiKey": "made-up",
    }
    assert "made-up" not in repr(found.endpoints)


def test_key_in_the_query_is_a_secret_whatever_its_name() -> None:
    auth = key_auth(key="k", value="made-up", **{"in": "query"})
    found = read_document(postman(request("a", f"{API}/a?x=1", auth=auth)))
    assert found.settings == {"baseUrl": API, "authType": "api_key", "apiKeyParam": "k", "apiKey": "made-up"}
    assert found.endpoints[0].selector == {"query_params": {"x": "1"}}


def test_variable_without_a_value_is_named() -> None:
    found = read_document(postman(request("a", "{{url}}/teams/{{team}}/members?key={{api_key}}")))
    assert found.settings == {"authType": "api_key", "apiKeyParam": "key"}
    assert found.endpoints[0].kind == "/teams/{team}/members"
    assert found.notes == (
        "Enter baseUrl. The request has the placeholder https://{url}",
        "Enter apiKey. The request has the placeholder ${api_key}",
    )


def test_graphql_body_is_read() -> None:
    body: Json = {"mode": "graphql", "graphql": {"query": "{ users { id } }", "variables": '{"a": 1}'}}
    found = read_document(postman(request("Users", f"{API}/graphql", "POST", body=body)))
    assert found.endpoints[0].selector == {
        "method": "POST",
        "body": {"query": "{ users { id } }", "variables": {"a": 1}},
    }


def test_version_2_0_and_the_form_of_postmans_api_are_read() -> None:
    written: Json = {
        "collection": {
            "info": {"name": "Old"},
            "auth": {"type": "basic", "basic": {"username": "jo", "password": "made-up"}},
            "item": [
                {"name": "a", "request": f"{API}/a"},
                {
                    "name": "b",
                    "request": {
                        "header": "X-Team: core",
                        "url": {"protocol": "https", "host": ["api", "acme", "example"], "path": ["v1", "b"]},
                    },
                },
            ],
        }
    }
    found = read_document(json.dumps(written))
    assert found.settings == {"baseUrl": API, "authType": "basic", "username": "jo", "password": "made-up"}
    assert [each.kind for each in found.endpoints] == ["/a", "/v1/b"]
    assert found.endpoints[1].selector == {"headers": {"X-Team": "core"}}


@pytest.mark.parametrize(
    ("auth", "note"),
    [
        ({"type": "awsv4", "awsv4": []}, "AWS signatures are computed"),
        (
            {"type": "oauth2", "oauth2": [{"key": "accessTokenUrl", "value": f"{API}/token"}]},
            f"The request uses OAuth 2.0. Choose authType oauth2 and enter tokenUrl: {API}/token",
        ),
    ],
    ids=["aws", "oauth2"],
)
def test_authentication_that_is_not_taken_over_is_named(auth: Json, note: str) -> None:
    found = read_document(postman(request("a", f"{API}/a"), auth=auth))
    assert found.settings == {"baseUrl": API}
    assert any(each.startswith(note) for each in found.notes)


def test_secret_in_an_example_is_masked() -> None:
    found = read_document(postman(request("a", f"{API}/a", example=[{"id": 1, "token": "made-up"}])))
    assert found.endpoints[0].sample == [{"id": 1, "token": "***"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (postman(), "the Postman collection has no request"),
        (postman(request("a", "ftp://a.example/x")), "Postman: ftp://a.example is not a URL of a web API"),
        (json.dumps({"collection": {"item": 5}}), "the Postman collection has no list item"),
        (
            json.dumps({"_type": "export", "__export_format": 4, "resources": []}),
            "the Insomnia export has no HTTP",
        ),
    ],
    ids=["empty", "url", "no_list", "insomnia"],
)
def test_collection_without_requests_is_rejected(text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_document(text)


def insomnia_4() -> str:
    resources: list[Json] = [
        {"_id": "wrk_1", "_type": "workspace", "name": "Fleet"},
        {
            "_id": "env_1",
            "_type": "environment",
            "parentId": "wrk_1",
            "data": {"base": "https://{{ _.host }}/v1", "auth": {"token": "made-up"}},
        },
        {"_id": "env_2", "_type": "environment", "parentId": "env_1", "data": {"host": "api.acme.example"}},
        {"_id": "fld_1", "_type": "request_group", "parentId": "wrk_1", "environment": {"org": "acme"}},
        {
            "_id": "req_1",
            "_type": "request",
            "parentId": "fld_1",
            "name": "Vehicles",
            "method": "GET",
            "url": "{{ _.base }}/orgs/{{ org }}/vehicles",
            "parameters": [{"name": "limit", "value": "5"}, {"name": "x", "value": "1", "disabled": True}],
            "authentication": {"type": "bearer", "token": "{{ _.auth.token }}"},
        },
        {"_id": "ws_1", "_type": "websocket_request", "url": "wss://acme.example"},
    ]
    return json.dumps({"_type": "export", "__export_format": 4, "resources": resources})


INSOMNIA_5 = """
type: collection.insomnia.rest/5.0
name: Fleet
meta: {id: wrk_1, created: 1718000000000}
collection:
  - name: Vehicles
    meta: {id: fld_1}
    authentication: {type: bearer, token: "{{ _.auth.token }}"}
    environment: {org: acme}
    children:
      - url: "{{ _.base }}/orgs/{{ _.org }}/vehicles"
        name: Vehicles
        method: GET
        parameters:
          - {name: limit, value: "5"}
          - {name: x, value: "1", disabled: true}
environments:
  name: Base Environment
  data: {base: "https://{{ _.host }}/v1", auth: {token: made-up}}
  subEnvironments:
    - name: Production
      data: {host: api.acme.example}
"""


@pytest.mark.parametrize("text", [insomnia_4(), INSOMNIA_5], ids=["4", "5"])
def test_insomnia_export_is_read(text: str, accepted: Callable[[Imported], list[str]]) -> None:
    found = read_document(text)
    assert found.title == "Fleet"
    assert found.settings == {"baseUrl": API, "authType": "bearer_token", "apiToken": "made-up"}
    assert accepted(found) == ["/v1/orgs/acme/vehicles"]
    assert found.endpoints[0].selector == {"query_params": {"limit": "5"}}
    assert found.endpoints[0].title == "Vehicles"
    assert found.notes == ()


def test_collection_keeps_the_requests_of_one_api() -> None:
    found = read_document(
        postman(
            request("token", "https://login.acme.example/oauth/token", "POST"),
            request("a", f"{API}/a"),
            request("status", "https://status.acme.example/api"),
            request("b", f"{API}/b"),
        )
    )
    assert found.settings == {"baseUrl": API}
    assert [each.kind for each in found.endpoints] == ["/a", "/b"]
    assert "One installation reads one API. Left out: requests to https://status.acme.example" in found.notes
    assert as_object(found.endpoints[0].sample) == {}
