"""A curl command line as the request that it makes."""

import getopt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from builder.imports.curl_options import LONG_OPTIONS, SHORT
from builder.imports.found import DocumentError
from builder.imports.shell import commands_in
from rest.request import Pairs

_SAME = {
    "-A": "--user-agent",
    "-E": "--cert",
    "-F": "--form",
    "-G": "--get",
    "-H": "--header",
    "-I": "--head",
    "-K": "--config",
    "-T": "--upload-file",
    "-X": "--request",
    "-b": "--cookie",
    "-d": "--data",
    "-k": "--insecure",
    "-u": "--user",
    "-x": "--proxy",
    "--data-ascii": "--data",
    "--form-string": "--form",
}
_DATA = frozenset({"--data", "--data-binary", "--data-raw", "--data-urlencode", "--json"})
# What changes the answer, and has no counterpart here.
_UNSUPPORTED = {
    "--aws-sigv4": "Signatures of AWS are computed for each request, which no authType does",
    "--cert": "Client certificates are not supported",
    "--config": "The options in the file that --config names are not known here",
    "--digest": "Digest authentication is not supported",
    "--form": "Form bodies are not supported: what is sent is JSON",
    "--negotiate": "Kerberos is not supported",
    "--netrc": "The user and password of the .netrc file are not known here",
    "--ntlm": "NTLM is not supported",
    "--proxy": "The proxy is set where the integration runs, by HTTPS_PROXY",
    "--upload-file": "Uploads are not supported",
}
_WINDOWS = re.compile(r"\^[ \t]*\n|\^[\"'&%]|\^$")
_CURL = re.compile(r"(.*[/\\])?curl(\.exe)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Command:
    """The request of a curl command.

    query: what -G and --url-query add to the URL.
    user: as -u has it. data: the body as text, None without one. notes: what could not be taken over.
    """

    url: str
    method: str
    headers: Pairs = ()
    query: tuple[str, ...] = ()
    user: str | None = None
    data: str | None = None
    is_insecure: bool = False
    has_cookies: bool = False
    notes: tuple[str, ...] = ()


def command_of(text: str) -> Command:
    """Raises DocumentError: it is no curl command, or one of cmd.exe; an option is unknown; no URL."""
    if _WINDOWS.search(text.replace("\r\n", "\n").strip()):
        raise DocumentError(
            "the carets are those of cmd.exe's way of writing commands", hint="Copy it as cURL (bash)"
        )
    words, others = _curl_words(text)
    try:
        options, operands = getopt.gnu_getopt(words, SHORT, LONG_OPTIONS)
    except getopt.GetoptError as error:
        raise DocumentError(f"curl: {error.msg}", hint="Take the option out, or correct it") from error
    given = [(_SAME.get(name, name), value) for name, value in options]
    urls = [*(value for name, value in given if name == "--url"), *operands]
    if not urls:
        raise DocumentError("the curl command has no URL")
    return _command(urls, given, others)


def _curl_words(text: str) -> tuple[list[str], int]:
    """What follows `curl` in the first command that has it, and how many others do."""
    found: list[list[str]] = []
    for command in commands_in(text):
        starts = [number for number, word in enumerate(command) if _CURL.fullmatch(word)]
        if starts:
            found.append(command[starts[0] + 1 :])
    if not found:
        raise DocumentError("this is no curl command", hint="Paste one that begins with curl")
    return found[0], len(found) - 1


def _command(urls: Sequence[str], given: Sequence[tuple[str, str]], others: int) -> Command:
    names = {name for name, _ in given}
    values = dict(given)
    pieces = [(name, value) for name, value in given if name in _DATA]
    data = [text for name, value in pieces if (text := _data(name, value)) is not None]
    notes = [note for name, note in _UNSUPPORTED.items() if name in names]
    notes += [f"What {value} holds is not known here" for name, value in pieces if _data(name, value) is None]
    if len(urls) > 1 or others or "--next" in names:
        notes.append("Only the first request was taken over")
    in_query = "--get" in names
    return Command(
        urls[0],
        _method(values, names),
        tuple(_headers(given)),
        tuple([value for name, value in given if name == "--url-query"] + (data if in_query else [])),
        values.get("--user"),
        None if in_query or not pieces else _joined(pieces, data),
        is_insecure="--insecure" in names,
        has_cookies="--cookie" in names or any(name.lower() == "cookie" for name, _ in _headers(given)),
        notes=tuple(notes),
    )


def _method(values: dict[str, str], names: set[str]) -> str:
    """As curl chooses it, where the command does not."""
    if "--request" in values:
        return values["--request"].upper()
    if names & {"--get", "--head"}:
        return "GET"
    return "POST" if names & (_DATA | {"--form"}) else "GET"


def _headers(given: Sequence[tuple[str, str]]) -> Pairs:
    """`Name: value`; curl takes `Name:` as one to leave out."""
    split = [value.partition(":") for name, value in given if name == "--header"]
    headers = [(name.strip(), text.strip()) for name, _, text in split if name.strip() and text.strip()]
    tokens = [("Authorization", f"Bearer {value}") for name, value in given if name == "--oauth2-bearer"]
    return tuple(headers + tokens)


def _data(name: str, value: str) -> str | None:
    """What an option adds to the data; None: it is in a file."""
    if name == "--data-raw":
        return value
    if name != "--data-urlencode":
        return None if value.startswith("@") else value
    key, sign, text = value.partition("=")
    if not sign:
        return None if "@" in value else quote(value, safe="")
    return f"{key}={quote(text, safe='')}" if key else quote(text, safe="")


def _joined(pieces: Sequence[tuple[str, str]], data: Sequence[str]) -> str | None:
    if not data:
        return None
    return ("" if all(name == "--json" for name, _ in pieces) else "&").join(data)
