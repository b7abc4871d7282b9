"""How an API wants to be asked, by the security requirements of its OpenAPI document."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from builder.imports.openapi.document import Node
from builder.imports.openapi.schemes import Way, way_of
from rest.bodies import Json

# Which schemes go together, each with its scopes.
type Alternative = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Security:
    """settings: authType and what belongs to it, without secrets. notes: what else there is."""

    settings: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def security_of(document: Node, operations: Sequence[Json], base_url: str) -> Security:
    """The first way that settings alone can do, else the first that they can do in part.

    operations: what each of the operations wanted says under `security`, null for nothing.
    Raises DocumentError: a scheme is malformed.
    """
    ways = {name: way_of(name, scheme, base_url) for name, scheme in _schemes(document)}
    alternatives = [
        each for each in _alternatives(document, operations, ways) if each and ways.keys() >= each.keys()
    ]
    if not alternatives:
        return Security()
    best = min(alternatives, key=lambda each: _rank([ways[name] for name in each]))
    main = min((ways[name] for name in best), key=lambda way: _rank([way]))
    settings = dict(main.settings)
    scopes = _scopes(main.name, [*alternatives, *_all_alternatives(operations)])
    if main.needs_scopes and scopes:
        settings["tokenParams"] = {"scope": " ".join(scopes)}
    notes = [main.note] if main.note else []
    notes += [_besides(ways[name]) for name in best if name != main.name]
    others = [name for name in ways if name not in best]
    if others:
        notes.append(f"Other security schemes of the document: {', '.join(others)}")
    return Security(settings, tuple(notes))


def _schemes(document: Node) -> Iterable[tuple[str, Node]]:
    components = document.child("components")
    return [
        *(components.fields("securitySchemes") if components else ()),
        *document.fields("securityDefinitions"),
    ]


def _alternatives(document: Node, operations: Sequence[Json], ways: Mapping[str, Way]) -> list[Alternative]:
    """Of the document; else of most of the operations; else each scheme by itself."""
    if own := _read(document.value.get("security")):
        return own
    said = [security for security in operations if _read(security)]
    if said:
        commonest = Counter(map(json.dumps, said)).most_common(1)[0][0]
        return _read(json.loads(commonest))
    return [{name: ()} for name in ways]


def _all_alternatives(operations: Sequence[Json]) -> list[Alternative]:
    return [alternative for security in operations for alternative in _read(security)]


def _read(security: Json) -> list[Alternative]:
    """[{"oauth": ["read"]}, {}]; what is no such list says nothing."""
    alternatives = security if isinstance(security, list) else []
    return [
        {
            name: [str(scope) for scope in scopes] if isinstance(scopes, list) else []
            for name, scopes in each.items()
        }
        for each in alternatives
        if isinstance(each, dict) and each
    ]


def _rank(ways: Sequence[Way]) -> tuple[bool, bool, int]:
    """Less is better."""
    return any(not way.settings for way in ways), any(bool(way.note) for way in ways), len(ways)


def _scopes(name: str, alternatives: Iterable[Alternative]) -> list[str]:
    return list(dict.fromkeys(scope for each in alternatives for scope in each.get(name, ())))


def _besides(way: Way) -> str:
    if "apiKeyHeader" in way.settings:
        return (
            f"The API wants {way.name} too: put the header {way.settings['apiKeyHeader']} into customHeaders"
        )
    if "apiKeyParam" in way.settings:
        return f"The API wants {way.name} too: put {way.settings['apiKeyParam']} into customQueryParams"
    return way.note or f"The API wants {way.name} too, which goes with no other authType"
