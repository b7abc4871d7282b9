"""The Link header by RFC 8288 and as APIs send it."""

import pytest

from pagination.link_header import links_of


@pytest.mark.parametrize(
    ("header", "links"),
    [
        ("", []),
        ("nonsense", []),
        ('<https://a.example/x>; rel="next"', [("next", "https://a.example/x")]),
        ("</x?page=2>;rel=next", [("next", "/x?page=2")]),
        ("<x>; REL = Next", [("next", "x")]),
        ('<x>; title="a, <b>; c"; rel="next"', [("next", "x")]),
        ('<x?ids=1,2;3>; rel="next"', [("next", "x?ids=1,2;3")]),
        ('<x>; rel="prev first"', [("prev", "x"), ("first", "x")]),
        ('<a>; rel="prev", <b>; rel="next", <c>; rel="last"', [("prev", "a"), ("next", "b"), ("last", "c")]),
        ("<a>, <b>; rel=next", [("next", "b")]),
        ('< b >; rel="next"', [("next", "b")]),
        ('<a>; rel=""', []),
        ('<a>; results="true"; rel="next"; cursor="1:2"', [("next", "a")]),
        (
            '<a>; rel="previous"; results="false", <b>; rel="next"; results=false',
            [("previous", ""), ("next", "")],
        ),
        ("<a>; rel=next; results=5", [("next", "a")]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_relations_and_targets_are_parsed(header: str, links: list[tuple[str, str]]) -> None:
    assert links_of(header) == links
