"""The difference between the page and the user's Port account, and writing it."""

from dataclasses import dataclass

import httpx

from builder.creation import Mode, Result, write
from builder.draft import Draft
from builder.existing import Difference, Wanted, read_difference
from builder.install import blueprints, entry_positions, integration_request
from builder.port_account import Credentials, open_account
from builder.project import read_project
from builder.web.open.opened import Opened


@dataclass(frozen=True, slots=True)
class Review:
    """What would change, or the results of writing.

    is_outdated: Port has changed since the last review. remaining: what still differs after writing.
    """

    difference: Difference
    results: tuple[Result, ...] = ()
    is_outdated: bool = False
    remaining: Difference | None = None

    @property
    def is_written(self) -> bool:
        """Whether everything is in Port."""
        return bool(self.results) and all(each.is_good for each in self.results)


def wanted_of(draft: Draft, opened: Opened | None = None) -> Wanted:
    """Return what should be in Port. opened: the mapping that was opened, if one was."""
    names = {each.blueprint.identifier for each in draft.sources}
    seen = opened.seen_blueprints if opened else {}
    originals = [each.blueprint.original for each in draft.sources]
    documents = [each.document for each in originals if each]
    return Wanted(
        blueprints(draft),
        integration_request(draft, read_project().version),
        entry_positions(draft),
        {str(each["identifier"]): each for each in documents},
        opened.mapping if opened else None,
        opened.seen_mapping if opened else None,
        {name: each for name, each in seen.items() if name in names},
    )


async def review(
    wanted: Wanted, credentials: Credentials, transport: httpx.AsyncBaseTransport | None = None
) -> Review:
    """Return what writing would change. Raises PortError: wrong credentials, or Port does not respond."""
    async with open_account(credentials, transport) as account:
        return Review(await read_difference(account, wanted))


async def write_reviewed(
    wanted: Wanted,
    credentials: Credentials,
    mode: Mode,
    fingerprint: str,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Review:
    """Write what was reviewed. If Port has changed since then, write nothing and return a new review.

    fingerprint: of the reviewed difference. Raises PortError as `review` does.
    """
    async with open_account(credentials, transport) as account:
        difference = await read_difference(account, wanted)
        if difference.fingerprint != fingerprint:
            return Review(difference, is_outdated=True)
        results = tuple([each async for each in write(account, difference, wanted.request, mode)])
        return Review(difference, results, remaining=await read_difference(account, wanted))


async def write_now(wanted: Wanted, credentials: Credentials, mode: Mode) -> tuple[Result, ...]:
    """Write without a review. Raises PortError as `review` does."""
    async with open_account(credentials) as account:
        difference = await read_difference(account, wanted)
        return tuple([each async for each in write(account, difference, wanted.request, mode)])
