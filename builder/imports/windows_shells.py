"""Split command lines into words as cmd.exe and PowerShell do."""

import re
from collections.abc import Iterator

# The text of a bash command outside of its quotes.
_QUOTED = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_SINGLE_QUOTED = re.compile(r"'[^']*'")
_CARET_QUOTE = re.compile(r"(?<!\S)\^\"")
_CARET_WORD = re.compile(r"(?:(?<!\S)|(?<=['\"]))\^(?=\s|$)|\^[ \t]*$", re.MULTILINE)
_BACKTICK_LINE = re.compile(r"`[ \t]*\n|\$env:", re.IGNORECASE)

# In cmd.exe, a caret escapes the next character. At the end of a line, it escapes the first character of the
# next line. Real quotes hide carets.
_CMD_PIECE = re.compile(
    r"\^[ \t]*\n(?P<continued>.?)|\^(?P<escaped>.)|(?P<quoted>\"(?:\\.|[^\"\\\n])*\"?)"
    r"|(?P<end>\n|[&|](?=[\s&|]|$))|(?P<plain>.)",
    re.DOTALL,
)
_CMD_VARIABLE = re.compile(r"%([A-Z_][A-Z0-9_]{2,})%")
# The rules of Microsoft's C runtime: \" and "" inside quotes are a quote.
_RUNTIME_WORD = re.compile(r"(?:[^\s\"\\]|\\\"|\\|\"(?:\\\\|\\\"|\"\"|[^\"])*(?:\"|$))+")
_RUNTIME_PIECE = re.compile(
    r"\"(?P<quoted>(?:\\\\|\\\"|\"\"|[^\"])*)(?:\"|$)|\\\"|(?P<plain>[^\"])", re.DOTALL
)
_POWERSHELL_PIECE = re.compile(
    r"""(?P<space>(?:[ \t]|`[ \t]*\n|\n(?=[ \t]*-))+)|(?P<end>[\n;|])|'(?P<single>(?:[^']|'')*)'
    |"(?P<double>(?:[^"`\\]|`.|\\.|"")*)"|`(?P<escaped>.)|(?P<plain>.)""",
    re.DOTALL | re.VERBOSE,
)
_POWERSHELL_VARIABLE = re.compile(r"\$(?:env:(\w+)|\{(?:env:)?(\w+)\}|([A-Za-z_]\w*))", re.IGNORECASE)
_POWERSHELL_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": ""}


def is_cmd(text: str) -> bool:
    """Return whether a command has carets where only cmd.exe gives them a meaning."""
    return bool(
        _CARET_QUOTE.search(_SINGLE_QUOTED.sub("", text)) or _CARET_WORD.search(_QUOTED.sub("", text))
    )


def is_powershell(text: str) -> bool:
    """Return whether a command has line continuations or variables of PowerShell."""
    return bool(_BACKTICK_LINE.search(_SINGLE_QUOTED.sub("", text)))


def split_cmd(text: str) -> list[list[str]]:
    """Return the words of each command. `%NAME%` becomes `${NAME}`."""
    lines: list[list[str]] = [[]]
    for piece in _CMD_PIECE.finditer(text):
        if piece["end"]:
            lines.append([])
        else:
            lines[-1].append(piece[piece.lastgroup or 0])
    commands = [[_runtime_word(word[0]) for word in _RUNTIME_WORD.finditer("".join(line))] for line in lines]
    return [command for command in commands if command]


def split_powershell(text: str) -> list[list[str]]:
    """Return the words of each command. `$env:NAME` and `$NAME` become `${NAME}`."""
    commands: list[list[str]] = [[]]
    for word in _powershell_words(text):
        if word is None:
            commands.append([])
        else:
            commands[-1].append(word)
    return [command for command in commands if command]


def _runtime_word(word: str) -> str:
    text = "".join(
        '"' if piece[0] == '\\"' else (piece["plain"] or _runtime_quoted(piece["quoted"] or ""))
        for piece in _RUNTIME_PIECE.finditer(word)
    )
    return _CMD_VARIABLE.sub(r"${\1}", text)


def _runtime_quoted(text: str) -> str:
    return re.sub(r'\\"|""', '"', text)


def _powershell_words(text: str) -> Iterator[str | None]:
    """Yield each word, and None at the end of a command."""
    word: list[str] = []
    for piece in _POWERSHELL_PIECE.finditer(text):
        if piece.lastgroup in ("space", "end"):
            if word:
                yield "".join(word)
            word = []
            if piece.lastgroup == "end":
                yield None
        else:
            word.append(_powershell_meaning(piece))
    if word:
        yield "".join(word)


def _powershell_meaning(piece: re.Match[str]) -> str:
    if piece["single"] is not None:
        return piece["single"].replace("''", "'")
    if piece["double"] is not None:
        text = _POWERSHELL_VARIABLE.sub(
            lambda found: f"${{{found[1] or found[2] or found[3]}}}", piece["double"]
        )
        return re.sub(r'`(.)|\\"|""', lambda found: _powershell_escape(found[1]), text, flags=re.DOTALL)
    return str(piece["escaped"] or piece["plain"] or "")


def _powershell_escape(character: str | None) -> str:
    return '"' if character is None else _POWERSHELL_ESCAPES.get(character, character)
