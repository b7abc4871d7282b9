"""The state of each step and endpoint. Pure: facts in, verdicts out. Nothing is done without proof."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from builder.web.overview.facts import (
    ConnectionFacts,
    EndpointFacts,
    EntityFacts,
    Facts,
    InstallFacts,
    PageFacts,
    SampleFacts,
)
from builder.web.page.issues import Issue


class State(StrEnum):
    """How far a step or an endpoint is, the most urgent first."""

    WRONG = "wrong"
    TO_DO = "to do"
    DOUBTFUL = "doubtful"
    DONE = "done"


_ORDER = tuple(State)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a step from being done. endpoint: the number of its endpoint, 0 for none."""

    state: State
    issue: Issue
    endpoint: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a step or an endpoint.

    problems: the most urgent first. done: what is proven, in words. size: the number of endpoints of a step.
    """

    problems: tuple[Problem, ...] = ()
    done: str = ""
    size: int = 0

    @property
    def state(self) -> State:
        """The most urgent state of all problems."""
        return self.problems[0].state if self.problems else State.DONE

    @property
    def first(self) -> Problem | None:
        """The most urgent problem."""
        return self.problems[0] if self.problems else None

    @property
    def count(self) -> int:
        """The number of problems with this state, or of the endpoints that are done."""
        return sum(each.state is self.state for each in self.problems) if self.problems else self.size


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdict of each step, and of each endpoint by its number."""

    steps: Mapping[str, Verdict]
    endpoints: Mapping[int, Verdict] = field(default_factory=dict)


def verdicts(facts: Facts) -> Verdicts:
    """Return the verdicts of all steps and endpoints."""
    connect = _verdict(_connection_problems(facts.connection), "The API accepts requests")
    endpoints = {
        each.number: _verdict(_endpoint_problems(each), _proven(each.entities)) for each in facts.endpoints
    }
    choose = _choose_verdict(facts.endpoints, endpoints)
    # An installation needs no test of the connection, so that is not what keeps it from being ready.
    inputs = _verdict(_input_problems(facts.connection), "")
    before = (*inputs.problems, *choose.problems)
    install = _verdict(_install_problems(facts.install, before), facts.install.delivery)
    return Verdicts({"connect": connect, "choose": choose, "install": install}, endpoints)


def _verdict(problems: Iterable[Problem], done: str) -> Verdict:
    """Return a verdict with the most urgent problem of each input, the most urgent first."""
    ordered = sorted(problems, key=lambda each: _ORDER.index(each.state))
    unique: dict[tuple[int, str], Problem] = {}
    for each in ordered:
        unique.setdefault((each.endpoint, each.issue.field), each)
    return Verdict(tuple(unique.values()), done)


def _input_problems(facts: ConnectionFacts) -> Iterator[Problem]:
    yield from (Problem(State.WRONG, issue) for issue in facts.errors)
    yield from (Problem(State.TO_DO, issue) for issue in facts.missing)


def _connection_problems(facts: ConnectionFacts) -> Iterator[Problem]:
    yield from _input_problems(facts)
    if facts.failure:
        yield Problem(State.WRONG, facts.failure)
    elif not (facts.is_tested or facts.errors or facts.missing):
        if facts.is_changed:
            issue = Issue("test", "Connection", "The settings have changed. Test the connection again")
        else:
            issue = Issue("test", "Connection", "Test the connection")
        yield Problem(State.TO_DO, issue)


def _endpoint_problems(facts: EndpointFacts) -> Iterator[Problem]:
    for state, issues in ((State.WRONG, facts.errors), (State.TO_DO, facts.missing)):
        yield from (Problem(state, issue, facts.number) for issue in issues)
    if facts.failure:
        yield Problem(State.WRONG, facts.failure, facts.number)
    if facts.sample is None:
        return
    for state, issue in _sample_issues(facts.sample, facts.path):
        yield Problem(state, issue, facts.number)
    yield from (Problem(State.DOUBTFUL, each, facts.number) for each in _page_issues(facts.pages))
    if facts.entities:
        yield from (Problem(State.WRONG, each, facts.number) for each in facts.entities.problems)
        yield from (Problem(State.DOUBTFUL, each, facts.number) for each in facts.entities.doubts)
    elif not (facts.errors or facts.missing):
        yield Problem(State.TO_DO, Issue("identifier", "Entities", "Not checked yet"), facts.number)


def _sample_issues(sample: SampleFacts, path: str) -> Iterator[tuple[State, Issue]]:
    if sample.path != path:
        source = path or "the new path"
        yield (
            State.TO_DO,
            Issue("fetch", "Sample", f"The sample is from {sample.path}. Fetch one from {source}"),
        )
    elif sample.origin == "imported":
        yield (
            State.DOUBTFUL,
            Issue("fetch", "Sample", "The sample is from a document and may be made up. Fetch a real one"),
        )
    elif sample.is_other_address:
        yield State.TO_DO, Issue("fetch", "Sample", "The base URL has changed. Fetch a new sample")
    elif not sample.items:
        yield State.DOUBTFUL, Issue("fetch", "Sample", "The sample has no items, so it proves nothing")


def _page_issues(pages: PageFacts) -> Iterator[Issue]:
    """Yield doubts whether all pages are read."""
    found = pages.found
    if found is None:
        return
    if found.problem:
        yield Issue("paginationType", "Pagination", found.problem[:1].upper() + found.problem[1:])
    elif pages.type == "none" and found.is_recognised and found.next_request:
        yield Issue(
            "paginationType",
            "Pagination",
            "The sample has more pages, but the settings expect a single one",
        )
    elif pages.failed_test:
        yield Issue("paginationType", "Pagination", pages.failed_test)


def _choose_verdict(facts: Sequence[EndpointFacts], endpoints: Mapping[int, Verdict]) -> Verdict:
    """Return the verdict of step 2. An endpoint without a path counts only if there is no other one."""
    used = [each.number for each in facts if each.path] or [each.number for each in facts]
    problems = [problem for number in used for problem in endpoints[number].problems]
    return replace(_verdict(problems, "All endpoints"), size=len(used))


def _install_problems(facts: InstallFacts, before: Sequence[Problem]) -> Iterator[Problem]:
    yield from (Problem(State.WRONG, issue) for issue in facts.errors)
    if facts.errors:
        return
    if not facts.is_ready:
        first = next((each for each in before if each.state in (State.WRONG, State.TO_DO)), None)
        issue = first.issue if first else Issue("kind", "Path", "Complete an endpoint first")
        yield Problem(State.TO_DO, issue, first.endpoint if first else 0)
    elif facts.failure and not facts.is_changed:
        yield Problem(State.WRONG, facts.failure)
    elif facts.is_changed or not facts.delivery:
        issue = Issue("create", "Installation", "Create it in Port, or take the files")
        if facts.is_changed:
            issue = Issue(
                "create",
                "Installation",
                "The integration has changed. Create it again, or take the files again",
            )
        yield Problem(State.TO_DO, issue)


def _proven(entities: EntityFacts | None) -> str:
    count = entities.entities if entities else 0
    return f"{count} {'entity' if count == 1 else 'entities'}"
