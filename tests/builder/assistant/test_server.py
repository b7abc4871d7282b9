"""What the server offers, and the answers that need no API."""

import asyncio
from typing import Any

import pytest
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel

from builder.assistant.session import Session
from builder.assistant.tool import MAX_ANSWER_BYTES, tool
from builder.cli.inputs import Inputs
from rest.errors import ItemsError

SETTINGS = {"BASE_URL": "https://api.example.com", "AUTH_TYPE": "bearer_token", "API_TOKEN": "t0ken-made-up"}
TOOLS = ["check", "sample", "propose", "preview", "validate", "plan", "explain", "files"]


async def test_tools_have_descriptions_and_schemas(opened: Any) -> None:
    async with opened(SETTINGS) as assistant:
        tools = (await assistant.client.list_tools()).tools
    assert [each.name for each in tools] == TOOLS
    for each in tools:
        assert len(each.description or "") > 60, each.name
        assert each.output_schema, each.name
        assert each.annotations is not None
        assert each.annotations.read_only_hint, each.name
        for name, schema in each.input_schema["properties"].items():
            assert schema.get("description"), (each.name, name)


async def test_no_tool_takes_a_setting_of_the_connection(opened: Any) -> None:
    """So an assistant that content of the API has misled cannot send the secrets elsewhere."""
    async with opened(SETTINGS, allow_apply=True) as assistant:
        tools = (await assistant.client.list_tools()).tools
    names = {name for each in tools for name in each.input_schema["properties"]}
    assert names == {
        *("mapping", "kinds", "kind", "selector", "endpoints", "blueprints", "limit", "settings", "message"),
        *("mode", "dry_run", "fingerprint"),
    }


async def test_apply_exists_only_if_the_user_allowed_it(opened: Any) -> None:
    async with opened(SETTINGS) as assistant:
        error = await assistant.error("apply", mapping={"resources": []}, blueprints=[])
    assert "apply" in error
    async with opened(SETTINGS, allow_apply=True) as assistant:
        [apply] = [each for each in (await assistant.client.list_tools()).tools if each.name == "apply"]
    assert apply.annotations is not None
    assert not apply.annotations.read_only_hint
    assert apply.annotations.destructive_hint


async def test_the_prompt_is_the_skill(opened: Any) -> None:
    async with opened(SETTINGS) as assistant:
        prompt = await assistant.client.get_prompt("integrate")
    text = prompt.messages[0].content.text
    assert text.startswith("# Integrate an API")
    for name in TOOLS:
        assert f"`{name}`" in text, name


async def test_explain_returns_cause_and_fix(opened: Any) -> None:
    message = (
        "Error executing tool check: apiToken: is missing (authType bearer_token needs apiToken or authValue)"
    )
    async with opened(SETTINGS) as assistant:
        answer = await assistant.call("explain", message=message)
    assert answer["exact"]
    assert "apiToken" in answer["entries"][0]["fix"]


async def test_files_have_placeholders_for_secrets(opened: Any) -> None:
    mappings = {"identifier": ".id", "blueprint": '"user"', "properties": {"email": ".email"}}
    mapping = {"resources": [{"kind": "/users", "port": {"entity": {"mappings": mappings}}}]}
    blueprint = {
        "identifier": "user",
        "title": "User",
        "schema": {"properties": {"email": {"type": "string"}}},
    }
    others = {"OCEAN__INTEGRATION__IDENTIFIER": "mine", "OCEAN__PORT__CLIENT_SECRET": "made-up-port-secret"}
    async with opened(SETTINGS, others) as assistant:
        answer = await assistant.call("files", mapping=mapping, blueprints=[blueprint])
    text = "\n".join(answer["files"].values())
    assert "t0ken-made-up" not in text
    assert "made-up-port-secret" not in text
    assert "OCEAN__INTEGRATION__CONFIG__API_TOKEN=<YOUR_API_TOKEN>" in text
    assert "OCEAN__INTEGRATION__IDENTIFIER=mine" in text
    assert "<YOUR_API_TOKEN>" in answer["placeholders"]
    [blueprints] = [text for name, text in answer["files"].items() if name.endswith("blueprints.json")]
    assert '"email"' in blueprints


class Text(BaseModel):
    """An answer of the tools below."""

    text: str


class Tools:
    """Tools that fail in every way."""

    def __init__(self) -> None:
        variables = {f"OCEAN__INTEGRATION__CONFIG__{name}": text for name, text in SETTINGS.items()}
        self._session = Session.of(Inputs(variables))
        self.running: list[int] = []
        self._count = 0

    @tool(seconds=0)
    async def endless(self) -> Text:
        """Take too long."""
        await asyncio.Event().wait()
        return Text(text="")

    @tool(seconds=60)
    async def counted(self) -> Text:
        """Note how many calls run at once."""
        self._count += 1
        for _ in range(10):
            await asyncio.sleep(0)
        self.running.append(self._count)
        self._count -= 1
        return Text(text="")

    @tool(seconds=60)
    async def large(self) -> Text:
        """Return too much."""
        return Text(text="x" * MAX_ANSWER_BYTES)

    @tool(seconds=60)
    async def broken(self) -> Text:
        """Have a mistake in the code."""
        raise KeyError("t0ken-made-up")

    @tool(seconds=60)
    async def failed(self) -> Text:
        """Fail in two ways at once."""
        first, second = ItemsError("first t0ken-made-up"), ItemsError("second", hint="Look")
        raise ExceptionGroup("both", [first, ExceptionGroup("inner", [second])])

    @tool(seconds=60)
    async def mixed(self) -> Text:
        """Fail with an error and a mistake."""
        raise ExceptionGroup("both", [ItemsError("first"), KeyError("t0ken-made-up")])

    @tool(seconds=60)
    async def leaking(self) -> Text:
        """Return a secret."""
        return Text(text="Bearer t0ken-made-up")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("endless", "the tool took longer than 0 s, and was stopped"),
        ("large", "the answer has 1200"),
        ("broken", "internal error (KeyError)"),
        ("failed", "first ***\nsecond. Look"),
        ("mixed", "internal error (ExceptionGroup)"),
    ],
)
async def test_each_failure_is_an_error_of_the_tool_without_secrets(
    name: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ToolError) as caught:
        await getattr(Tools(), name)()
    assert message in str(caught.value)
    output = capsys.readouterr()
    assert output.out == ""
    assert "t0ken-made-up" not in str(caught.value) + output.err
    assert ("Traceback" in output.err) == (name in ("broken", "mixed"))


async def test_a_secret_of_the_settings_is_in_no_answer() -> None:
    assert (await Tools().leaking()).text == "Bearer ***"


async def test_tools_run_one_at_a_time() -> None:
    """Together they would exceed requestsPerSecond and maxConcurrentRequests."""
    tools = Tools()
    await asyncio.gather(*(tools.counted() for _ in range(5)))
    assert tools.running == [1] * 5
