"""The state of each step and endpoint, by table: facts in, state and first problem out."""

from dataclasses import replace

import pytest

from builder.inference import FoundPagination
from builder.web.overview.facts import (
    ConnectionFacts,
    EndpointFacts,
    EntityFacts,
    Facts,
    InstallFacts,
    PageFacts,
    SampleFacts,
)
from builder.web.overview.states import State, Verdict, verdicts
from builder.web.page.issues import Issue
from rest.request import Request

WRONG, TO_DO, DOUBTFUL, DONE = State.WRONG, State.TO_DO, State.DOUBTFUL, State.DONE
_ISSUE = Issue("field", "Field", "message")
_NEXT = Request("GET", "https://api.example.com/users?page=2")
_MORE = FoundPagination({"type": "page"}, "page counts", "an empty page ends it", _NEXT)
_TESTED = ConnectionFacts(is_tested=True)
_SAMPLE = SampleFacts("fetched", "/users", 4)
_GOOD = EndpointFacts(1, "/users", sample=_SAMPLE, entities=EntityFacts(4))
_READY = InstallFacts(is_ready=True)


def _facts(
    connection: ConnectionFacts = _TESTED,
    endpoints: tuple[EndpointFacts, ...] = (_GOOD,),
    install: InstallFacts = _READY,
) -> Facts:
    return Facts(connection, endpoints, install)


def _state(verdict: Verdict) -> tuple[State, str]:
    return verdict.state, verdict.first.issue.field if verdict.first else ""


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (ConnectionFacts(), (TO_DO, "test")),
        (ConnectionFacts(is_tested=True), (DONE, "")),
        (ConnectionFacts(is_tested=True, missing=[_ISSUE]), (TO_DO, "field")),
        (ConnectionFacts(is_tested=True, errors=[_ISSUE]), (WRONG, "field")),
        (ConnectionFacts(failure=_ISSUE), (WRONG, "field")),
        (ConnectionFacts(is_changed=True), (TO_DO, "test")),
        (ConnectionFacts(errors=[_ISSUE], missing=[replace(_ISSUE, field="other")]), (WRONG, "field")),
    ],
    ids=[
        *("not tested", "tested", "a missing secret", "a wrong setting", "a failed test"),
        *("changed since the test", "wrong and missing"),
    ],
)
def test_the_state_of_the_connection(facts: ConnectionFacts, expected: tuple[State, str]) -> None:
    assert _state(verdicts(_facts(facts)).steps["connect"]) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (_GOOD, (DONE, "")),
        (replace(_GOOD, sample=replace(_SAMPLE, origin="pasted")), (DONE, "")),
        (EndpointFacts(1, "", missing=[_ISSUE]), (TO_DO, "field")),
        (replace(_GOOD, entities=None), (TO_DO, "identifier")),
        (replace(_GOOD, errors=[_ISSUE], entities=None), (WRONG, "field")),
        (replace(_GOOD, missing=[_ISSUE], entities=None), (TO_DO, "field")),
        (replace(_GOOD, failure=_ISSUE), (WRONG, "field")),
        (replace(_GOOD, sample=replace(_SAMPLE, path="/other")), (TO_DO, "fetch")),
        (replace(_GOOD, sample=replace(_SAMPLE, origin="imported")), (DOUBTFUL, "fetch")),
        (replace(_GOOD, sample=replace(_SAMPLE, is_other_address=True)), (TO_DO, "fetch")),
        (replace(_GOOD, sample=replace(_SAMPLE, items=0)), (DOUBTFUL, "fetch")),
        (replace(_GOOD, entities=EntityFacts(4, problems=[_ISSUE])), (WRONG, "field")),
        (replace(_GOOD, entities=EntityFacts(4, doubts=[_ISSUE])), (DOUBTFUL, "field")),
        (replace(_GOOD, pages=PageFacts(FoundPagination(problem="more"))), (DOUBTFUL, "paginationType")),
        (replace(_GOOD, pages=PageFacts(_MORE)), (DONE, "")),
        (replace(_GOOD, pages=PageFacts(_MORE, "none")), (DOUBTFUL, "paginationType")),
        (replace(_GOOD, pages=PageFacts(replace(_MORE, next_request=None), "none")), (DONE, "")),
        (replace(_GOOD, pages=PageFacts(_MORE, failed_test="same")), (DOUBTFUL, "paginationType")),
    ],
    ids=[
        *("fetched", "pasted", "empty", "not mapped yet", "a wrong input", "a missing input"),
        *("a failed fetch", "another path", "made up", "another address", "no items"),
        *("broken entities", "doubtful entities", "contradictory pages", "more pages", "more pages, none"),
        *("the last page, none", "a failed test of the next page"),
    ],
)
def test_the_state_of_an_endpoint(facts: EndpointFacts, expected: tuple[State, str]) -> None:
    found = verdicts(_facts(endpoints=(facts,)))
    assert _state(found.endpoints[1]) == expected
    assert _state(found.steps["choose"]) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (InstallFacts(), (TO_DO, "kind")),
        (_READY, (TO_DO, "create")),
        (replace(_READY, errors=[_ISSUE]), (WRONG, "field")),
        (replace(_READY, delivery="Files taken"), (DONE, "")),
        (replace(_READY, delivery="Created in Port", failure=_ISSUE), (WRONG, "field")),
        (replace(_READY, delivery="Files taken", is_changed=True), (TO_DO, "create")),
        (replace(_READY, delivery="x", failure=_ISSUE, is_changed=True), (TO_DO, "create")),
    ],
    ids=[
        *("nothing is ready", "ready", "a wrong input", "taken", "refused", "changed since"),
        "changed since a refusal",
    ],
)
def test_the_state_of_the_installation(facts: InstallFacts, expected: tuple[State, str]) -> None:
    assert _state(verdicts(_facts(install=facts)).steps["install"]) == expected


def test_an_installation_that_is_not_ready_leads_to_the_first_problem() -> None:
    """An untested connection does not keep it from being ready."""
    endpoint = EndpointFacts(7, "/users", missing=[_ISSUE])
    step = verdicts(_facts(ConnectionFacts(), (endpoint,), InstallFacts())).steps["install"]
    assert step.first is not None
    assert (step.first.issue, step.first.endpoint) == (_ISSUE, 7)


def test_a_step_counts_the_problems_of_its_most_urgent_state() -> None:
    other = replace(_ISSUE, field="other")
    first = replace(_GOOD, entities=EntityFacts(4, [_ISSUE, other], [_ISSUE, _ISSUE]))
    second = replace(_GOOD, number=2, entities=EntityFacts(4, [_ISSUE]))
    found = verdicts(_facts(endpoints=(first, second)))
    assert (found.endpoints[1].state, found.endpoints[1].count) == (WRONG, 2)
    assert found.steps["choose"].count == 3


def test_an_endpoint_without_a_path_counts_only_if_it_is_the_only_one() -> None:
    empty = EndpointFacts(2, "", missing=[_ISSUE])
    assert verdicts(_facts(endpoints=(_GOOD, empty))).steps["choose"].state is DONE
    assert verdicts(_facts(endpoints=(empty,))).steps["choose"].state is TO_DO
