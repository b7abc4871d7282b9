"""Choose the authentication of an API from the security requirements of its OpenAPI document."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.security_schemes import SchemeSettings, read_scheme
from rest.bodies import Json

# The schemes that a request needs together, each with its scopes.
type Alternative = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class SecuritySettings:
    """Authentication settings without secrets. notes: what the user has to complete, and other schemes."""

    settings: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def choose_security(document: DocumentNode, operations: Sequence[Json], base_url: str) -> SecuritySettings:
    """Return the first alternative that the settings support fully, else the first supported in part.

    operations: the value of `security` in each operation, null if it has none.
    Raises DocumentError: a scheme is malformed.
    """
    schemes = {name: read_scheme(name, scheme, base_url) for name, scheme in _schemes(document)}
    alternatives = [
        each
        for each in _alternatives(document, operations, schemes)
        if each and schemes.keys() >= each.keys()
    ]
    if not alternatives:
        return SecuritySettings()
    best = min(alternatives, key=lambda each: _rank([schemes[name] for name in each]))
    main = min((schemes[name] for name in best), key=lambda scheme: _rank([scheme]))
    settings = dict(main.settings)
    scopes = _scopes(main.name, [*alternatives, *_all_alternatives(operations)])
    if main.needs_scopes and scopes:
        settings["tokenParams"] = {"scope": " ".join(scopes)}
    notes = [main.note] if main.note else []
    notes += [_additional_scheme_note(schemes[name]) for name in best if name != main.name]
    others = [name for name in schemes if name not in best]
    if others:
        notes.append(f"Other security schemes of the document: {', '.join(others)}")
    return SecuritySettings(settings, tuple(notes))


def _schemes(document: DocumentNode) -> Iterable[tuple[str, DocumentNode]]:
    components = document.child("components")
    return [
        *(components.fields("securitySchemes") if components else ()),
        *document.fields("securityDefinitions"),
    ]


def _alternatives(
    document: DocumentNode, operations: Sequence[Json], schemes: Mapping[str, SchemeSettings]
) -> list[Alternative]:
    """Return the alternatives of the document, else of most operations, else each scheme by itself."""
    if own := _read(document.value.get("security")):
        return own
    declared = [security for security in operations if _read(security)]
    if declared:
        most_common = Counter(map(json.dumps, declared)).most_common(1)[0][0]
        return _read(json.loads(most_common))
    return [{name: ()} for name in schemes]


def _all_alternatives(operations: Sequence[Json]) -> list[Alternative]:
    return [alternative for security in operations for alternative in _read(security)]


def _read(security: Json) -> list[Alternative]:
    """Read a value such as [{"oauth": ["read"]}, {}]. Any other value has no alternatives."""
    alternatives = security if isinstance(security, list) else []
    return [
        {
            name: [str(scope) for scope in scopes] if isinstance(scopes, list) else []
            for name, scopes in each.items()
        }
        for each in alternatives
        if isinstance(each, dict) and each
    ]


def _rank(schemes: Sequence[SchemeSettings]) -> tuple[bool, bool, int]:
    """Return the sort key of an alternative. Lower is better."""
    return (
        any(not scheme.settings for scheme in schemes),
        any(bool(scheme.note) for scheme in schemes),
        len(schemes),
    )


def _scopes(name: str, alternatives: Iterable[Alternative]) -> list[str]:
    return list(dict.fromkeys(scope for each in alternatives for scope in each.get(name, ())))


def _additional_scheme_note(scheme: SchemeSettings) -> str:
    needs = f"The API also needs {scheme.name}"
    if header := scheme.settings.get("apiKeyHeader"):
        return f"{needs}. Add the header {header} to customHeaders"
    if param := scheme.settings.get("apiKeyParam"):
        return f"{needs}. Add {param} to customQueryParams"
    return scheme.note or f"{needs}, which cannot be combined with another authType"
