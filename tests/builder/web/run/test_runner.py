"""The environment of a run."""

import asyncio

import pytest

from builder.draft import Blueprint, Draft, Installation, Source
from builder.existing import Wanted
from builder.guarded_process import ProcessLog
from builder.port_account import Credentials
from builder.web.run.run import Run
from builder.web.run.runner import Runner, _variables
from rest.origin import Redactor

_PREFIX = "OCEAN__INTEGRATION__CONFIG__"


def test_a_process_gets_the_real_secrets_and_nothing_of_another_integration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OCEAN__PORT__CLIENT_SECRET", "of-another")
    monkeypatch.setenv(f"{_PREFIX}PAGE_SIZE", "7")
    monkeypatch.setenv("APPLICATION__PORT", "8000")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    settings = {"baseUrl": "https://api.example.com", "authType": "bearer_token", "apiToken": "real-token"}
    source = Source("/users", Blueprint("user", "User"), ".id")
    draft = Draft(settings, (source,), Installation("mine", port_base_url="http://127.0.0.1:3010"))
    found = _variables(draft, Credentials("id", "real-secret", "http://127.0.0.1:3010"))
    assert found[f"{_PREFIX}API_TOKEN"] == "real-token"
    assert found["OCEAN__PORT__CLIENT_SECRET"] == "real-secret"
    assert found["OCEAN__PORT__BASE_URL"] == "http://127.0.0.1:3010"
    assert found["OCEAN__INTEGRATION__IDENTIFIER"] == "mine"
    assert found["HTTPS_PROXY"] == "http://proxy.example"
    assert not {f"{_PREFIX}PAGE_SIZE", "APPLICATION__PORT"} & found.keys()


@pytest.mark.parametrize("is_over", [True, False])
def test_only_a_run_that_has_ended_is_forgotten(*, is_over: bool) -> None:
    source = Source("/users", Blueprint("user", "User"), ".id")
    runner = Runner()
    runner.run = Run(1, Draft({}, (source,), Installation("mine")), ProcessLog(()))
    if is_over:
        runner.run.end("cancelled")
    runner.forget()
    assert (runner.run is None) is is_over


async def test_an_unexpected_error_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page must not wait for a run that no task continues."""

    async def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("builder.web.run.runner.write_now", broken)
    runner = Runner()
    draft = Draft({}, (), Installation("mine"))
    runner.start(draft, Wanted([], {}, []), Credentials("id", "secret", ""), Redactor.of([]))
    for _ in range(100):
        await asyncio.sleep(0)
    assert runner.run
    assert (runner.run.phase, runner.run.error) == (
        "failed",
        "The builder failed to run the integration. See the terminal for details",
    )
