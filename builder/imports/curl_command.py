"""Parse curl command lines into the requests that they make."""

import getopt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from builder.imports.curl_options import LONG_OPTIONS, SHORT
from builder.imports.declared_auth import (
    aws_settings_of_curl,
    certificate_settings_of_curl,
    digest_settings,
)
from builder.imports.imported import DocumentError
from builder.imports.saved_request import SavedRequest
from builder.imports.secret_detection import is_secret_name
from builder.imports.shell import ShellCommand, read_commands
from builder.imports.url_globs import split_last_segment
from rest.bodies import Json
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
}
_PARTS = frozenset({"--form", "--form-string"})
_DATA = frozenset({"--data", "--data-binary", "--data-raw", "--data-urlencode", "--json"})
# Options that affect the response and have no equivalent here.
_UNSUPPORTED = {
    "--config": "The options in the file of --config were not read",
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
    for words, stdin, secrets in _curl_words(read_commands(text)):
        requests += [replace(each, secrets=secrets) for each in _requests(words, stdin)]
        if len(requests) > _MAX_REQUESTS:
            raise DocumentError(
                f"the text has more than {_MAX_REQUESTS:,} requests", hint="Paste fewer commands"
            )
    if not requests:
        raise DocumentError("this is not a curl command", hint="Paste a command that starts with curl")
    return requests


def _curl_words(commands: Sequence[ShellCommand]) -> Iterator[tuple[list[str], str | None, frozenset[str]]]:
    """Yield the words after `curl` of each request, the text that is piped into the command, and the values
    of variables with the name of a secret.
    """
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
        secrets = frozenset(text for name, text in variables.items() if is_secret_name(name, "query"))
        words: list[str] = []
        for word in command.words[starts[0] + 1 :]:
            if word in _NEXT:
                yield words, None, secrets
                words = []
            else:
                words.append(_filled(word, variables))
        yield words, command.stdin if command.stdin is not None else piped, secrets


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
    if names & {"--cert", "--cacert", "--key"}:
        notes.append("The certificates are files. Their paths must exist where the integration runs")
    # What looks like the name of a file can be a secret with an @.
    notes += [f"The file of {name} was not read" for name, value in pieces if _data(name, value) is None]
    if any(name == "--header" and value.startswith("@") for name, value in options):
        notes.append("The headers in the file of --header were not read")
    parts = [part for name, value in options if (part := _part(name, value))]
    if any(name == "--form" and _part(name, value) is None for name, value in options):
        notes.append("The files of --form were left out")
    in_query = "--get" in names
    return SavedRequest(
        url,
        _method(values, names),
        tuple(_headers(options)),
        tuple(
            [_url_query(value) for name, value in options if name == "--url-query"]
            + (data if in_query else [])
        ),
        user=None if "--aws-sigv4" in names else values.get("--user"),
        settings=_settings(url, values),
        data=None if in_query or not pieces else _joined(pieces, data),
        parts=tuple(parts),
        globs="--globoff" not in names,
        is_insecure="--insecure" in names,
        has_cookies="--cookie" in names or any(name.lower() == "cookie" for name, _ in _headers(options)),
        notes=tuple(notes),
    )


def _settings(url: str, values: Mapping[str, str]) -> dict[str, Json]:
    """Return the settings of the options for signatures, Digest and certificates."""
    settings = certificate_settings_of_curl(values)
    user = values.get("--user", "")
    if "--aws-sigv4" in values:
        return settings | aws_settings_of_curl(url, values["--aws-sigv4"], user)
    if "--digest" in values:
        return settings | digest_settings(user)
    return settings


def _method(values: dict[str, str], names: set[str]) -> str:
    """Return the method of the command, else curl's default."""
    if "--request" in values:
        return values["--request"].upper()
    if names & {"--get", "--head"}:
        return "GET"
    return "POST" if names & (_DATA | _PARTS) else "GET"


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


def _part(name: str, value: str) -> tuple[str, str] | None:
    """Return the field of an option for multipart forms. None: it is another option, or sends a file."""
    key, sign, text = value.partition("=")
    if name not in _PARTS or not sign or (name == "--form" and text[:1] in ("@", "<")):
        return None
    # `name=value;type=text/plain`
    return key, text if name == "--form-string" else text.partition(";type=")[0].strip('"')


def _url_query(value: str) -> str:
    """Return what --url-query adds: `+` before a value sends it as it is."""
    return value[1:] if value.startswith("+") else (_data("--data-urlencode", value) or "")


def _joined(pieces: Sequence[tuple[str, str]], data: Sequence[str]) -> str | None:
    if not data:
        return None
    return ("" if all(name == "--json" for name, _ in pieces) else "&").join(data)
