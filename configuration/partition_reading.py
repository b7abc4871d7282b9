"""Read the key partition of a selector, and choose the values that decide which share a parent is in."""

from collections.abc import Sequence

from configuration.mapping_models import PartitionInput
from configuration.partition import Partition
from configuration.resource import PathParameter, Resource
from configuration.validation import validated
from rest.errors import Mistake, ResourceError

_WHERE = "selector.partition"


def read_partition(value: object, resource: Resource) -> Partition:
    """Return the share of a nested kind that an installation reads.

    Raises ResourceError: a key is unknown or has a wrong value, or the kind is not nested.
    """
    read = validated(PartitionInput, value, _WHERE)
    if read.index >= read.of:
        raise ResourceError.of(
            Mistake(
                f"{_WHERE}.index", f"got {read.index}, accepts 0 to {read.of - 1}, because of is {read.of}"
            )
        )
    if not resource.parameters:
        raise ResourceError.of(
            Mistake(_WHERE, "divides the parents of a nested kind, but there are no path_parameters"),
            hint="Remove it. To divide this kind, give each installation other query_params or windows",
        )
    used = resource.endpoint.placeholders()
    found = [each for each in resource.parameters if each.placeholders & used]
    deciding = _deciding(found, resource.parameters[-1])
    names = frozenset[str]().union(*(each.placeholders & used for each in deciding))
    return Partition(read.index, read.of, names, deciding[-1].name)


def _deciding(used: Sequence[PathParameter], last: PathParameter) -> Sequence[PathParameter]:
    """Return the parameters whose values decide: all that the kind's own requests have.

    The shares are then even, and each request is in one share. Two teams can have the same repository, whose
    issues are requested without the team.

    The values of a batch are divided before they are joined, which needs the values of all the others. If
    another parameter is bound after the batch, or in another batch, only the others decide.
    """
    single = [each for each in used if each.batch is None]
    batches = [each for each in used if each.batch]
    if batches == [last]:
        return [*single, last]
    return single or [min(batches, key=lambda each: each.name)]
