"""Parse a curl command line into the request that it makes."""

import getopt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from builder.imports.curl_options import LONG_OPTIONS, SHORT
from builder.imports.imported import DocumentError
from builder.imports.shell import split_commands
from rest.request import Pairs

_ALIASES = {
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
# Options that affect the response and have no equivalent here.
_UNSUPPORTED = {
    "--aws-sigv4": "AWS signatures are computed for each request. No authType supports that",
    "--cert": "Client certificates are not supported",
    "--config": "The options in the file of --config were not read",
    "--digest": "Digest authentication is not supported",
    "--form": "Form bodies are not supported. The integration sends JSON",
    "--negotiate": "Kerberos is not supported",
    "--netrc": "The user and password in the .netrc file were not read",
    "--ntlm": "NTLM is not supported",
    "--proxy": "The proxy was left out. Set HTTPS_PROXY where the integration runs",
    "--upload-file": "Uploads are not supported",
}
_WINDOWS = re.compile(r"\^[ \t]*\n|\^[\"'&%]|\^$")
_CURL = re.compile(r"(.*[/\\])?curl(\.exe)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CurlCommand:
    """The request of a curl command.

    query: what -G and --url-query add to the URL. user: the value of -u. data: the body as text.
    notes: the options that could not be used.
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


def parse_curl(text: str) -> CurlCommand:
    """Parse the first curl command in a text.

    Raises DocumentError: there is none, it is for cmd.exe, it has an unknown option or no URL.
    """
    if _WINDOWS.search(text.replace("\r\n", "\n").strip()):
        raise DocumentError("the command has the syntax of cmd.exe (carets)", hint="Copy it as cURL (bash)")
    words, others = _curl_words(text)
    try:
        parsed, operands = getopt.gnu_getopt(words, SHORT, LONG_OPTIONS)
    except getopt.GetoptError as error:
        raise DocumentError(f"curl: {error.msg}", hint="Remove or correct the option") from error
    options = [(_ALIASES.get(name, name), value) for name, value in parsed]
    urls = [*(value for name, value in options if name == "--url"), *operands]
    if not urls:
        raise DocumentError("the curl command has no URL")
    return _command(urls, options, others)


def _curl_words(text: str) -> tuple[list[str], int]:
    """Return the words after `curl` in the first curl command, and the number of other curl commands."""
    found: list[list[str]] = []
    for command in split_commands(text):
        starts = [number for number, word in enumerate(command) if _CURL.fullmatch(word)]
        if starts:
            found.append(command[starts[0] + 1 :])
    if not found:
        raise DocumentError("this is not a curl command", hint="Paste a command that starts with curl")
    return found[0], len(found) - 1


def _command(urls: Sequence[str], options: Sequence[tuple[str, str]], others: int) -> CurlCommand:
    names = {name for name, _ in options}
    values = dict(options)
    pieces = [(name, value) for name, value in options if name in _DATA]
    data = [text for name, value in pieces if (text := _data(name, value)) is not None]
    notes = [note for name, note in _UNSUPPORTED.items() if name in names]
    notes += [f"The file {value} was not read" for name, value in pieces if _data(name, value) is None]
    if len(urls) > 1 or others or "--next" in names:
        notes.append("Only the first request was read")
    in_query = "--get" in names
    return CurlCommand(
        urls[0],
        _method(values, names),
        tuple(_headers(options)),
        tuple([value for name, value in options if name == "--url-query"] + (data if in_query else [])),
        values.get("--user"),
        None if in_query or not pieces else _joined(pieces, data),
        is_insecure="--insecure" in names,
        has_cookies="--cookie" in names or any(name.lower() == "cookie" for name, _ in _headers(options)),
        notes=tuple(notes),
    )


def _method(values: dict[str, str], names: set[str]) -> str:
    """Return the method of the command, else curl's default."""
    if "--request" in values:
        return values["--request"].upper()
    if names & {"--get", "--head"}:
        return "GET"
    return "POST" if names & (_DATA | {"--form"}) else "GET"


def _headers(options: Sequence[tuple[str, str]]) -> Pairs:
    """Return the headers. curl does not send a header without a value (`Name:`)."""
    split = [value.partition(":") for name, value in options if name == "--header"]
    headers = [(name.strip(), text.strip()) for name, _, text in split if name.strip() and text.strip()]
    tokens = [("Authorization", f"Bearer {value}") for name, value in options if name == "--oauth2-bearer"]
    return tuple(headers + tokens)


def _data(name: str, value: str) -> str | None:
    """Return what an option adds to the data, None if it is in a file."""
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
