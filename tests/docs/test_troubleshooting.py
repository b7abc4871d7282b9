"""docs/troubleshooting.md has an entry for each message of the code, and no others."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from rest.rate_limits import TRANSIENT_STATUSES
from rest.status_hints import _HINTS

_ROOT = Path(__file__).parents[2]
_TEXT = (_ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
_FOLDERS = (
    "rest",
    "auth",
    "pagination",
    "extraction",
    "live_events",
    "client",
    "configuration",
    "expressions",
    "mapping",
    "ocean_adapter",
    "builder",
)
_GAP = "…"
_MIN_LETTERS = 6
_RAISED = re.compile(r"\w*Error|SystemExit|HTTPException|ClickException")
# The functions of these modules return their messages instead of raising errors.
_RETURNS_MESSAGES = {
    "setting_checks.py",
    "certificate_checks.py",
    "variables.py",
    "addresses.py",
    "accepted.py",
    "login.py",
    "port_rules.py",
    "own_relations.py",
}


def _modules() -> list[Path]:
    files = [file for folder in _FOLDERS for file in sorted((_ROOT / folder).rglob("*.py"))]
    return [_ROOT / "main.py", _ROOT / "http_client.py", *files]


def _texts(node: ast.AST | None) -> Iterator[str]:
    """Yield the texts that an expression can evaluate to. A gap replaces each variable part."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else _GAP for part in parts)
        case ast.BinOp(left=left, right=right, op=ast.Add()):
            yield from (before + after for before in _texts(left) for after in _texts(right))
        case ast.IfExp(body=body, orelse=other):
            yield from (*_texts(body), *_texts(other))
        case ast.List(elts=elements):
            yield from (text for element in elements for text in _texts(element))
        case ast.ListComp(elt=element):
            yield from _texts(element)
        case _:
            yield _GAP


def _call_messages(call: ast.Call) -> Iterator[str]:
    """Yield the messages of a call that creates an error or an issue, or logs a warning or an error."""
    owner, name = "", ""
    if isinstance(call.func, ast.Name):
        name = call.func.id
    elif isinstance(call.func, ast.Attribute):
        owner, name = getattr(call.func.value, "id", ""), call.func.attr
    if owner == "logger" and name in ("warning", "error"):
        yield from (re.sub(r"\{[^}]*\}", _GAP, text) for text in _texts(call.args[0]))
    elif name == "Issue" and len(call.args) > 2:
        yield from _texts(call.args[2])
    elif name in ("Explanation", "fail"):
        yield from _texts(call.args[0])
    elif name == "described":
        yield from (f"{_GAP} ({text})" for text in _texts(call.args[1]))
    elif name == "Mistake":
        yield from (f"{of}: {what}" for of in _texts(call.args[0]) for what in _texts(call.args[1]))
    elif _RAISED.fullmatch(name):
        yield from (text for argument in call.args for text in _texts(argument))


def _returned_messages(function: ast.FunctionDef) -> Iterator[str]:
    """Yield the messages of a function that returns them as a text, a list of texts, or problems."""
    return_type = ast.unparse(function.returns) if function.returns else ""
    if "list[str]" not in return_type and "str | None" not in return_type and "Problem" not in return_type:
        return
    for node in ast.walk(function):
        if isinstance(node, ast.JoinedStr | ast.List | ast.ListComp):
            yield from (text for text in _texts(node) if " " in text)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append":
            yield from (text for argument in node.args for text in _texts(argument))
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Constant | ast.IfExp):
            yield from (text for text in _texts(node.value) if " " in text)


def _messages(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += _call_messages(node)
        elif isinstance(node, ast.FunctionDef) and file.name in _RETURNS_MESSAGES:
            found += _returned_messages(node)
    plain = (_plain(text) for text in found)
    return {text for text in plain if sum(map(str.isalpha, text)) >= _MIN_LETTERS}


def _plain(text: str) -> str:
    return re.sub(f"{_GAP}+", _GAP, " ".join(text.split()))


def _entries() -> list[str]:
    """Return the texts that the tables quote in the column `message`."""
    entries: list[str] = []
    for table in re.findall(r"^\| message \|.*\n\|[-|]+\n((?:\|.*\n)+)", _TEXT, re.MULTILINE):
        for row in table.splitlines():
            entries += re.findall(r"`([^`]+)`", re.split(r"(?<!\\)\|", row)[1])
    return [entry.replace("\\|", "|") for entry in entries]


@cache
def _pattern(message: str) -> re.Pattern[str]:
    """Return a pattern of the message with its gaps filled in. `re` itself keeps too few of them."""
    return re.compile(".*".join(re.escape(part) for part in message.split(_GAP)))


def _matches(entry: str, message: str) -> bool:
    """Return whether an entry is part of the message, or the message with its gaps filled in."""
    return entry.strip(_GAP) in message or _pattern(message).fullmatch(entry) is not None


@pytest.fixture(scope="module")
def entries() -> list[str]:
    """Return the messages that the page quotes."""
    return _entries()


@pytest.fixture(scope="module")
def messages() -> list[tuple[str, str]]:
    """Return the module and the text of each message of the code."""
    return sorted(
        (file.relative_to(_ROOT).as_posix(), text) for file in _modules() for text in _messages(file)
    )


def test_every_message_has_an_entry(entries: list[str], messages: list[tuple[str, str]]) -> None:
    missing = [
        (module, text) for module, text in messages if not any(_matches(entry, text) for entry in entries)
    ]
    assert missing == []


def test_every_entry_is_a_message_of_the_code(entries: list[str], messages: list[tuple[str, str]]) -> None:
    stale = [entry for entry in entries if not any(_matches(entry, text) for _, text in messages)]
    assert stale == []


def test_entries_have_a_message_a_cause_and_a_fix() -> None:
    for row in re.findall(r"^\| `.*", _TEXT, re.MULTILINE):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        assert len(cells) == 3, row
        assert all(cells), row


def test_every_status_with_a_hint_or_a_retry_has_an_entry() -> None:
    table = _TEXT.partition("| status |")[2].partition("\n\n")[0]
    first_cells = "\n".join(line.split("|")[1] for line in table.splitlines()[2:])
    assert {int(number) for number in re.findall(r"\b\d{3}\b", first_cells)} == {*_HINTS, *TRANSIENT_STATUSES}
