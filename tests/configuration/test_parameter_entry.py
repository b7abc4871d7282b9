"""Lists of sources and batches, as the user writes them in path_parameters."""

from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.parameter_values import Batch
from configuration.permissions import Permissions
from configuration.resource import PathParameter
from rest.errors import ResourceError

NONE = PaginationSettings()


def parameter(value: Any, kind: str = "/a/{x}", **selector: Any) -> PathParameter:
    [read] = read_resource(kind, {**selector, "path_parameters": {"x": value}}, NONE).parameters
    return read


def refusal(value: Any, kind: str = "/a/{x}", **selector: Any) -> str:
    with pytest.raises(ResourceError) as caught:
        parameter(value, kind, **selector)
    return str(caught.value)


USERS = {"endpoint": "/users", "field": ".id"}
BOTS = {"endpoint": "/bots", "field": ".key"}


def test_a_list_of_sources_is_read_in_order() -> None:
    read = parameter([USERS, {"values": [1, "a"]}, BOTS])
    assert [source.label for source in read.sources] == [
        f"path_parameters.x[{number}]" for number in range(3)
    ]
    assert [parent.path for parent in read.parents] == ["/users", "/bots"]
    assert read.sources[1].values == (1, "a")


def test_a_source_alone_is_labelled_by_its_parameter() -> None:
    assert [source.label for source in parameter(USERS).sources] == ["path_parameters.x"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "selector.path_parameters.x: the list of sources is empty. Add endpoint or values"),
        ([USERS, "/b"], "selector.path_parameters.x[1]: got '/b', accepts an object"),
        ([USERS, {}], "selector.path_parameters.x[1]: needs either endpoint or values"),
        (
            [USERS, {"endpoint": "/b"}],
            "selector.path_parameters.x[1].field: is missing. Set it to the field with the value, like .id",
        ),
        (
            [{"values": ["a/../b"]}],
            "selector.path_parameters.x[0].values: 'a/../b' leads to another path. Remove it",
        ),
        (
            [USERS, {**BOTS, "endpoint": "/{y}"}],
            (
                "{y} in the endpoint /{y} has no value. "
                "Add selector.path_parameters.y with endpoint and field, or with values"
            ),
        ),
        (
            [{**USERS, "batch": 5}, BOTS],
            (
                "selector.path_parameters.x[1].batch: differs from the one of selector.path_parameters.x[0]. "
                "Set the same batch for each source of the parameter"
            ),
        ),
        (
            {**USERS, "separator": ";"},
            (
                "selector.path_parameters.x.separator: has no effect without batch. "
                "Set batch, or remove separator"
            ),
        ),
        (
            {**USERS, "batch": 5, "separator": ""},
            "selector.path_parameters.x.separator: got '', accepts a text that is not empty",
        ),
        ({**USERS, "batch": 0}, "selector.path_parameters.x.batch: got 0, accepts a whole number, 1 or more"),
        (
            {**USERS, "batch": 5, "parent_fields": {"a": ".a"}},
            (
                "selector.path_parameters.x.parent_fields: has no effect with batch: "
                "a request is for several parents. Remove one of them"
            ),
        ),
        (
            {**USERS, "batch": 5, "separator": "repeat"},
            (
                "selector.path_parameters.x.separator: repeat is for query parameters, but {x} is in a path "
                "or a header. Set the text that separates the values there, like a comma"
            ),
        ),
    ],
    ids=str,
)
def test_a_wrong_source_or_batch_is_reported(value: Any, message: str) -> None:
    assert refusal(value) == message


def test_a_header_cannot_be_repeated() -> None:
    batch = {**USERS, "batch": 5, "separator": "repeat"}
    assert "is in a path or a header" in refusal(batch, "/a", headers={"X-Ids": "{x}"})
    assert parameter(batch, "/a?id={x}", query_params={"b": "{x}"}, body=["{x}"]).batch == Batch(5, "repeat")


def test_fixed_values_can_be_batched() -> None:
    read = parameter({"values": [1, 2, 3], "batch": "2", "separator": ";"})
    assert (read.batch, read.sources[0].values) == (Batch(2, ";"), (1, 2, 3))


def test_a_placeholder_from_parent_fields_must_be_in_each_source() -> None:
    owned = {**USERS, "parent_fields": {"owner": ".owner"}}
    assert refusal([owned, BOTS], "/{owner}/{x}") == (
        "selector.path_parameters.x[1]: {owner} has no value, because it is only in parent_fields of other "
        "sources. Add owner to parent_fields of each source"
    )
    assert parameter([owned, {**BOTS, "parent_fields": {"owner": ".o"}}], "/{owner}/{x}").placeholders
    assert parameter([owned, BOTS], "/{x}").placeholders == {"x"}


def test_the_method_of_each_source_needs_permission() -> None:
    written = [USERS, {**BOTS, "method": "PUT"}]
    with pytest.raises(ResourceError, match=r"selector\.path_parameters\.x\[1\]\.method"):
        read_resource("/a/{x}", {"path_parameters": {"x": written}}, NONE, Permissions())
