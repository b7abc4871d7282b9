"""Which jq expressions give the same result each time."""

import os
import subprocess
import sys

import pytest

from mapping.determinism import is_deterministic, reads_surroundings

SAME_EACH_TIME = [
    ".id",
    ".now",
    '."now"',
    '.["now"]',
    "..|.now?",
    "{now, env: 1, inputs}",
    "{a: 1, now: 2}",
    "{a: {b: 1}, now: 3}",
    '{"a b": .x, input}',
    ". as {now: $env} | $env",
    ".now as $now | $now",
    ".environment",
    '"now"',
    "'now'",
    r'"\(.now) now"',
    r'."x\"now"',
    r'"\("now")"',
    r'@json "now \(.env)"',
    ".id # now",
    'if .now then "env" else .input end',
    '[.tags[] | select(.name == "env")] | first',
    '.a?//"now"',
    "to_entries | map({(.key): .value}) | add",
    '.created | strptime("%Y-%m-%dT%H:%M:%SZ") | mktime',
    '.time | strptime("%d %b %Y %Z") | todate',
    '.time | strftime("%Y %% %%s")',
    ".time | fromdate",
    "debug | $__loc__ | getpath([])",
    ".x[1:2] | 1e3 - .5",
    "",
]
DIFFERENT_EACH_TIME = [
    "now",
    ".x | now",
    "'a' + (now | tostring)",
    r'"\(now)"',
    r'"a\("b\(now)")c"',
    r'{"\(now)": 1}',
    "env",
    "env.X",
    "$ENV.X",
    "$ ENV",
    "{$ENV}",
    "{a: now}",
    "{(now | tostring): 1}",
    "{a: if true then 1, now else 2 end}",
    "{a: (1, now)}",
    "{a: [1, now]}",
    "{a: 1} | {b: now}",
    "{if: 1, a: if . then now else 1 end}",
    "[1, now]",
    ".[now]",
    ".x[now:]",
    ".a?//now",
    "reduce .x[] as $i (now; .)",
    "if now then 1 else 2 end",
    "# now\nnow",
    '# a \\\n"\nnow # "',
    "first(inputs)",
    "input",
    "input_line_number",
    ".x | localtime",
    '.x | strflocaltime("%Y")',
    '.x | strftime("%s")',
    '.x | strftime("%Y %-010s")',
    r'.x | strftime("\u0025s")',
    ".x | strftime(.format)",
    r'.x | strftime("\(.format)")',
    '.x | strptime("%s")',
    'import "a" as a; a::f',
]
NOT_JQ = ['"', '"a', "(", "x)", "[}", "end", "`now`"]


@pytest.mark.parametrize("expression", SAME_EACH_TIME)
def test_an_expression_of_the_item_alone_is_deterministic(expression: str) -> None:
    assert is_deterministic(expression)


@pytest.mark.parametrize("expression", DIFFERENT_EACH_TIME)
def test_an_expression_of_time_or_environment_is_not_deterministic(expression: str) -> None:
    assert not is_deterministic(expression)


@pytest.mark.parametrize("expression", NOT_JQ)
def test_a_text_that_is_not_jq_counts_as_not_deterministic(expression: str) -> None:
    assert not is_deterministic(expression)


def test_all_expressions_of_a_mapping_are_examined() -> None:
    rule = {"property": '"name"', "operator": '"="', "value": ".now"}
    fields = {"identifier": ".id", "relations": {"owner": {"combinator": '"and"', "rules": [rule]}}}
    assert is_deterministic(fields, ".env == 1")
    assert not is_deterministic(fields, "now > 1")
    rule["value"] = "now"
    assert not is_deterministic(fields, "true")


@pytest.mark.process
def test_every_function_of_jq_that_is_not_listed_ignores_the_time_zone() -> None:
    """The conversions of time formats, and the functions of time, in two time zones."""
    formats = "".join(f"%{letter} " for letter in "aAbBcCdDeFgGhHIjklmMnpPrRStTuUVwWxXyYzZ")
    expressions = [
        f'1700000000 | strftime("{formats}")',
        '"2024-07-05 10:00 +0200" | strptime("%Y-%m-%d %H:%M %z") | mktime',
        '"2024-07-05 EST" | strptime("%Y-%m-%d %Z") | mktime',
        "1700000000 | gmtime | mktime",
        "1700000000 | todate | fromdate",
    ]
    assert all(map(is_deterministic, expressions))
    program = f"import jq; print([jq.compile(each).input(None).all() for each in {expressions!r}])"
    results = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "TZ": zone},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for zone in ("UTC", "America/New_York", "Asia/Tokyo")
    }
    assert len(results) == 1


@pytest.mark.parametrize(
    "expression",
    [
        "env",
        "env.HOME",
        "$ENV",
        "$ ENV.HOME",
        r'"\(env.HOME)"',
        "{(env.HOME): 1}",
        'import "a" as $a; $a',
        'include "a"; .',
        "[.[] | input_filename]",
        "get_search_list",
        "~ not jq",
    ],
)
def test_an_expression_that_may_read_the_environment_or_files_is_recognized(expression: str) -> None:
    assert reads_surroundings(expression)
    assert reads_surroundings({"properties": {"a": ".a", "b": [expression]}})


@pytest.mark.parametrize(
    "expression", [".env", "now", '"env"', "{env}", ".a as $env | $env", "inputs", ".ENV", '.["$ENV"]']
)
def test_other_expressions_read_only_their_item(expression: str) -> None:
    assert not reads_surroundings(expression)
