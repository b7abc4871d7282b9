"""Parse curl command lines into the requests that they make."""

import getopt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from builder.imports.curl_options import LONG_OPTIONS, SHORT
from builder.imports.imported import DocumentError
from builder.imports.saved_request import SavedRequest
from builder.imports.shell import ShellCommand, read_commands
from builder.imports.url_globs import split_last_segment
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
    "-g": "--globoff",
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
# A variable that the text sets itself.
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=([^$]+)")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_NEXT = ("--next", "-:")
_MAX_REQUESTS = 200
_CURL = re.compile(r"(.*[/\\])?curl(\.exe)?", re.IGNORECASE)


def parse_curl(text: str) -> list[SavedRequest]:
    """Return the requests of the curl commands in a text, in order: one for each URL.

    Raises DocumentError: there is none, it has an unknown option, or no URL.
    """
    requests: list[SavedRequest] = []
    for words, stdin in _curl_words(read_commands(text)):
        requests += _requests(words, stdin)
        if len(requests) > _MAX_REQUESTS:
            raise DocumentError(
                f"the text has more than {_MAX_REQUESTS:,} requests", hint="Paste fewer commands"
            )
    if not requests:
        raise DocumentError("this is not a curl command", hint="Paste a command that starts with curl")
    return requests


def _curl_words(commands: Sequence[ShellCommand]) -> Iterator[tuple[list[str], str | None]]:
    """Yield the words after `curl` of each request, and the text that is piped into the command."""
    before: list[str] = []
    variables: dict[str, str] = {}
    for command in commands:
        starts = [number for number, word in enumerate(command.words) if _CURL.fullmatch(word)]
        piped = " ".join(before[1:]) if before and before[0] in ("echo", "printf") else None
        before = command.words
        own = command.words[: starts[0]] if starts else command.words
        variables |= {found[1]: found[2] for word in own if (found := _ASSIGNMENT.fullmatch(word))}
        if not starts:
            continue
        words: list[str] = []
        for word in command.words[starts[0] + 1 :]:
            if word in _NEXT:
                yield words, None
                words = []
            else:
                words.append(_filled(word, variables))
        yield words, command.stdin if command.stdin is not None else piped


def _filled(word: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), word)


def _requests(words: Sequence[str], stdin: str | None) -> list[SavedRequest]:
    """Return one request for each URL."""
    try:
        parsed, operands = getopt.gnu_getopt(list(words), SHORT, LONG_OPTIONS)
    except getopt.GetoptError as error:
        raise DocumentError(f"curl: {error.msg}", hint="Remove or correct the option") from error
    options = [(_ALIASES.get(name, name), value) for name, value in parsed]
    urls = [*(value for name, value in options if name == "--url"), *operands]
    if not urls:
        raise DocumentError("the curl command has no URL")
    if stdin is not None:
        options = [_with_stdin(name, value, stdin) for name, value in options]
    request = _request(urls[0], options)
    if request.globs:
        urls = [each for url in urls for each in split_last_segment(url)]
    return [replace(request, url=url) for url in urls]


def _with_stdin(name: str, value: str, stdin: str) -> tuple[str, str]:
    return (
        ("--json" if name == "--json" else "--data-raw", stdin)
        if name in _DATA and value == "@-"
        else (name, value)
    )


def _request(url: str, options: Sequence[tuple[str, str]]) -> SavedRequest:
    names = {name for name, _ in options}
    values = dict(options)
    pieces = [(name, value) for name, value in options if name in _DATA]
    data = [text for name, value in pieces if (text := _data(name, value)) is not None]
    notes = [note for name, note in _UNSUPPORTED.items() if name in names]
    notes += [f"The file {value} was not read" for name, value in pieces if _data(name, value) is None]
    files = [value for name, value in options if name == "--header" and value.startswith("@")]
    notes += [f"The headers in the file {value} were not read" for value in files]
    in_query = "--get" in names
    return SavedRequest(
        url,
        _method(values, names),
        tuple(_headers(options)),
        tuple(
            [_url_query(value) for name, value in options if name == "--url-query"]
            + (data if in_query else [])
        ),
        user=values.get("--user"),
        data=None if in_query or not pieces else _joined(pieces, data),
        globs="--globoff" not in names,
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
    split = [value.partition(":") for name, value in options if name == "--header" and value[:1] != "@"]
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


def _url_query(value: str) -> str:
    """Return what --url-query adds: `+` before a value sends it as it is."""
    return value[1:] if value.startswith("+") else (_data("--data-urlencode", value) or "")


def _joined(pieces: Sequence[tuple[str, str]], data: Sequence[str]) -> str | None:
    if not data:
        return None
    return ("" if all(name == "--json" for name, _ in pieces) else "&").join(data)
