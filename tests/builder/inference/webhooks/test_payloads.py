"""Payloads in the form of vendors' documentation, the samples beside them, and what is proposed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from builder.draft import Blueprint, Source
from builder.inference import SampledSource
from builder.inference.webhooks import Payload, WebhookProposal, propose_webhooks
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.permissions import Permissions
from live_events.change import LiveKind
from live_events.event import Event
from live_events.matching import changes_of

_FILES = sorted((Path(__file__).parent / "payloads").glob("*.json"))
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A payload and the endpoints of a draft.

    expected: the block of each endpoint that has one, by kind, the likeliest first. refused: the others.
    changes: the values and the deletions that the blocks make of the payload.
    """

    name: str
    base_url: str
    endpoints: list[dict[str, Any]] = field(repr=False)
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = field(repr=False)
    expected: Mapping[str, Any]
    refused: list[str]
    changes: Mapping[str, Any]

    @property
    def samples(self) -> list[SampledSource]:
        """The endpoints as a draft has them."""
        return [
            SampledSource(
                Source(
                    each["kind"],
                    Blueprint(each["blueprint"], each["blueprint"]),
                    each["identifier"],
                    None,
                    each["selector"],
                ),
                each["items"],
            )
            for each in self.endpoints
        ]

    def proposals(self) -> list[WebhookProposal]:
        """Return what is proposed."""
        return propose_webhooks(Payload(self.headers, self.query, self.body), self.samples, self.base_url)


def _case(file: Path) -> Case:
    return Case(file.stem, **json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", _FILES, ids=[each.stem for each in _FILES])
def test_block_for_each_endpoint_that_the_payload_is_about(file: Path) -> None:
    """The blocks are as expected, are valid, and lead from the payload to the expected items and deletions.

    Each other endpoint has a reason for having no block.
    """
    case = _case(file)
    found = case.proposals()
    assert {each.source.source.kind: each.block for each in found if each.block} == case.expected
    assert [each.source.source.kind for each in found if each.block] == list(case.expected)
    assert sorted(each.source.source.kind for each in found if each.refusal) == sorted(case.refused)
    event = Event(case.headers, case.query, case.body, is_signed=True, received_at=_NOW)
    assert dict(_changes(found, event)) == case.changes


def _changes(proposals: Sequence[WebhookProposal], event: Event) -> Iterator[tuple[str, Any]]:
    """Yield the values and the deletions of each kind, as the integration reads them from the event."""
    for each in proposals:
        if each.block:
            selector = {**each.source.source.selector, "webhook": dict(each.block)}
            resource = read_resource(each.source.source.kind, selector, PaginationSettings(), Permissions())
            changes, errors = changes_of(event, [LiveKind(0, resource)])
            assert errors == []
            yield resource.kind, [[dict(change.values), change.is_deletion] for change in changes]
