"""Responses as real APIs send them: items, identifier, title, properties and pagination are proposed."""

import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest

from builder.inference import Proposal, find_pagination, parameter_names, propose
from builder.inference.source_proposal import items_at
from builder.inference.value_columns import path_expression
from expressions.program import JqProgram
from rest.bodies import Json
from rest.page import Item
from rest.request import Request
from rest.response import Response

_FOLDER = Path(__file__).with_name("shapes") / "apis"
_NAMES = sorted(path.stem for path in _FOLDER.glob("*.json"))


@dataclass(frozen=True)
class Api:
    """A response, and what is right for it."""

    kind: str
    request: Request
    response: Response = field(repr=False)
    expected: dict[str, Any] = field(repr=False)

    @cached_property
    def proposal(self) -> Proposal:
        """The proposal for the response."""
        return propose(self.kind, self.response.body)

    def items(self, *parents: str) -> list[Item]:
        """Return the expected items, once for each parent."""
        names = parameter_names(self.kind)
        items = items_at(self.response.body, self.expected["data_path"])
        return [
            {
                **dict.fromkeys(names, parent),
                **item,
                **{f"__{name}": parent for name in names},
            }
            for parent in parents
            for item in items
        ]


@cache
def read_api(name: str) -> Api:
    """Return the recorded response with this name."""
    recorded: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    request = Request(recorded["method"], recorded["url"], body=recorded.get("request_body"))
    response = Response(200, recorded["headers"], json.dumps(recorded["body"]).encode())
    return Api(recorded["kind"], request, response, recorded["expected"])


def outputs(expression: str, items: list[Item]) -> list[Json]:
    """Return the first output of an expression for each item."""
    program = JqProgram(expression)
    return [program.outputs(item)[0] for item in items]


def identifiers(paths: str | list[str], items: list[Item]) -> list[str]:
    """Return the values at the paths, joined, without the characters that Port rejects."""
    parts = [paths] if isinstance(paths, str) else paths
    replaced = f'[{", ".join(parts)}] | map(tostring) | join("-") | gsub("[^\\\\p{{L}}0-9@_.+:/=-]"; "_")'
    return [str(value) for value in outputs(replaced, items)]


def test_there_are_many_apis() -> None:
    assert len(_NAMES) >= 60


@pytest.mark.parametrize("name", _NAMES)
def test_items_are_found(name: str) -> None:
    api = read_api(name)
    data_path = api.proposal.source.selector["data_path"]
    assert items_at(api.response.body, str(data_path)) == items_at(
        api.response.body, api.expected["data_path"]
    ), data_path


@pytest.mark.parametrize("name", _NAMES)
def test_identifier_is_right_over_two_parents(name: str) -> None:
    api = read_api(name)
    identifier = api.proposal.source.identifier
    if api.expected["identifier"] is None:
        assert identifier == ""
        return
    items = api.items("one", "two")
    found = [str(value) for value in outputs(identifier or "null", items)]
    assert found == identifiers(api.expected["identifier"], items), identifier


@pytest.mark.parametrize("name", _NAMES)
def test_title_is_found(name: str) -> None:
    api = read_api(name)
    if title := api.expected["title"]:
        found = api.proposal.source.title
        assert outputs(found or "null", api.items("one")) == outputs(title, api.items("one")), found


@pytest.mark.parametrize("name", _NAMES)
def test_useful_fields_are_selected_and_others_are_not(name: str) -> None:
    api = read_api(name)
    proposal = api.proposal
    selected = {path_expression(each.keys) for each in proposal.fields if each.selected}
    used = selected | {proposal.source.identifier, proposal.source.title}
    assert not set(api.expected["ticked"]) - used, selected
    assert not set(api.expected["never"]) & selected
    assert len(selected) <= 20


@pytest.mark.parametrize("name", _NAMES)
def test_pagination_is_recognised(name: str) -> None:
    api = read_api(name)
    expected = api.expected["pagination"]
    found = find_pagination(api.request, api.response, api.expected["data_path"])
    if expected is None:
        return
    if expected == "none":
        assert (dict(found.mapping), found.problem) == ({}, "")
    elif expected == "problem":
        assert found.problem
    else:
        assert found.is_recognised, found
        assert {key: found.mapping.get(key) for key in expected} == expected, found
