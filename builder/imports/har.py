"""Read a HAR file (HAR 1.2) as settings and endpoints."""

import json
from collections import Counter
from collections.abc import Sequence

from builder.imports.credentials import RequestCredentials, extract_credentials
from builder.imports.har_calls import RecordedCall, read_calls
from builder.imports.har_endpoints import read_endpoints
from builder.imports.har_origins import choose_origin
from builder.imports.har_secrets import collect_secrets
from builder.imports.header_filter import keep_significant_headers
from builder.imports.imported import Imported
from builder.imports.name_parts import is_representation_header
from builder.imports.pasted_documents import parse_json_object
from builder.imports.sample_redaction import SampleRedactor

_WRITE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def read_har(text: str) -> Imported:
    """Return the list endpoints of the origin with the most listings.

    The method of authentication is recognised, but the result has no credential, cookie or token of the
    file. Raises DocumentError: the text is not a HAR file.
    """
    document = parse_json_object(text, "HAR file")
    recording = read_calls(document)
    reads = [call for call in recording.calls if call.is_read]
    missing = _notes_on_missing(recording.unreadable)
    if not reads:
        note = "The file has no JSON response to a request that reads. Save the HAR file with content"
        return Imported(notes=(note, *missing))
    chosen = choose_origin(reads)
    own = [call for call in reads if call.origin == chosen.origin]
    credentials = [
        extract_credentials(keep_significant_headers(call.headers), call.params).without_secrets()
        for call in own
    ]
    most_common = _most_common(credentials)
    endpoints = read_endpoints(own, SampleRedactor(collect_secrets(document)))
    return Imported(
        settings={"baseUrl": chosen.origin, **most_common.settings},
        endpoints=endpoints,
        notes=(
            *([] if endpoints else ["No response is a list of items. Record the pages that show lists"]),
            *chosen.notes,
            *missing,
            *_notes_on_writes(recording.calls, chosen.origin),
            *dict.fromkeys(note for each in credentials for note in each.notes),
            *_notes_on_cookies(own, most_common),
            *_notes_on_headers(credentials),
        ),
    )


def _most_common(credentials: Sequence[RequestCredentials]) -> RequestCredentials:
    """Return the most common credentials of the calls that have any."""
    by_settings = {_key(each): each for each in reversed(credentials) if each.settings}
    counts = Counter(_key(each) for each in credentials if each.settings)
    return by_settings[counts.most_common(1)[0][0]] if counts else RequestCredentials()


def _key(credentials: RequestCredentials) -> str:
    return json.dumps(dict(credentials.settings), sort_keys=True)


def _notes_on_missing(count: int) -> list[str]:
    if not count:
        return []
    return [f"JSON responses whose body is not in the file: {count}. Save the HAR file with content"]


def _notes_on_writes(calls: Sequence[RecordedCall], origin: str) -> list[str]:
    count = sum(
        call.origin == origin and call.method in _WRITE_METHODS and not call.is_read for call in calls
    )
    return [f"Requests that may change data, such as POST, were left out: {count}"] if count else []


def _notes_on_cookies(calls: Sequence[RecordedCall], credentials: RequestCredentials) -> list[str]:
    if credentials.settings:
        return []
    if any(call.has_cookies for call in calls):
        return ["The requests use browser cookies only. Look up how programs authenticate with the API"]
    return ["No request has credentials, because browsers remove them from HAR files. Choose authType"]


def _notes_on_headers(credentials: Sequence[RequestCredentials]) -> list[str]:
    names = dict.fromkeys(
        name for each in credentials for name, _ in each.headers if not is_representation_header(name)
    )
    return [f"Add to selector.headers those that the API requires: {', '.join(names)}"] if names else []
