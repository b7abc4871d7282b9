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


FIELDS: list[Json] = [
    {"key": "format", "value": "json", "name": "format"},
    {"key": "offset", "value": "0", "name": "offset"},
    {"key": "limit", "value": "50", "name": "limit"},
    {"key": "old", "value": "1", "name": "old", "disabled": True},
]
FORM_PAGES: Json = {
    "type": "offset",
    "param": "offset",
    "param_location": "body",
    "size_param": "limit",
    "page_size": 50,
}


@pytest.mark.parametrize(
    ("body", "selector"),
    [
        (
            {"mode": "urlencoded", "urlencoded": FIELDS},
            {"body": {"format": "json"}, "body_type": "form", "pagination": FORM_PAGES},
        ),
        (
            {"mode": "formdata", "formdata": [*FIELDS, {"key": "file", "type": "file", "src": "/a"}]},
            {"body": {"format": "json"}, "body_type": "multipart", "pagination": FORM_PAGES},
        ),
        (
            {"mode": "raw", "raw": "<q/>", "options": {"raw": {"language": "xml"}}},
            {"body": "<q/>", "body_type": "text", "headers": {"Content-Type": "application/xml"}},
        ),
        ({"mode": "raw", "raw": '{"a": 1}', "options": {"raw": {"language": "json"}}}, {"body": {"a": 1}}),
    ],
    ids=["form", "multipart", "text", "json"],
)
def test_bodies_of_postman_have_their_type(body: Json, selector: dict[str, Json]) -> None:
    found = read_document(postman(request("Find", f"{API}/monitors/search", "POST", body=body)))
    assert found.endpoints[0].selector == {"method": "POST", **selector}


@pytest.mark.parametrize(
    ("body", "selector"),
    [
        (
            {"mimeType": "application/x-www-form-urlencoded", "params": FIELDS},
            {"body": {"format": "json"}, "body_type": "form", "pagination": FORM_PAGES},
        ),
        (
            {"mimeType": "multipart/form-data", "params": FIELDS},
            {"body": {"format": "json"}, "body_type": "multipart", "pagination": FORM_PAGES},
        ),
        (
            {"mimeType": "text/plain", "text": "find"},
            {"body": "find", "body_type": "text", "headers": {"Content-Type": "text/plain"}},
        ),
        ({"mimeType": "application/json", "text": '{"a": 1}'}, {"body": {"a": 1}}),
    ],
    ids=["form", "multipart", "text", "json"],
)
def test_bodies_of_insomnia_have_their_type(body: Json, selector: dict[str, Json]) -> None:
    resources: Json = [
        {"_type": "request", "name": "F", "method": "POST", "url": f"{API}/monitors/search", "body": body}
    ]
    export: Json = {"_type": "export", "__export_format": 4, "resources": resources}
    assert read_document(json.dumps(export)).endpoints[0].selector == {"method": "POST", **selector}


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
        ({"type": "hawk", "hawk": []}, "The request is signed with Hawk. Choose authType signature"),
    ],
    ids=["hawk"],
)
def test_authentication_that_is_not_taken_over_is_named(auth: Json, note: str) -> None:
    found = read_document(postman(request("a", f"{API}/a"), auth=auth))
    assert found.settings == {"baseUrl": API}
    assert any(each.startswith(note) for each in found.notes)


@pytest.mark.parametrize(
    ("auth", "settings"),
    [
        (
            {
                "type": "awsv4",
                "awsv4": [
                    {"key": "region", "value": "eu-west-1"},
                    {"key": "service", "value": "es"},
                    {"key": "accessKey", "value": "AKIDMADEUP"},
                    {"key": "secretKey", "value": "made-up"},
                    {"key": "sessionToken", "value": "token"},
                ],
            },
            {
                "authType": "aws",
                "aws": {"region": "eu-west-1", "service": "es"},
                "awsAccessKeyId": "AKIDMADEUP",
                "awsSecretAccessKey": "made-up",
                "awsSessionToken": "token",
            },
        ),
        (
            {
                "type": "digest",
                "digest": [{"key": "username", "value": "amy"}, {"key": "password", "value": "made-up"}],
            },
            {"authType": "digest", "username": "amy", "password": "made-up"},
        ),
    ],
    ids=["aws", "digest"],
)
def test_authentication_that_is_computed_for_each_request_is_imported(
    auth: Json, settings: dict[str, Json]
) -> None:
    found = read_document(postman(request("a", f"{API}/a"), auth=auth))
    assert found.settings == {"baseUrl": API, **settings}


def pairs(**fields: str) -> Json:
    return [{"key": name, "value": value} for name, value in fields.items()]


