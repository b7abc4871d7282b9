"""Formats of a parameter: ranges, and conditions with a cursor."""

import pytest

from configuration.pagination import PaginationSettings
from configuration.param_format import ParamFormat
from rest.errors import ResourceError


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("{start}-{end}", {"start": 20, "end": 39}),
        ("items={start}-{end}", {"start": 20, "end": 39}),
        ("{page}", {"page": 2}),
        ("({start},{size})", {"start": 20, "size": 20}),
        ("{start}:{start}+{size}", {"start": 20, "size": 20}),
        ("a.b*{start}", {"start": 20}),
    ],
)
def test_what_is_written_can_be_read(text: str, numbers: dict[str, int]) -> None:
    known = {"start": 20, "end": 39, "size": 20, "page": 2}
    param = ParamFormat.of(text)
    assert param.read(param.write(known)) == numbers
    assert str(param) == text


@pytest.mark.parametrize("text", ["20", "x-39", "20-39-1", "items=20-39", "", "{start}-{end}"])
def test_text_of_another_format_has_no_numbers(text: str) -> None:
    assert ParamFormat.of("{start}-{end}").read(text) == {}


def test_cursor_is_no_number() -> None:
    assert ParamFormat.of("id>'{cursor}'").read("id>'abc'") == {}


def mistake(**pagination: object) -> str:
    with pytest.raises(ResourceError) as caught:
        PaginationSettings().with_overrides(pagination, "selector.pagination")
    return str(caught.value)


@pytest.mark.parametrize(
    ("pagination", "reason"),
    [
        (
            {"type": "offset", "param_format": "{start}-{stop}"},
            "param_format: got '{start}-{stop}', accepts a text with {start}, {end} and {size}, with {page},",
        ),
        ({"type": "offset", "param_format": "{end}"}, "param_format: got '{end}', which has no {start}"),
        ({"type": "page", "param_format": "{start}"}, "param_format: got '{start}', which has no {page}"),
        (
            {"type": "cursor", "param_format": "{cursor},{size}"},
            "param_format: got '{cursor},{size}', but type cursor has no {size}",
        ),
        (
            {"type": "next_link", "param_format": "{start}"},
            "param_format: has no effect with pagination type next_link",
        ),
        (
            {"type": "header_link", "page_size_min": 5},
            "page_size_min: has no effect with pagination type header_link",
        ),
        ({"type": "auto", "page_size_min": 5}, "page_size_min: has no effect with pagination type auto"),
        (
            {"type": "page", "page_size_min": 100},
            "page_size_min: got 100, accepts less than the page_size 100",
        ),
        (
            {"type": "cursor", "page_size_min": 10, "size_param": "-"},
            "page_size_min: needs a size_param, to request smaller pages",
        ),
        ({"type": "page", "then": {"path": "/x"}}, "then: has no effect with pagination type page"),
    ],
)
def test_wrong_use_names_the_key(pagination: dict[str, object], reason: str) -> None:
    assert mistake(**pagination).startswith(f"selector.pagination.{reason}")


def test_size_may_be_part_of_the_format() -> None:
    settings = {"type": "offset", "param_format": "{start}-{end}", "page_size_min": 10, "size_param": "-"}
    assert PaginationSettings().with_overrides(settings, "x").page_size_min == 10
