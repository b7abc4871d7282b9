"""A HAR file as settings and endpoints (HAR 1.2)."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from builder.imports.credentials import Credentials, credentials_of
from builder.imports.found import Imported
from builder.imports.har_calls import Call, calls_of, secrets_of
from builder.imports.har_endpoints import endpoints_of
from builder.imports.names import is_about_version
from builder.imports.noise import telling
from builder.imports.redaction import Redaction
from builder.imports.texts import json_from

_WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def read_har(text: str) -> Imported:
    """The listings among the recorded calls of the origin that answered most often with JSON.

    What proves the requests is recognised, and not kept: no credential, cookie or token of the file is in
    what is returned. Raises DocumentError: it is no HAR file.
    """
    document = json_from(text, "HAR file")
    calls = calls_of(document)
    reads = [call for call in calls if call.method == "GET"]
    origins = Counter(call.origin for call in reads)
    if not origins:
        return Imported(
            notes=(
                "The file holds no JSON that a GET request was answered with: was it saved with its content?",
            )
        )
    origin = max(origins, key=lambda each: origins[each])
    own = [call for call in reads if call.origin == origin]
    proofs = [credentials_of(telling(call.headers), call.params).without_values() for call in own]
    commonest = _commonest(proofs)
    return Imported(
        settings={"baseUrl": origin, **commonest.settings},
        endpoints=endpoints_of(own, Redaction(secrets_of(document))),
        notes=(
            *_notes_on_origins(origins, origin),
            *_notes_on_writes(calls, origin),
            *dict.fromkeys(note for each in proofs for note in each.notes),
            *_notes_on_cookies(own, commonest),
            *_notes_on_headers(proofs),
        ),
    )


def _commonest(proofs: Sequence[Credentials]) -> Credentials:
    """How most of the calls prove who is asking, of those that do."""
    by_settings = {_key(each): each for each in reversed(proofs) if each.settings}
    counts = Counter(_key(each) for each in proofs if each.settings)
    return by_settings[counts.most_common(1)[0][0]] if counts else Credentials()


def _key(proofs: Credentials) -> str:
    return json.dumps(dict(proofs.settings), sort_keys=True)


def _notes_on_origins(origins: Mapping[str, int], origin: str) -> list[str]:
    others = [f"{each} ({count})" for each, count in origins.items() if each != origin]
    return [f"Other origins answered with JSON too: {', '.join(others)}"] if others else []


def _notes_on_writes(calls: Sequence[Call], origin: str) -> list[str]:
    count = sum(call.origin == origin and call.method in _WRITING for call in calls)
    return [f"Requests that may write, like POST, were left out: {count}"] if count else []


def _notes_on_cookies(calls: Sequence[Call], proofs: Credentials) -> list[str]:
    if proofs.settings:
        return []
    if any(call.has_cookies for call in calls):
        return ["Only cookies of a browser proved who was asking: see what the API takes of programs"]
    return ["No request shows who was asking: browsers leave that out of HAR files, so choose authType"]


def _notes_on_headers(proofs: Sequence[Credentials]) -> list[str]:
    names = dict.fromkeys(name for each in proofs for name, _ in each.headers if not is_about_version(name))
    return [f"Put into selector.headers what the API needs of: {', '.join(names)}"] if names else []
