"""Read a HAR file (HAR 1.2) as settings and endpoints."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from builder.imports.credentials import RequestCredentials, extract_credentials
from builder.imports.har_calls import RecordedCall, collect_secrets, read_calls
from builder.imports.har_endpoints import read_endpoints
from builder.imports.header_filter import keep_significant_headers
from builder.imports.imported import Imported
from builder.imports.name_parts import is_representation_header
from builder.imports.pasted_documents import parse_json_object
from builder.imports.sample_redaction import SampleRedactor

_WRITE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def read_har(text: str) -> Imported:
    """Return the list endpoints of the origin with the most JSON responses.

    The method of authentication is recognised, but the result has no credential, cookie or token of the
    file. Raises DocumentError: the text is not a HAR file.
    """
    document = parse_json_object(text, "HAR file")
    calls = read_calls(document)
    reads = [call for call in calls if call.method == "GET"]
    origins = Counter(call.origin for call in reads)
    if not origins:
        return Imported(
            notes=("The file has no JSON response to a GET request. Save the HAR file with content",)
        )
    origin = max(origins, key=lambda each: origins[each])
    own = [call for call in reads if call.origin == origin]
    credentials = [
        extract_credentials(keep_significant_headers(call.headers), call.params).without_secrets()
        for call in own
    ]
    most_common = _most_common(credentials)
    return Imported(
        settings={"baseUrl": origin, **most_common.settings},
        endpoints=read_endpoints(own, SampleRedactor(collect_secrets(document))),
        notes=(
            *_notes_on_origins(origins, origin),
            *_notes_on_writes(calls, origin),
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


def _notes_on_origins(origins: Mapping[str, int], origin: str) -> list[str]:
    others = [f"{each} ({count})" for each, count in origins.items() if each != origin]
    return [f"Other origins returned JSON too: {', '.join(others)}"] if others else []


def _notes_on_writes(calls: Sequence[RecordedCall], origin: str) -> list[str]:
    count = sum(call.origin == origin and call.method in _WRITE_METHODS for call in calls)
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
