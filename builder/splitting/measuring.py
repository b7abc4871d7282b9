"""Measure what each kind of a mapping costs: the listings of parents once, and each kind without them."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from builder.mapping_file import Entry
from builder.planning import Name, collect_entities
from builder.splitting.cost import Cost
from configuration.endpoint import Endpoint
from configuration.resource import PathParameter, Resource
from extraction import EarlierCounts, Extractor, expected_size, template_key
from mapping import Mapper
from rest.errors import SyncError


@dataclass(frozen=True, slots=True)
class KindCost:
    """The cost of one mapping entry.

    own: without the listings that it shares. listings: the keys of those: its parents', or its own.
    names: the entities that it writes. None: unknown. repeats: several items become the same entity.
    is_known: False if the API tells too little for an estimate, so that the cost may be higher.
    """

    index: int
    kind: str
    own: Cost
    listings: frozenset[str] = frozenset()
    names: frozenset[Name] | None = None
    repeats: bool = False
    is_known: bool = True


@dataclass(slots=True)
class Measured:
    """The costs of all kinds in the mapping's order, and of the listings of their parents by key.

    Items are written only for kinds, so the costs of listings have none. items: those of the listings.
    """

    kinds: list[KindCost] = field(default_factory=list)
    listings: dict[str, Cost] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)

    async def add_listing(self, key: str, listing: Resource, extractor: Extractor) -> None:
        """Read a listing of parents, which stays in the extractor's cache."""
        before, self.items[key] = extractor.requests_sent, 0
        async for batch in extractor.batches(listing):
            self.items[key] += len(batch)
        self.listings[key] = Cost(extractor.requests_sent - before)

    def shared(self, resource: Resource) -> frozenset[str]:
        """Return the keys of the listings of parents that a resource reads, or that it is."""
        keys = {template_key(parent) for parameter in resource.parameters for parent in parameter.parents}
        return frozenset((keys | {template_key(resource.endpoint)}) & self.listings.keys())


def listings_of(resources: Iterable[Resource]) -> dict[str, Resource]:
    """Return the listings of parents by key, each as a resource, after those that it needs itself."""
    found: dict[str, Resource] = {}
    for resource in resources:
        for parameter in resource.parameters:
            for parent in parameter.parents:
                needed = _needed(parent, resource.parameters)
                listing = Resource(parent.path, parent, needed, accept=resource.accept)
                found.setdefault(template_key(parent), listing)
    return found


async def measure(
    measured: Measured, entries: Sequence[Entry], extractor: Extractor, mapper: Mapper
) -> AsyncIterator[str]:
    """Read the API once, and add the costs. Yields the kind that is being read.

    extractor: opened for the resources of the entries, and those of `listings_of`.
    Raises SyncError: a kind cannot be read completely.
    """
    for key, listing in listings_of(entry.resource for entry in entries).items():
        yield listing.kind
        await measured.add_listing(key, listing, extractor)
    async for collected in collect_entities(entries, extractor, mapper, EarlierCounts()):
        yield collected.kinds[-1].kind
    for plan in collected.kinds:
        if plan.error:
            raise SyncError(plan.error, hint=plan.hint)
    by_kind: dict[int, Counter[Name]] = {index: Counter() for index in range(len(entries))}
    for write in collected.writes:
        by_kind[write.kind][write.name] += 1
    for index, (entry, plan) in enumerate(zip(entries, collected.kinds, strict=True)):
        names = by_kind[index]
        measured.kinds.append(
            KindCost(
                index,
                entry.kind,
                Cost(plan.requests, plan.items),
                measured.shared(entry.resource),
                frozenset(names),
                repeats=any(count > 1 for count in names.values()),
            )
        )


async def measure_samples(
    measured: Measured, entries: Sequence[Entry], extractor: Extractor, sample: int
) -> AsyncIterator[str]:
    """Read the parents, and the first page of `sample` listings of each kind, and add estimated costs.

    Yields the kind that is being read.

    Raises SyncError: nothing of a kind can be read.
    """
    for key, listing in listings_of(entry.resource for entry in entries).items():
        yield listing.kind
        await measured.add_listing(key, listing, extractor)
    for index, entry in enumerate(entries):
        yield entry.kind
        measured.kinds.append(await _estimate(index, entry.resource, extractor, sample, measured))


async def _estimate(
    index: int, resource: Resource, extractor: Extractor, sample: int, measured: Measured
) -> KindCost:
    """Return the cost of a kind if all its listings are like the first ones."""
    key, shared = template_key(resource.endpoint), measured.shared(resource)
    if key in shared:
        return KindCost(index, resource.kind, Cost(0, measured.items[key]), shared)
    pages = [each.page async for each in extractor.samples(resource, sample)]
    sizes = [expected_size(page, resource) for page in pages if page]
    total = await extractor.count_children(resource) if resource.parameters else 1
    total *= len(resource.windows.spans(datetime.now(UTC))) if resource.windows else 1
    read = max(1, len(sizes))
    cost = Cost(
        round(sum(size.requests for size in sizes) * total / read),
        round(sum(size.items for size in sizes) * total / read),
    )
    return KindCost(index, resource.kind, cost, shared, is_known=all(size.is_known for size in sizes))


def _needed(endpoint: Endpoint, parameters: Sequence[PathParameter]) -> tuple[PathParameter, ...]:
    """Return the parameters that fill the placeholders of an endpoint, and those that they need."""
    names = set(endpoint.placeholders())
    needed: list[PathParameter] = []
    for parameter in reversed(parameters):
        if parameter.names & names:
            needed.insert(0, parameter)
            names |= parameter.needed_placeholders
    return tuple(needed)
