"""The output of the `split` command."""

import json
from collections.abc import Iterator, Sequence

from rich.table import Table

from builder.cli.output import make_table
from builder.cli.split_files import share_identifier
from builder.splitting import Cost, Measured, Part, Share, Split


def split_table(found: Split, measured: Measured, identifier: str, items_per_request: int) -> Table:
    """Return the shares with their kinds, requests and items, and their part of the load."""
    rows = []
    for number, (share, load) in enumerate(_loads(found, items_per_request), 1):
        kinds = "\n".join(_name(part, measured) for part in share.parts)
        rows.append(
            [
                *(share_identifier(identifier, number), kinds, share.cost.requests, share.cost.items),
                f"{load:.0%}",
            ]
        )
    title = f"{_whole(measured).requests} requests in one installation, {_requests(found)} in {len(rows)}"
    return make_table(title, ["installation", "kinds", "requests", "items", "load"], rows)


def split_json(
    found: Split, measured: Measured, identifier: str, items_per_request: int, notes: Sequence[str]
) -> str:
    """Return the shares as JSON."""
    shares = [
        {
            "identifier": share_identifier(identifier, number),
            "kinds": [
                {
                    "kind": measured.kinds[kind].kind,
                    "entry": kind,
                    **({"partition": {"index": index, "of": of}} if of > 1 else {}),
                }
                for kind, index, of in share.parts
            ],
            "requests": share.cost.requests,
            "items": share.cost.items,
            "load": round(load, 4),
        }
        for number, (share, load) in enumerate(_loads(found, items_per_request), 1)
    ]
    requests = {"requests": _whole(measured).requests, "requestsAfter": _requests(found)}
    return json.dumps({"shares": shares, **requests, "notes": list(notes)}, indent=2, ensure_ascii=False)


def _loads(found: Split, items_per_request: int) -> Iterator[tuple[Share, float]]:
    weights = [share.cost.weight(items_per_request) for share in found.shares]
    for share, weight in zip(found.shares, weights, strict=True):
        yield share, weight / (sum(weights) or 1)


def _name(part: Part, measured: Measured) -> str:
    kind, index, of = part
    name = measured.kinds[kind].kind
    return f"{name} (partition {index} of {of})" if of > 1 else name


def _whole(measured: Measured) -> Cost:
    return sum((kind.own for kind in measured.kinds), sum(measured.listings.values(), Cost()))


def _requests(found: Split) -> int:
    return sum(share.cost.requests for share in found.shares)
