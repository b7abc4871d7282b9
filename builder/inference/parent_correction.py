"""Correct the parents that a document proposes by what samples of them have."""

from collections.abc import Mapping, Sequence

from builder.draft import Blueprint, Source
from builder.inference.jq_outputs import evaluate_expressions
from builder.inference.parent_matching import LISTING_KEYS, SampledSource, find_parents
from builder.json_values import as_object
from rest.bodies import Json
from rest.errors import JqError


def corrected_selector(
    kind: str, selector: Mapping[str, Json], samples: Sequence[SampledSource]
) -> dict[str, Json]:
    """Return a selector whose path parameters have values in the samples of their parents.

    A document may not describe the parent's response. Its field stays where it has a value in the sample.
    A source with parent_fields stays, too: another parent may not have them.
    """
    parameters = as_object(selector.get("path_parameters"))
    found = find_parents(Source(kind, Blueprint("", ""), ""), samples)
    corrected = dict(parameters)
    for name, source in parameters.items():
        parent = _parent(as_object(source), samples)
        if parent is None:
            continue
        if _has_values(as_object(source).get("field"), parent):
            listing = {
                key: parent.source.selector[key] for key in LISTING_KEYS if key in parent.source.selector
            }
            corrected[name] = {**listing, **as_object(source)}
        elif name in found and "parent_fields" not in as_object(source):
            corrected[name] = dict(found[name].selector)
    return {**selector, "path_parameters": corrected} if corrected != parameters else dict(selector)


def _parent(source: Mapping[str, Json], samples: Sequence[SampledSource]) -> SampledSource | None:
    return next((each for each in samples if each.source.kind == source.get("endpoint") and each.items), None)


def _has_values(field: Json, parent: SampledSource) -> bool:
    if not isinstance(field, str):
        return False
    try:
        [values] = evaluate_expressions([field], parent.items)
    except JqError:
        return False
    return any(value is not None for value in values)
