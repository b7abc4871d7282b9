"""The tool `validate`: every mistake by its name, without a request and without a secret."""

from pathlib import Path
from typing import Any

import pytest

SETTINGS = {"BASE_URL": "https://api.example.com", "AUTH_TYPE": "bearer_token", "API_TOKEN": "t0ken-made-up"}


def entry(kind: str = "/users", selector: Any = None, **fields: Any) -> dict[str, Any]:
    mappings = {"identifier": ".id", "blueprint": '"user"', **fields}
    return {"kind": kind, "selector": selector or {}, "port": {"entity": {"mappings": mappings}}}


def named(answer: dict[str, Any]) -> list[str]:
    return [f"{each['place']}: {each['name']}: {each['what']}" for each in answer["mistakes"]]


async def test_a_valid_mapping_has_no_mistakes(opened: Any) -> None:
    blueprint = {"identifier": "user", "schema": {"properties": {"name": {"type": "string"}}}}
    async with opened(SETTINGS) as assistant:
        answer = await assistant.call("validate", mapping={"resources": [entry()]}, blueprints=[blueprint])
    assert answer == {**answer, "ok": True, "mistakes": []}


async def test_each_wrong_entry_is_named(opened: Any) -> None:
    resources = [
        entry(selector={"data_pth": ".users"}),
        entry(),
        entry("/teams", identifier=".id |"),
        {"kind": "/empty"},
        entry("/projects", selector={"method": "DELETE"}),
    ]
    async with opened(SETTINGS) as assistant:
        answer = await assistant.call("validate", mapping={"resources": resources})
    mistakes = named(answer)
    assert not answer["ok"]
    assert [line for line in mistakes if "entry 1" in line and "data_pth" in line]
    assert [line for line in mistakes if "entry 3" in line and "is not a valid jq expression" in line]
    assert [line for line in mistakes if "entry 4" in line and "has no port.entity.mappings" in line]
    assert [line for line in mistakes if "entry 5" in line and "DELETE" in line]
    assert not [line for line in mistakes if "entry 2" in line]


async def test_a_mapping_may_be_text(opened: Any) -> None:
    async with opened(SETTINGS) as assistant:
        wrong = await assistant.call("validate", mapping="resources: [{kind: /users")
        empty = await assistant.call("validate", mapping="resources: []")
    assert "is not valid YAML" in named(wrong)[0]
    assert "has no resources" in named(empty)[0]


async def test_the_user_s_settings_are_checked(opened: Any) -> None:
    async with opened({**SETTINGS, "BASE_URL": "api.example.com", "PAGE_SIZE": "many"}) as assistant:
        answer = await assistant.call("validate")
    assert {each["name"] for each in answer["mistakes"]} >= {"pageSize"}
    assert "t0ken-made-up" not in str(answer)


async def test_proposed_settings_are_checked_with_the_user_s(opened: Any) -> None:
    async with opened(SETTINGS) as assistant:
        good = await assistant.call("validate", settings={"paginationType": "cursor", "cursorPath": "next"})
        wrong = await assistant.call("validate", settings={"paginationType": "cursors", "pageSiz": 5})
    assert good["ok"]
    assert {each["name"] for each in wrong["mistakes"]} == {"paginationType", "pageSiz"}


@pytest.mark.parametrize("name", ["apiToken", "customHeaders", "apiTokenFile", "caCertificate", "clientKey"])
async def test_secrets_and_files_are_neither_taken_nor_read(opened: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / "private"
    path.write_text("made-up-content\nof a file")
    async with opened({"BASE_URL": "https://api.example.com"}) as assistant:
        answer = await assistant.call("validate", settings={name: str(path)})
    [mistake] = answer["mistakes"]
    assert (mistake["name"], mistake["fix"]) == (name, "The user sets it in the env file")
    assert "made-up-content" not in str(answer)


async def test_no_variable_of_the_environment_gets_into_a_mistake(
    opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_SECRET", "made-up-Walrus")
    signature = {"algorithm": "${OTHER_SECRET}", "signed": "${OTHER_SECRET}", "header": "${OTHER_SECRET}"}
    others = {"OTHER_SECRET": "made-up-Walrus"}
    async with opened(SETTINGS, others) as assistant:
        answer = await assistant.call("validate", settings={"signature": signature, "authType": "signature"})
    assert not answer["ok"]
    assert "Walrus" not in str(answer)


@pytest.mark.parametrize(
    "expression",
    ["env.PORT_SECRET", "$ENV.PORT_SECRET", '"\\(env.A)"', "get_search_list"],
)
async def test_an_expression_that_reads_the_environment_is_a_mistake(opened: Any, expression: str) -> None:
    mapping = {"resources": [entry(properties={"name": ".env", "leak": expression})]}
    async with opened(SETTINGS) as assistant:
        answer = await assistant.call("validate", mapping=mapping)
    assert "may read the environment or files of the installation" in named(answer)[0]


async def test_names_that_port_does_not_allow_are_mistakes(opened: Any) -> None:
    blueprint = {"identifier": "a user", "schema": {"properties": {"näme": {"type": "string"}}}}
    async with opened(SETTINGS) as assistant:
        answer = await assistant.call("validate", blueprints=[blueprint])
    assert [each["name"] for each in answer["mistakes"]] == ["blueprint 1", "a user.näme"]


async def test_permission_for_the_environment_is_not_passed_on(opened: Any) -> None:
    """The user's own commands may read it, an assistant may not."""
    others = {"OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS": "true"}
    mapping = {"resources": [entry(selector={"exportEnvVariables": ["HOME"]})]}
    async with opened(SETTINGS, others) as assistant:
        answer = await assistant.call("validate", mapping=mapping)
    assert "exportEnvVariables" in named(answer)[0]
