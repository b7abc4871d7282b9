"""Reading the values of all path parameters of a resource, from their parent listings."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from functools import partial

from configuration.parameter_values import Batch, Value, ValueList
from configuration.resource import PathParameter, Resource
from extraction.endpoint_failures import EndpointFailures
from extraction.endpoint_reader import EndpointReader
from extraction.item_chunks import chunks_of
from extraction.merging import merge_streams
from extraction.parents import Binding, ParentValues
from extraction.verdict import Verdict
from rest.bodies import Json
from rest.errors import DoubtError, ItemsError, ResourceError

# The parents of other partitions that are kept, to learn whether the path of the kind is right.
_MOST_OTHERS = 100

# A value, and the parent's fields.
type _Found = tuple[Value, Mapping[str, Json]]

# RFC 9110 §4.1 recommends that all servers accept 8000 bytes. Pagination and credentials need some of them.
_MAX_HEAD_LENGTH = 7000


class ParentReader:
    """Reads the parents of one resource, and binds its placeholders to their values.

    failures: receives the errors of parent listings. verdict: receives their doubts and proofs.
    concurrency: how many listings are read at once.
    others: some of the children whose parents are in other partitions.
    """

    def __init__(
        self,
        resource: Resource,
        endpoints: EndpointReader,
        failures: EndpointFailures,
        verdict: Verdict,
        concurrency: int,
    ) -> None:
        self._resource = resource
        self._endpoints = endpoints
        self._failures = failures
        self._verdict = verdict
        self._concurrency = concurrency
        self._seen: set[tuple[str, ...]] = set()
        self._in_share = 0
        self._in_others = 0
        self.others: list[Binding] = []
        self._sources = {
            parameter.name: [
                ParentValues(parameter, source, endpoints.base_url) for source in parameter.sources
            ]
            for parameter in resource.parameters
        }

    def bindings(self) -> AsyncGenerator[Binding]:
        """Yield each combination of values once, while further parents are read.

        A failed parent listing does not stop the others.
        """
        bindings = _single(Binding())
        for parameter in self._resource.parameters:
            bindings = merge_streams(bindings, partial(self._bind, parameter), self._concurrency)
        return bindings

    def check(self) -> None:
        """Note parents without a value: none of a source has one is a failure, some have none is a doubt."""
        for sources in self._sources.values():
            for values in sources:
                try:
                    values.check()
                except ItemsError as error:
                    self._failures.add(error)
                    continue
                if values.blanks:
                    self._verdict.doubt(
                        DoubtError(values.skipped, hint=values.skipped_hint, doubt="skipped_parents")
                    )

    @property
    def has_empty_share(self) -> bool:
        """Whether there are parents, and all of them are in other partitions."""
        return self._in_others > 0 and not self._in_share

    async def _bind(self, parameter: PathParameter, binding: Binding) -> AsyncGenerator[Binding]:
        """Yield the binding with each value of one more parameter, or with each batch of them."""
        name = parameter.name
        async with aclosing(self._distinct(name, binding)) as found:
            if parameter.batch:
                async for values in _gathered(parameter.batch, found):
                    for extended in self._fitting(name, binding, values):
                        yield extended
            else:
                async for value, fields in found:
                    yield binding.extended(name, value, fields)

    async def _distinct(self, name: str, binding: Binding) -> AsyncGenerator[_Found]:
        """Yield each value of a parameter once, from all its sources, with its parent's fields."""
        for values in self._sources[name]:
            async with aclosing(self._from_source(values, binding)) as found:
                async for value, fields in found:
                    extended = binding.extended(name, value, fields)
                    if self._is_in_share(name, extended) and extended.key not in self._seen:
                        self._seen.add(extended.key)
                        yield value, fields

    def _is_in_share(self, name: str, binding: Binding) -> bool:
        """Return False if the parent is in another partition. name: the parameter that was bound last."""
        partition = self._resource.partition
        if partition is None or partition.parameter != name:
            return True
        if partition.has({**binding.fields, **binding.item_values}):
            self._in_share += 1
            return True
        self._in_others += 1
        if len(self.others) < _MOST_OTHERS and name == self._resource.parameters[-1].name:
            self.others.append(binding)
        return False

    async def _from_source(self, values: ParentValues, binding: Binding) -> AsyncGenerator[_Found]:
        parent = values.parent
        if parent is None:
            for each in values.fixed():
                yield each
            return
        filled = binding.for_requests.keys() & parent.placeholders()
        may_be_missing = bool(filled) and not filled & binding.batched
        with self._failures.attempt(parent.path, may_be_missing=may_be_missing) as attempt:
            async with aclosing(self._endpoints.pages(parent, binding.for_requests, self._verdict)) as pages:
                async for page in pages:
                    attempt.found()
                    async for chunk, _ in chunks_of(page):
                        # A thread waits for jq, which runs in another process.
                        for each in await asyncio.to_thread(list, values.read(chunk)):
                            yield each

    def _fitting(self, name: str, binding: Binding, values: ValueList) -> Iterator[Binding]:
        """Yield the binding with a batch, or with parts of it if its URL would be too long."""
        extended = binding.extended(name, values)
        if len(values.values) == 1 or self._head_length(name, extended) <= _MAX_HEAD_LENGTH:
            yield extended
            return
        for half in values.halves:
            yield from self._fitting(name, binding, half)

    def _head_length(self, name: str, binding: Binding) -> int:
        """Return the length of the longest URL, with its headers, that has the placeholder.

        It is 0 if the values do not fit into the path. Reading the endpoint raises the error.
        """
        parents = [parent for parameter in self._resource.parameters for parent in parameter.parents]
        templates = [each for each in (self._resource.endpoint, *parents) if name in each.placeholders()]
        try:
            return max(self._endpoints.head_length(each, binding.for_requests) for each in templates)
        except ResourceError:
            return 0


async def _gathered(batch: Batch, found: AsyncGenerator[_Found]) -> AsyncGenerator[ValueList]:
    """Yield the values in batches. A value that contains the separator is alone."""
    waiting: list[Value] = []
    async for value, _ in found:
        if batch.is_split_by_separator(value):
            yield batch.of([value])
            continue
        waiting.append(value)
        if len(waiting) == batch.size:
            yield batch.of(waiting)
            waiting = []
    if waiting:
        yield batch.of(waiting)


async def _single(binding: Binding) -> AsyncGenerator[Binding]:
    yield binding
