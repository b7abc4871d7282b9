"""The mappings of the shares: entries as they are, and partitions of entries."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from builder.json_values import as_object
from builder.splitting.packing import Share


def share_mappings(mapping: Mapping[str, Any], shares: Sequence[Share]) -> Iterator[dict[str, Any]]:
    """Yield the mapping of each share. Keys other than resources are those of the whole mapping."""
    for share in shares:
        resources = [
            partitioned(mapping["resources"][kind], index, of) if of > 1 else mapping["resources"][kind]
            for kind, index, of in share.parts
        ]
        yield {**mapping, "resources": resources}


def partitioned(entry: Mapping[str, Any], index: int, of: int) -> dict[str, Any]:
    """Return a mapping entry that reads one share of its parents."""
    selector = {**as_object(entry.get("selector")), "partition": {"index": index, "of": of}}
    return {**entry, "selector": selector}
