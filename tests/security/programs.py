"""jq programs of an attacker who can edit the mapping."""

from collections.abc import Mapping
from types import MappingProxyType

# Programs that read the environment, files or details of the process.
PRYING: Mapping[str, str] = MappingProxyType(
    {
        "env": "env",
        "$ENV": "$ENV",
        "one variable": "env.PORT_CLIENT_SECRET",
        "one variable of $ENV": "$ENV.PORT_CLIENT_SECRET",
        "a function": "def f: env; f",
        "an argument": "def g(h): h; g($ENV)",
        "in a text": '"\\(env)"',
        "in a format": '@json "\\($ENV)"',
        "under a new name": "$ENV as $e | $e",
        "behind an error": "try error($ENV) catch .",
        "by a path": '[paths(env)], (env | getpath(["PORT_CLIENT_SECRET"]))',
        "input": "input",
        "inputs": "[inputs]",
        "input_filename": "input_filename",
        "input_line_number": "input_line_number",
        "debug": "debug",
        "debug with a message": "debug(env)",
        "stderr": "stderr",
        "place in the program": "$__loc__",
        "arguments of the program": "$__prog_args",
        "named arguments": "$ARGS, $named",
        "where modules are": "get_search_list",
        "a module's words": '"m" | modulemeta',
        "a module": 'import "m" as m {search: "/proc/self"}; m::f',
        "a file of JSON": 'import "secret" as $s {search: "/tmp"}; $s',
        "a file of jq": 'include "m" {search: "./"}; f',
        "for a shell": '"$PORT_CLIENT_SECRET `env`" | @sh',
        "builtins": "builtins | tojson",
    }
)
# Programs that halt jq as if there were no output.
HALTING: Mapping[str, str] = MappingProxyType(
    {"halt": "halt", "halt_error": "halt_error", "halt_error with a code": "halt_error(0)"}
)
# Programs that never end.
ENDLESS: Mapping[str, str] = MappingProxyType(
    {
        "repeat": "repeat(.) | empty",
        "last of repeat": "last(repeat(1))",
        "limit": "[limit(1; repeat(1) | select(. > 1))]",
        "recursion": "def f: f; f",
        "until": "until(false; .)",
        "a range without end": "[limit(1; range(0; infinite) | select(. < 0))]",
        "a replacement without end": 'def f: gsub("$"; "a") | f; "a" | f',
    }
)
# Programs that use up all memory.
GREEDY: Mapping[str, str] = MappingProxyType(
    {
        "a long list": "[range(1e12)]",
        "a long text": '"a" as $a | 1e9 as $n | $a * $n | length',
        "a long text while it compiles": '"a" * 1e9 | length',
        "growing without end": "reduce range(1e9) as $i ([]; . + [$i, .])",
        "recursion that keeps": "def f: [., f]; f",
        "a large index": "[] | .[536870911] = 1 | tojson",
        "a doubled text": 'reduce range(40) as $i ("aaaa"; . + .) | length',
        "paths of paths": "def f: [., .] | f; f",
    }
)
