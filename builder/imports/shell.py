"""Split command lines into words as bash does (Bash manual §3.1.2), or as cmd.exe or PowerShell do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from builder.imports.heredocs import take_heredocs
from builder.imports.imported import DocumentError
from builder.imports.windows_shells import is_cmd, is_powershell, split_cmd, split_powershell

_COMMAND = r"\$\((?:[^()]++|\([^()]*+\))*+\)|`[^`]*+`"
_VARIABLE = r"\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*[^{}]*\}"
# As in commands copied from web pages, a line that starts with an option continues the line before it, and
# blanks after a backslash are ignored.
_PIECE = re.compile(
    rf"""(?P<continued> \\\n )
    | (?P<space> (?:[ \t]|\\[ \t]+\n|\n(?=[ \t]*-))+ )
    | (?P<end> [\n;|] | \d*> | <(?![A-Za-z][\w .-]*>) | &(?=[\s&]|$) )
    | '(?P<single> [^']* )'
    | \$'(?P<ansi_c> (?:[^'\\]|\\.)*+ )'
    | \$?"(?P<double> (?:[^"\\$`]|\\.|{_COMMAND}|\$)*+ )"
    | (?P<command> {_COMMAND} )
    | (?P<variable> {_VARIABLE} )
    | \\(?P<escaped> .? )
    | (?P<fill_in> <[^<>]*> )
    | (?P<plain> [$&] | [^\s'"\\$`;|<>&]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_IN_DOUBLE_QUOTES = re.compile(
    rf"""\\\n | \\(?P<escaped>[$`"\\]) | (?P<command>{_COMMAND}) | (?P<variable>{_VARIABLE})""", re.VERBOSE
)
_IN_ANSI_C = re.compile(
    r"\\(?:x(?P<hex>[0-9A-Fa-f]{1,2})|u(?P<u>[0-9A-Fa-f]{1,4})|U(?P<U>[0-9A-Fa-f]{1,8})|(?P<octal>[0-7]{1,3})|(?P<one>.))",
    re.DOTALL,
)
_ESCAPES = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_NAME = re.compile(r"[A-Za-z0-9_]+")
_COMMENT = re.compile(r"(?P<comment>(?<![^\s;])#[^\n]*)")
_BETWEEN = frozenset({"comment", "continued", "end", "space"})
# Parsing options takes quadratic time. A real command has a few dozen words.
_MAX_WORDS = 5_000
_LARGEST_CHARACTER = 0x10FFFF


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """The words of a command. stdin: the text of its here-document, None if it has none."""

    words: list[str] = field(repr=False)
    stdin: str | None = field(default=None, repr=False)


def read_commands(text: str) -> list[ShellCommand]:
    """Return the commands of a text for bash, cmd.exe or PowerShell, whose syntax is recognised.

    Variables and command substitutions become `${NAME}`.
    Raises DocumentError: a quote is not closed, or there are too many words.
    """
    text = text.replace("\r\n", "\n").strip()
    if is_cmd(text):
        return _checked(split_cmd(text))
    if is_powershell(text):
        return _checked(split_powershell(text))
    heredocs = take_heredocs(text)
    return [ShellCommand(*heredocs.resolve(words)) for words in split_commands(heredocs.text)]


def _checked(commands: list[list[str]]) -> list[ShellCommand]:
    if sum(map(len, commands)) > _MAX_WORDS:
        raise _too_many_words()
    return [ShellCommand(words) for words in commands]


def split_commands(text: str) -> list[list[str]]:
    """Return the words of each command of bash. Variables and command substitutions become `${NAME}`.

    Raises DocumentError: a quote is not closed, or there are too many words.
    """
    commands: list[list[str]] = [[]]
    for number, word in enumerate(_words(text.replace("\r\n", "\n"))):
        if number > _MAX_WORDS:
            raise _too_many_words()
        if word is None:
            commands.append([])
        else:
            commands[-1].append(word)
    return [command for command in commands if command]


def _too_many_words() -> DocumentError:
    return DocumentError(f"the text has more than {_MAX_WORDS:,} words", hint="Paste one curl command")


def _words(text: str) -> Iterator[str | None]:
    """Yield each word, and None at the end of a command."""
    word: list[str] = []
    position = 0
    while position < len(text):
        piece = (None if word else _COMMENT.match(text, position)) or _PIECE.match(text, position)
        if not piece:
            raise _unclosed(text, position)
        position = piece.end()
        kind = piece.lastgroup
        if kind not in _BETWEEN:
            word.append(_meaning(piece))
        elif kind in ("space", "end"):
            if word:
                yield "".join(word)
            word = []
            if kind == "end":
                yield None
    if word:
        yield "".join(word)


def _unclosed(text: str, position: int) -> DocumentError:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return DocumentError(
        f"line {line}, column {column}: the quote that starts here is not closed",
        hint="Paste the whole command",
    )


def _meaning(piece: re.Match[str]) -> str:
    if piece["double"] is not None:
        return _IN_DOUBLE_QUOTES.sub(_expanded, piece["double"])
    if piece["ansi_c"] is not None:
        return _IN_ANSI_C.sub(_unescaped, piece["ansi_c"])
    names = ("single", "escaped", "fill_in", "plain")
    return next((str(piece[name]) for name in names if piece[name] is not None), None) or _expanded(piece)


def _expanded(piece: re.Match[str]) -> str:
    """Return a variable by its name, a command substitution by its words, or an escaped character."""
    if piece["variable"]:
        return f"${{{_NAME.findall(piece['variable'])[0]}}}"
    if piece["command"]:
        return f"${{{'_'.join(_NAME.findall(piece['command'])).upper()}}}"
    return str(piece["escaped"] or "")


def _unescaped(piece: re.Match[str]) -> str:
    digits = piece["hex"] or piece["u"] or piece["U"]
    if digits:
        code = int(digits, 16)
        return chr(code) if code <= _LARGEST_CHARACTER else ""
    if piece["octal"]:
        return chr(int(piece["octal"], 8) & 0xFF)
    # bash keeps the backslash before a letter without a special meaning.
    return _ESCAPES.get(piece["one"], piece["one"] if piece["one"] in "\\'\"?" else piece[0])
