"""The state of a run in words, and the addresses of its catalog."""

import pytest

from builder.cli.resync import KindResult, Resync
from builder.creation import Result
from builder.draft import Blueprint, Draft, Installation, Source
from builder.guarded_process import ProcessLog
from builder.web.run.catalog import blueprint_url, catalog_url
from builder.web.run.run import Run
from rest.origin import Redactor


def _run(port_url: str = "https://api.getport.io") -> Run:
    now = iter([0.0, *range(7, 100)])
    draft = Draft(
        {}, (Source("/users", Blueprint("user", "User"), ".id"),), Installation("x", "custom", port_url)
    )
    return Run(1, draft, ProcessLog(), clock=lambda: next(now))


def _kind(state: str) -> KindResult:
    return KindResult("/users", state, 3, 2, 0, 0, 1.0, "complete: total 3 reached")


@pytest.mark.parametrize(
    ("port_url", "catalog"),
    [
        ("https://api.getport.io", "https://app.getport.io/"),
        ("https://api.us.getport.io", "https://app.us.getport.io/"),
        ("https://api.port.io", "https://app.port.io/"),
        ("http://127.0.0.1:3010", "http://127.0.0.1:3010/catalog/"),
        ("https://port.example.com", None),
    ],
)
def test_each_port_api_has_its_catalog(port_url: str, catalog: str | None) -> None:
    assert catalog_url(port_url) == catalog


def test_only_the_sandbox_has_known_addresses_of_blueprints() -> None:
    assert blueprint_url("http://localhost:3010", "a/b") == "http://localhost:3010/catalog/blueprints/a%2Fb"
    assert blueprint_url("https://api.getport.io", "user") is None
    assert _run().blueprints == {}
    assert list(_run("http://127.0.0.1:1").blueprints) == ["user"]


def test_a_run_says_how_far_it_is() -> None:
    run = _run()
    assert run.summary == "Creating what is missing in Port…"
    run.note(Resync("running", (_kind("syncing"),)))
    assert run.summary == "Running: 0 of 1 kinds ended, 7 s"
    assert not run.is_over
    run.finish(Resync("completed", (_kind("completed"),)))
    assert (run.phase, run.summary) == ("completed", "Completed in 8 s: 2 entities written")
    assert run.is_over


def test_a_failed_kind_is_named_first() -> None:
    run = _run()
    run.log.redactors = (Redactor.of(["s3cret"]),)
    run.finish(Resync("failed", (_kind("failed"),), "/users: the API answered 500\nsent s3cret"))
    assert (run.phase, run.summary) == ("failed", "1 of 1 kind failed: /users")
    assert run.reasons[0] == "/users: the API answered 500"
    assert "s3cret" not in run.reasons[1]


@pytest.mark.parametrize(
    ("state", "words"),
    [("not started", "ended before its resync"), ("aborted", "was aborted"), ("running", "in the middle")],
)
def test_a_resync_without_an_end_is_explained(state: str, words: str) -> None:
    run = _run()
    run.finish(Resync(state, ()))
    assert words in run.summary


def test_only_a_difference_needs_consent() -> None:
    run = _run()
    run.results = [Result("blueprint user", "failed")]
    assert not run.needs_consent
    run.results = [Result("blueprint user", "differs")]
    assert run.needs_consent
