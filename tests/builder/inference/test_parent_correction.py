"""A document's parents are corrected by samples of the parents."""

import pytest

from builder.draft import Blueprint, Source
from builder.inference import SampledSource, corrected_selector
from rest.bodies import Json

KIND = "/projects/{project_id}/tasks"
PARENT = SampledSource(
    Source("/projects", Blueprint("project", "Project"), ".project_id", selector={"data_path": ".data"}),
    [{"project_id": "P-1", "number": 7}, {"project_id": "P-2", "number": 8}],
)
SAMPLED = {"endpoint": "/projects", "data_path": ".data"}


def _corrected(source: dict[str, Json]) -> Json:
    found = corrected_selector(KIND, {"path_parameters": {"project_id": source}}, [PARENT])
    return found["path_parameters"]


@pytest.mark.parametrize(
    ("proposed", "expected"),
    [
        ({"endpoint": "/projects", "field": ".id"}, {**SAMPLED, "field": ".project_id"}),
        ({"endpoint": "/projects", "field": ".id |"}, {**SAMPLED, "field": ".project_id"}),
        ({"endpoint": "/projects", "field": ".number"}, {**SAMPLED, "field": ".number"}),
        (
            {"endpoint": "/projects", "field": ".number", "data_path": ".data[1:]"},
            {"endpoint": "/projects", "field": ".number", "data_path": ".data[1:]"},
        ),
        ({"endpoint": "/teams", "field": ".id"}, {"endpoint": "/teams", "field": ".id"}),
        ({"values": ["a"]}, {"values": ["a"]}),
        (
            {"endpoint": "/projects", "field": ".id", "parent_fields": {"org": ".org"}},
            {"endpoint": "/projects", "field": ".id", "parent_fields": {"org": ".org"}},
        ),
    ],
    ids=["no_value", "invalid_jq", "other_field", "own_data_path", "not_sampled", "values", "parent_fields"],
)
def test_a_field_without_values_is_replaced(proposed: dict[str, Json], expected: dict[str, Json]) -> None:
    assert _corrected(proposed) == {"project_id": expected}


def test_a_selector_without_parents_stays() -> None:
    assert corrected_selector("/tasks", {"method": "POST"}, [PARENT]) == {"method": "POST"}