@pytest.mark.parametrize(
    ("auth", "settings", "note"),
    [
        (
            {
                "type": "oauth2",
                "oauth2": pairs(
                    grant_type="client_credentials",
                    accessTokenUrl="https://id.acme.example/token",
                    clientId="app",
                    clientSecret="made-up",
                    scope="read write",
                    client_authentication="header",
                    headerPrefix="Bearer ",
                ),
            },
            {
                "authType": "oauth2",
                "tokenUrl": "https://id.acme.example/token",
                "clientId": "app",
                "clientSecret": "made-up",
                "tokenAuth": "basic",
                "tokenParams": {"scope": "read write"},
            },
            "",
        ),
        (
            {
                "type": "oauth2",
                "oauth2": pairs(
                    grant_type="password_credentials",
                    accessTokenUrl=f"{API}/token",
                    username="amy",
                    password="{{pass}}",
                    headerPrefix="Token",
                ),
            },
            {
                "authType": "oauth2",
                "tokenUrl": f"{API}/token",
                "grant": "password",
                "username": "amy",
                "bearerPrefix": "Token",
            },
            "Enter password. The request has the placeholder",
        ),
        (
            {"type": "oauth2", "oauth2": pairs(grant_type="authorization_code", clientId="app")},
            {"authType": "oauth2", "grant": "refresh_token", "clientId": "app"},
            "The request uses a login for people. Enter a refresh token that the login gave",
        ),
        (
            {"type": "oauth2", "oauth2": pairs(accessTokenUrl=f"{API}/token?client_secret=made-up-secret")},
            {"authType": "oauth2"},
            "The request uses OAuth 2.0. Enter tokenUrl: https://api.acme.example/token?client_secret=",
        ),
        (
            {
                "type": "jwt",
                "jwt": pairs(
                    algorithm="HS512",
                    secret="made-up",
                    isSecretBase64Encoded="true",
                    payload='{"iss": "key", "exp": 1700000000}',
                    header='{"kid": "k1"}',
                    headerPrefix="JWT",
                ),
            },
            {
                "authType": "jwt",
                "jwt": {
                    "algorithm": "HS512",
                    "claims": {"iss": "key"},
                    "headers": {"kid": "k1"},
                    "secretEncoding": "base64",
                },
                "authValue": "made-up",
                "bearerPrefix": "JWT",
            },
            "",
        ),
        (
            {
                "type": "jwt",
                "jwt": pairs(
                    algorithm="ES256", privateKey="made-up-key", payload="{{x}}", addTokenTo="queryParam"
                ),
            },
            {"authType": "jwt", "jwt": {"algorithm": "ES256"}, "privateKey": "made-up-key"},
            "The token is a query parameter. The integration sends it in the header Authorization",
        ),
        (
            {
                "type": "asap",
                "asap": pairs(issuer="me", audience="you", keyId="k1", privateKey="made-up-key"),
            },
            {
                "authType": "jwt",
                "jwt": {
                    "algorithm": "RS256",
                    "claims": {"iss": "me", "aud": "you"},
                    "headers": {"kid": "k1"},
                },
                "privateKey": "made-up-key",
            },
            "",
        ),
    ],
    ids=["client_credentials", "password", "people", "secret_in_url", "hmac", "key", "asap"],
)
def test_tokens_of_a_client_become_settings(auth: Json, settings: Json, note: str) -> None:
    found = read_document(postman(request("a", f"{API}/a"), auth=auth))
    assert found.settings == {"baseUrl": API, **as_object(settings)}
    assert any(each.startswith(note) for each in found.notes) if note else found.notes == ()


def test_a_request_for_a_token_becomes_the_authentication_of_the_others() -> None:
    form = pairs(grant_type="client_credentials", client_id="app", client_secret="made-up", scope="a b")
    token = request("token", "https://id.acme.example/token", "POST")
    sent = {**as_object(as_object(token)["request"]), "body": {"mode": "urlencoded", "urlencoded": form}}
    asks = {**as_object(token), "request": sent}
    bearer: Json = {"type": "bearer", "bearer": pairs(token="made-up-old")}
    found = read_document(postman(asks, request("a", f"{API}/a"), auth=bearer))
    assert found.settings == {
        "baseUrl": API,
        "authType": "oauth2",
        "tokenUrl": "https://id.acme.example/token",
        "clientId": "app",
        "clientSecret": "made-up",
        "tokenParams": {"scope": "a b"},
    }
    assert [each.kind for each in found.endpoints] == ["/a"]


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


@pytest.mark.parametrize(
    ("path", "body", "reads"),
    [
        (
            "/api",
            {"operationName": "CreateUserOfTeam", "query": "mutation CreateUserOfTeam { a { id } }"},
            False,
        ),
        ("/api", {"query": "query Users { users { id } }"}, True),
        ("/genes/search", {"query": "mutation"}, True),
        ("/users/getByTeam", {"team": 1}, True),
        ("/users", {"page": 1, "pageSize": 50}, True),
        ("/findings", {"name": "x"}, False),
        ("/users", {"name": "x"}, False),
    ],
)
def test_post_requests_that_change_data_are_left_out(path: str, body: Json, *, reads: bool) -> None:
    command = f"curl {API}{path} --json '{json.dumps(body)}'"
    found = read_document(f"curl {API}/teams\n{command}")
    assert (path in [each.kind for each in found.endpoints]) is reads
