"""The format of a text is recognised. One that is not read is named."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from builder.imports import DocumentError, Imported, read_document
from builder.imports.formats import format_of

API = "https://api.acme.example"
SETTINGS = {"baseUrl": API, "authType": "bearer_token", "authValue": "made-up", "pageSize": 50}
MAPPING = """
deleteDependentEntities: true
resources:
  - kind: /api/v1/users
    selector:
      query: 'true'
      data_path: '.users'
      query_params: {active: "true"}
    port:
      entity:
        mappings:
          identifier: .id
          title: .name
          blueprint: '"user"'
          properties: {email: .email}
          relations: {team: .team_id}
  - kind: /api/v1/tickets/{ticket_id}/comments
    selector:
      query: .open
      path_parameters:
        ticket_id: {endpoint: /api/v1/tickets, field: .id, filter: 'true'}
    port:
      entity:
        mappings: {identifier: .id, blueprint: '"comment"'}
"""


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        ("curl https://a.example/x", "curl"),
        ("$ curl https://a.example/x", "curl"),
        ("jo@host:~$ curl https://a.example/x", "curl"),
        ("# all users\ncurl -s 'https://a.example/x' | jq .", "curl"),
        ("TOKEN=x /usr/bin/curl https://a.example/x", "curl"),
        ('curl.exe "https://a.example/x" ^\n -k', "curl"),
        (f"{API}/v1/users?page=1", "url"),
        ('await fetch("https://a.example/x", {"method": "GET"});', "fetch"),
        ('\ufeff{"log": {"version": "1.2", "entries": []}}', "har"),
        ("openapi: 3.1.0\npaths: {}", "openapi"),
        ("# comment\n---\nswagger: '2.0'", "openapi"),
        ('{"openapi": "3.0.0", "info": {"description": "curl https://x"}}', "openapi"),
        ("info: {name: x}\nitem: []", "postman"),
        (MAPPING, "port"),
        (json.dumps({"integration": {"identifier": "x", "config": {"baseUrl": API}}}), "port"),
        ("OCEAN__INTEGRATION__CONFIG__BASE_URL=https://a.example", "port"),
    ],
)
def test_format_is_recognised(text: str, format_: str) -> None:
    assert format_of(text) == format_


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "The document is empty"),
        ("#%RAML 1.0\ntitle: x", "this is RAML"),
        ("FORMAT: 1A\n# Users", "this is API Blueprint"),
        ('<?xml version="1.0"?>\n<wsdl:definitions name="x">', "this is WSDL"),
        ("<application xmlns='http://wadl.dev.java.net/2009/02'>", "this is WADL"),
        ("<!DOCTYPE html>\n<html>", "this is an HTML page"),
        ("<users><user/></users>", "this is an XML document"),
        ('syntax = "proto3";\nservice X {}', "this is a protocol buffer definition"),
        ("meta {\n  name: x\n  type: http\n}", "this is a Bruno request"),
        ("### users\n@host = a.example\nGET https://{{host}}/users\nAccept: x", "this is an .http file"),
        ("GET /users HTTP/1.1\nHost: a.example", "this is an .http file"),
        ("type Query {\n  users: [User]\n}", "this is a GraphQL schema"),
        ('"""\nA user\n"""\ntype User { id: ID }', "this is a GraphQL schema"),
        ("query Users($a: Int) { users { id } }", "this is a GraphQL query"),
        ("{ viewer { login } }", "this is a GraphQL query"),
        ("wget -qO- https://a.example/x", "this is a wget command"),
        ("http GET https://a.example/x Authorization:x", "this is an HTTPie command"),
        ('Invoke-RestMethod -Uri "https://a.example/x" -Headers @{a="b"}', "this is a PowerShell command"),
        ('$r = iwr https://a.example/x -Headers @{a="b"}', "this is a PowerShell command"),
        ("import requests\nrequests.get('https://a.example')", "this is a Python program"),
        ("const r = await axios.get('https://a.example')", "this is a JavaScript program"),
        ("asyncapi: 3.0.0\nchannels: {}", "this is an AsyncAPI document"),
        ('{"kind": "discovery#restDescription", "resources": {}}', "this is a Google API discovery document"),
        ('{"swaggerVersion": "1.2", "apis": []}', "this is a Swagger 1 document"),
        ('{"data": {"__schema": {"types": []}}}', "this is a GraphQL introspection"),
        ('{"name": "x", "values": [], "_postman_variable_scope": "environment"}', "a Postman environment"),
        ('{"id": "x", "name": "x", "order": [], "requests": []}', "a Postman collection of version 1"),
        ('{"version": "1", "items": [{"type": "http-request"}]}', "this is a Bruno collection"),
        ('{"clientName": "Thunder Client", "requests": []}', "this is a Thunder Client collection"),
        ('{"v": 2, "folders": [], "requests": []}', "this is a Hoppscotch collection"),
        ('{"$schema": "https://json-schema.org", "properties": {}}', "this is a JSON Schema"),
        ('{"identifier": "x", "schema": {"properties": {}}}', "this is a blueprint of Port"),
        ('[{"id": 1}]', "this is a response of the API"),
        ('{"data": [{"id": 1}]}', "this is a response of the API"),
        ("https://a.example/openapi.json", "this is the URL of a document"),
        ("hello", "the format of the text is not known"),
        ('{"log": {"entries": [', "the HAR file is not JSON"),
        ('{"openapi": ', "the document is not JSON"),
        ("openapi: [", "the document is not YAML"),
    ],
)
def test_format_that_is_not_read_is_named_with_what_to_do(text: str, what: str) -> None:
    with pytest.raises(DocumentError, match=what) as error:
        read_document(text)
    assert error.value.hint


@given(st.text() | st.sampled_from(["#\n", "@a=", "\n \n", "### ", "GET "]).map(lambda text: text * 3000))
def test_any_text_is_read_or_rejected(text: str) -> None:
    with suppress(DocumentError):
        read_document(text)


def test_url_alone_is_a_request() -> None:
    found = read_document(f"{API}/v1/users?page=1&state=[1-2]")
    assert found.settings == {"baseUrl": API}
    assert found.endpoints[0].selector["query_params"] == {"state": "[1-2]"}


def test_copied_fetch_is_a_request() -> None:
    options = '{\n "headers": {"authorization": "Bearer made-up"},\n "body": null,\n "method": "GET"\n}'
    found = read_document(f'fetch("{API}/x?limit=5&page=0", {options});\nfetch("{API}/y");')
    assert found.settings == {"baseUrl": API, "authType": "bearer_token", "apiToken": "made-up"}
    assert [each.kind for each in found.endpoints] == ["/x", "/y"]
    pagination = found.endpoints[0].selector["pagination"]
    assert pagination == {
        "type": "page",
        "param": "page",
        "start_page": 0,
        "size_param": "limit",
        "page_size": 5,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fetch('https://a.example', {headers: {a: 'b' + c}})", "the options of fetch have expressions"),
        ("fetch('https://a.example", "the URL of fetch has no closing quote"),
    ],
)
def test_fetch_that_is_a_program_is_rejected(text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_document(text)


def test_mapping_of_ports_integration_is_taken_over(accepted: Callable[[Imported], list[str]]) -> None:
    for text in (
        MAPPING,
        json.dumps({"integration": {"config": {"resources": yaml.safe_load(MAPPING)["resources"]}}}),
    ):
        found = read_document(text)
        assert accepted(found) == ["/api/v1/users", "/api/v1/tickets/{ticket_id}/comments"]
        users, comments = found.endpoints
        assert users.selector == {"data_path": ".users", "query_params": {"active": "true"}}
        assert users.mappings["identifier"] == ".id"
        assert users.mappings["relations"] == {"team": ".team_id"}
        assert comments.selector["query"] == ".open"
        assert users.notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(
            [
                f"OCEAN__INTEGRATION__CONFIG__BASE_URL={API}",
                'export OCEAN__INTEGRATION__CONFIG__AUTH_TYPE="bearer_token"',
                "OCEAN__INTEGRATION__CONFIG__AUTH_VALUE=made-up",
                "OCEAN__INTEGRATION__CONFIG__PAGE_SIZE=50",
                "OCEAN__PORT__CLIENT_ID=x",
            ]
        ),
        (
            "docker run -i --rm \\\n -e OCEAN__PORT__CLIENT_ID=x"
            f' -e OCEAN__INTEGRATION__CONFIG__BASE_URL="{API}" \\\n'
            " -e OCEAN__INTEGRATION__CONFIG__AUTH_TYPE=bearer_token"
            " -e OCEAN__INTEGRATION__CONFIG__PAGE_SIZE=50 \\\n"
            " -e OCEAN__INTEGRATION__CONFIG__AUTH_VALUE='made-up' acme/image"
        ),
        (
            "helm install ocean-custom port-labs/port-ocean \\\n --set port.clientId=x \\\n"
            f' --set integration.config.baseUrl="{API}" \\\n'
            ' --set integration.config.authType="bearer_token" \\\n'
            ' --set integration.secrets.authValue="made-up" --set integration.config.pageSize=50'
        ),
        (
            f"integration:\n  config: {{baseUrl: '{API}', authType: bearer_token, pageSize: 50}}\n"
            "  secrets: {authValue: made-up}\n"
        ),
    ],
    ids=["env", "docker", "helm", "values"],
)
def test_settings_of_ports_integration_are_taken_over(text: str) -> None:
    found = read_document(text)
    assert {name: str(value) for name, value in found.settings.items()} == {
        name: str(value) for name, value in SETTINGS.items()
    }
    assert any(note.startswith("To take over the endpoints") for note in found.notes)


def test_unknown_settings_and_placeholders_are_named() -> None:
    found = read_document(
        json.dumps({"integration": {"config": {"baseUrl": API, "retries": 5, "authValue": "<TOKEN>"}}})
    )
    assert found.settings == {"baseUrl": API}
    assert "The setting retries does not exist here and was left out" in found.notes
    assert "Enter authValue. The text has the placeholder <TOKEN>" in found.notes


def test_key_that_the_integration_does_not_accept_is_named() -> None:
    text = MAPPING.replace("data_path", "data_paht")
    assert any("data_paht" in note for note in read_document(text).endpoints[0].notes)


def test_mapping_of_another_integration_is_rejected() -> None:
    text = MAPPING.replace("/api/v1/users", "repository")
    with pytest.raises(DocumentError, match="resources, entry 1: the kind 'repository' is not a path"):
        read_document(text)


def test_openapi_documents_are_read_through_the_same_function() -> None:
    folder = Path(__file__).parent / "documents"
    assert {format_of(file.read_text()) for file in folder.iterdir() if file.is_file()} == {"openapi"}
