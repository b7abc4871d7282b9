"""For generated items and mappings, our processor has the same result as Ocean's.

Set MAPPING_EXAMPLES=100000 for a longer search than the test suite has time for.
"""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("MAPPING_EXAMPLES", settings().max_examples))

pytestmark = pytest.mark.process

KEYS = st.sampled_from(["id", "name", "a", "b", "a b", "é", "x.y", "and", "input", "0", ""])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.integers(2**53 - 2, 2**53 + 2),
    st.integers(-(10**30), 10**30),
    # jq turns infinity into the largest double, so that is left out.
    st.floats(min_value=-1e308, max_value=1e308),
    st.sampled_from([1.0, -0.0, 0.5, 1e16, 1e22, 1e300]),
    st.text(max_size=5),
    st.sampled_from(["", "open", "1", "a,b", "2024-01-01T00:00:00Z", "\ud800", "\udc00", "\0", "😀"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
ITEMS = st.lists(st.dictionaries(KEYS, VALUES, max_size=6), min_size=1, max_size=4)

STEPS = st.sampled_from(
    [".id", ".name", ".a", ".b", ".and", ".input", '."a b"', '["x.y"]', '.["a"]', "[0]", "[-1]", ".é", "[]"]
)
PATHS = st.builds(
    lambda steps, end: ("." if not steps or steps[0].startswith("[") else "") + "".join(steps) + end,
    st.lists(STEPS, max_size=3),
    st.sampled_from(["", "", "", "?"]),
)
LITERALS = st.one_of(
    st.sampled_from(
        ['"task"', '""', '"é"', "true", "false", "null", "0", "-0", "1.0", "1e3", "[]", "{}", '"a\\nb"']
    ),
    st.integers(-(10**18), 10**18).map(str),
)
ODD = st.sampled_from(
    [
        *[
            "empty",
            "error",
            "error(null)",
            'error({"a": 1.0})',
            "halt",
            "1, halt",
            "halt_error",
        ],
        *[
            "input",
            "inputs",
            "input_line_number",
            "$__loc__",
            "$__prog_args",
            "debug",
            "env",
            "$ENV",
            "env.HOME",
        ],
        *[
            "recurse",
            "..",
            "first(repeat(1))",
            "limit(2; repeat(.))",
            "range(3)",
            "nan",
            "infinite",
        ],
        *["$passes", "break $done", "label $done | 1, break $done, 2", "label $f | ., break $f", "$x", "foo"],
        *[
            "1) | (2",
            ".a # comment",
            ".a # )",
            ".a # \\",
            "# nothing",
            "",
            " ",
            "(.a",
            ".a]",
            '"',
            "'x'",
            ".a == 'x'",
        ],
        *[
            "' '",
            "'it's'",
            '"it\'s"',
            "'a' + 'b'",
            ".a?//.b",
            "?",
            ".[",
            "..a",
            ". as [$a] ?// $a | $a",
            "def f: 1;",
        ],
        *[
            'import "a" as a; 1',
            'include "a"; 1',
            "module {}; 1",
            "1 as $x | 2 as $y | [$x,$y]",
            ".a\n| .b",
            "\t.a\n",
        ],
        *[
            ".a//.b",
            ".a|tostring",
            ".a==1",
            '.a != "1"',
            ".a//.b|tostring",
            ".a | not",
            ".a // .b == 1",
            ".a - 1",
            ".a-1",
        ],
        *[
            "\0",
            ".a\0",
            "1 2",
            ".a.b.c.d",
            '.a["b"]["c"]',
            '"\\(.a)"',
            "@text",
            '@json "x\\(.)"',
            "[.[]?]",
            "{a, b}",
        ],
        *[
            "9007199254740993",
            "12345678901234567890 + 0",
            "1e1000",
            "-1e1000",
            "[.[] | numbers]",
            "tojson",
            "keys",
        ],
    ]
)
JUNK = st.text(".()[]{}|,\"'#\\?/$ab01 \n=!-", max_size=8)
FUNCTIONS = st.sampled_from(
    [
        *[
            "tostring",
            "tonumber",
            "length",
            "keys",
            "not",
            "type",
            "ascii_downcase",
            "tojson",
            "fromjson",
            "add",
        ],
        *[
            "to_entries",
            'join(",")',
            'split(",")',
            'test("a")',
            "fromdate",
            "first",
            "last",
            "reverse",
            "ltrimstr(1)",
        ],
        *[
            "select(. != null)",
            "map(.a)",
            "map(.)",
            "sort",
            "floor",
            "explode",
            "abs",
            "toarray",
            "@uri",
            "error",
        ],
    ]
)
TEMPLATES = [
    *[
        "{} // {}",
        "{} | {}",
        "{}, {}",
        "[{}, {}]",
        "({})",
        "{} + {}",
        "{} - {}",
        "{} == {}",
        "{} < {}",
        "{} and {}",
    ],
    *[
        "if {} then {} else {} end",
        "try ({}) catch {}",
        "({})?",
        "{} as $x | {} | [., $x]",
        "def f: {}; f, {}",
    ],
    *[
        "reduce ({}) as $i (0; . + 1)",
        "foreach ({}) as $i (0; . + 1; [$i, .])",
        "label $out | {}, break $out, {}",
    ],
    *[
        "[{}]",
        "{{x: {}, y: {}}}",
        '"<\\({})>"',
        "first({})",
        "limit(1; {})",
        "any({})",
        "{} # {}",
        "{} # \\\n{}",
        "{}\n",
    ],
    *[
        "{} // empty",
        "isempty({})",
        "path({})",
        "[paths({})]",
        "({}) |= 1",
        "del({})",
        "{} as [$a] ?// $a | $a",
        "-{}",
    ],
]


def _filled(expressions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(expressions, min_size=3, max_size=3)
    return st.one_of(
        st.builds(lambda template, three: template.format(*three), st.sampled_from(TEMPLATES), parts),
        st.builds(lambda expression, function: f"{expression} | {function}", expressions, FUNCTIONS),
    )


# An endless expression is generated only alone, where only its first output is read.
EXPRESSIONS = st.recursive(PATHS | PATHS | LITERALS | ODD | JUNK, _filled, max_leaves=4) | st.just(
    "repeat(.)"
)
BLUEPRINTS = st.just('"task"') | EXPRESSIONS
QUERIES = st.sampled_from(["true", "true", '.a == "open"', ".b | not", "false", ".a", "empty"]) | EXPRESSIONS
SEARCHES = st.builds(
    lambda combinator, rules: {"combinator": combinator, "rules": rules},
    EXPRESSIONS,
    st.lists(
        st.fixed_dictionaries({"property": EXPRESSIONS, "operator": st.just('"="'), "value": EXPRESSIONS}),
        max_size=2,
    ),
)
PROPERTIES = st.dictionaries(st.sampled_from(["needed", "p", "q", "a b"]), EXPRESSIONS, max_size=3)
MAPPINGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"identifier": st.just(".id | tostring") | EXPRESSIONS | SEARCHES, "blueprint": BLUEPRINTS},
    optional={
        "title": EXPRESSIONS | st.none(),
        "icon": st.just('"Port"') | st.none(),
        "team": EXPRESSIONS | SEARCHES,
        "properties": PROPERTIES,
        "relations": st.dictionaries(st.sampled_from(["owner", "r"]), EXPRESSIONS | SEARCHES, max_size=2),
    },
)
search_settings = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@search_settings
@given(mapping=MAPPINGS, items=ITEMS, query=QUERIES, every=st.booleans())
def test_a_batch_is_mapped_as_ocean_maps_it(
    processors: Any, mapping: dict[str, Any], items: list[Any], query: str, *, every: bool
) -> None:
    theirs, ours = processors.reports(mapping, items, query=query, every=every)
    assert ours == theirs


@search_settings
@given(ITEMS, EXPRESSIONS)
def test_items_to_parse_are_found_as_ocean_finds_them(
    processors: Any, items: list[Any], expression: str
) -> None:
    theirs, ours = processors.search(items[0], expression)
    assert ours == theirs
