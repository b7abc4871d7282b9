"""Recorded calls as endpoints: those of one path template together."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from builder.imports.credentials import credentials_of
from builder.imports.found import ImportedEndpoint, telling_parts
from builder.imports.har_calls import Call
from builder.imports.har_paths import Recorded, templates_of
from builder.imports.listed import listed
from builder.imports.names import is_about_version, listing_title
from builder.imports.noise import telling
from builder.imports.paging import QueryParameter, paging_of, seen_parameter
from builder.imports.parents import KEYS, Listing, Parents, Placeholder, linked
from builder.imports.redaction import Redaction
from builder.imports.secret_names import is_secret_text
from builder.inference import parameter_names
from rest.bodies import Json
from rest.page import Item
from rest.response import Response

_MOST_VALUES = 20
# 007 is a text: as a number it would be asked for as 7.
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}")
_MOST_ITEMS = 1000
# What keeps caches from answering.
_BUSTERS = frozenset({"_", "_dc", "cb", "nocache", "rnd", "t", "timestamp", "ts"})


@dataclass(frozen=True, slots=True)
class _Group:
    """The calls of one endpoint. values: of each placeholder, in the order in which they were seen."""

    template: str
    calls: tuple[Call, ...] = field(repr=False)
    values: Mapping[str, tuple[str, ...]] = field(repr=False)

    @property
    def best(self) -> Call:
        """The call with the most items."""
        return max(self.calls, key=lambda call: len(call.items or ()))

    def placeholders(self) -> list[Placeholder]:
        """What stands in braces, with the values that were recorded."""
        return [_placeholder(name, self.values.get(name, ())) for name in parameter_names(self.template)]


def endpoints_of(calls: Sequence[Call], redaction: Redaction) -> tuple[ImportedEndpoint, ...]:
    """The endpoints that list something, in the order of the file, each with its parents."""
    groups = _groups(calls, redaction)
    alone = [_endpoint(group, redaction) for group in groups]
    items = [[item for call in group.calls for item in call.items or ()] for group in groups]
    parents = Parents.of(
        Listing(each.kind, each.selector, seen[:_MOST_ITEMS]) for each, seen in zip(alone, items, strict=True)
    )
    return tuple(
        linked(each, group.placeholders(), parents) for each, group in zip(alone, groups, strict=True)
    )


def _groups(calls: Sequence[Call], redaction: Redaction) -> list[_Group]:
    known = {call.path.rstrip("/"): _keys(call.items or ()) for call in calls}
    recorded = templates_of((call.path for call in calls), known)
    by_template: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_template[recorded[call.path].template].append(call)
    return [
        _Group(
            _without_secrets(template, redaction),
            tuple(call for call in same if call.items is not None),
            _values([recorded[call.path] for call in same], redaction),
        )
        for template, same in by_template.items()
        if any(call.items is not None for call in same)
    ]


def _keys(items: Iterable[Item]) -> frozenset[str]:
    """What tells the items apart."""
    found = [item[key] for item in items for key in KEYS if key in item]
    return frozenset(str(value) for value in found if isinstance(value, str | int))


def _values(recorded: Iterable[Recorded], redaction: Redaction) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for each in recorded:
        for name, value in each.values.items():
            if redaction(value) == value and not is_secret_text(value):
                found[name][value] = None
    return {name: tuple(values) for name, values in found.items()}


def _without_secrets(template: str, redaction: Redaction) -> str:
    return "/".join("{secret}" if redaction(part) != part else part for part in template.split("/"))


def _placeholder(name: str, seen: tuple[str, ...]) -> Placeholder:
    are_numbers = bool(seen) and all(_WHOLE.fullmatch(text) for text in seen)
    values = tuple(int(text) if are_numbers else text for text in seen[:_MOST_VALUES])
    return Placeholder(name, are_numbers or None, values, seen=frozenset(seen))


def _endpoint(group: _Group, redaction: Redaction) -> ImportedEndpoint:
    """Without the parents of its placeholders."""
    best = group.best
    body = redaction(best.body)
    found = listed(body, group.template)
    constant, varying = _params(group, redaction)
    answer = Response(200, best.answer_headers, json.dumps(body).encode())
    paging = paging_of(_page_parameters(group), answer, found.data_path if found else None)
    selector: dict[str, Json] = {
        "query_params": {name: text for name, text in constant.items() if name not in paging.names},
        "headers": _headers(best, redaction),
        "data_path": found.data_path if found else None,
        "pagination": dict(paging.mapping),
    }
    return ImportedEndpoint(
        group.template,
        listing_title(group.template),
        selector=telling_parts(selector),
        sample=body,
        notes=tuple(
            f"{name} had several values and was left out of query_params"
            for name in varying
            if name not in paging.names
        ),
    )


def _params(group: _Group, redaction: Redaction) -> tuple[dict[str, str], list[str]]:
    """The query parameters that were the same in all calls, and the names of the others."""
    sent = [dict(credentials_of((), call.params).params) for call in group.calls]
    names = {name for params in sent for name in params if name.lower() not in _BUSTERS}
    values = {name: {params.get(name) for params in sent} for name in sorted(names)}
    constant = {
        name: str(redaction(min(filter(None, texts))))
        for name, texts in values.items()
        if len(texts) == 1 and any(texts)
    }
    return constant, [name for name in values if name not in constant]


def _page_parameters(group: _Group) -> list[QueryParameter]:
    values: dict[str, list[str]] = defaultdict(list)
    for call in group.calls:
        for name, text in call.params:
            values[name].append(text)
    return [parameter for name, texts in values.items() if (parameter := seen_parameter(name, texts))]


def _headers(call: Call, redaction: Redaction) -> dict[str, Json]:
    """Those that say which answer is wanted; others may say who asks."""
    headers = credentials_of(telling(call.headers), ()).headers
    return {name: redaction(text) for name, text in headers if is_about_version(name)}
