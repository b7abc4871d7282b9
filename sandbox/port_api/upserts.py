"""Entity upserts. Each request reads stored entities once, decides per entity, and writes once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.port_api.blueprints import Blueprint
from sandbox.port_api.entities import Entity, targets_of
from sandbox.port_api.errors import PortError, already_exists, invalid, not_found
from sandbox.port_api.graph import Graph
from sandbox.port_api.json_codec import Document, Json, dump, sorted_dump
from sandbox.port_api.search import compile_query
from sandbox.port_api.search_rules import IDENTIFYING
from sandbox.port_api.text_rules import is_entity_identifier

_MAX_FOUND_RELATIONS = 100
_BARE: Document = {"properties": {}, "relations": {}}
_SENT_AS_IS = ("title", "icon", "team")


@dataclass(frozen=True, slots=True)
class WriteMode:
    """How to write.

    upsert: an existing entity is not a conflict; merge: fields that are not sent are kept.
    create_missing: missing relation targets are created with an identifier only.
    touch_unchanged: updatedAt changes even if nothing else does.
    """

    upsert: bool = False
    merge: bool = False
    create_missing: bool = False
    touch_unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Author:
    """The source of a write. datasource: the User-Agent; moment: microseconds since 1970."""

    datasource: str
    moment: int


@dataclass(frozen=True, slots=True)
class UpsertResult:
    """A written entity. created: it did not exist before."""

    entity: Entity
    created: bool


class Upserts:
    """The entities of one request and one blueprint. Nothing is stored before `save`."""

    def __init__(self, graph: Graph, blueprint: Blueprint, mode: WriteMode, author: Author) -> None:
        self._graph = graph
        self._entities = graph.entities
        self._blueprint = blueprint
        self._rules = blueprint.rules
        self._mode = mode
        self._author = author
        self._stored: dict[str, Entity | None] = {}
        self._targets: dict[str, set[str]] = defaultdict(set)
        self._changed: dict[tuple[str, str], Entity] = {}
        self._replaced: dict[tuple[str, str], Entity] = {}
        self._links: dict[str, Document] = {}

    def prepare(self, bodies: Iterable[Json]) -> None:
        """Prefetch existing entities and relation targets. Otherwise `write` queries them one by one."""
        names: set[str] = set()
        targets: dict[str, set[str]] = defaultdict(set)
        relations = self._rules.relations
        for body in bodies:
            if not isinstance(body, dict):
                continue
            if isinstance(body.get("identifier"), str):
                names.add(str(body["identifier"]))
            values = body.get("relations")
            for name, value in values.items() if relations and isinstance(values, dict) else ():
                if name in relations:
                    targets[relations[name].target].update(targets_of(value))
        self._stored = dict.fromkeys(names) | self._entities.get_many(self._blueprint.identifier, names)
        for blueprint, identifiers in targets.items():
            self._targets[blueprint] = self._entities.existing(blueprint, identifiers)

    def write(self, body: Json) -> UpsertResult:
        """Validate an entity and add it to those to save.

        Raises PortError: 404 a relation target or a search finds nothing, 409 the entity exists, 422 invalid.
        """
        if not isinstance(body, dict):
            raise invalid("an entity must be object")
        identifier = self._identifier(body.get("identifier"))
        sent = self._sent(body)
        self._rules.check_content(sent)
        old = self._find(identifier)
        if old is not None and not self._mode.upsert:
            raise already_exists("Entity", identifier)
        content = self._content(sent, old)
        self._rules.check_complete(content)
        self._resolve_targets(identifier, sent["relations"])
        return UpsertResult(self._store_entity(identifier, content, old), old is None)

    def save(self) -> None:
        """Store all written entities."""
        if self._changed:
            self._entities.save(self._changed.values())
            for key, entity in self._changed.items():
                self._graph.recent_changes.note(self._author.moment, self._replaced.get(key), entity)
        if self._links:
            self._entities.link(self._blueprint.identifier, self._links)

    def _identifier(self, value: Json) -> str:
        if isinstance(value, str):
            if not is_entity_identifier(value):
                raise invalid(f"identifier does not match the pattern or is too long: {value!r:.120}")
            return value
        if not isinstance(value, dict):
            raise invalid("identifier must be string or a search query")
        found = self._search(self._blueprint.identifier, value, at_most=2)
        if not found:
            raise PortError(404, "not_found", "no entity matches the search query of the identifier")
        if len(found) > 1:
            raise invalid("the search query of the identifier matches more than one entity")
        return found[0]

    def _sent(self, body: dict[str, Json]) -> Document:
        """Return the entity's fields, with searches replaced by their results."""
        sent: Document = {field: body[field] for field in _SENT_AS_IS if field in body}
        if isinstance(body.get("team"), dict):
            sent["team"] = self._search("_team", body["team"], _MAX_FOUND_RELATIONS)
        sent["properties"] = body.get("properties", {})
        relations = body.get("relations", {})
        if isinstance(relations, dict):
            relations = {
                name: self._related(name, value) if isinstance(value, dict) else value
                for name, value in relations.items()
            }
        sent["relations"] = relations
        return sent

    def _related(self, name: str, value: dict[str, Json]) -> Json:
        relation = self._rules.relations.get(name)
        if relation is None:
            return value
        found = self._search(relation.target, value, _MAX_FOUND_RELATIONS)
        if relation.many:
            return list[Json](found)
        if len(found) > 1:
            raise invalid(f"the search query of relations/{name} matches more than one entity")
        return found[0] if found else None

    def _search(self, blueprint: str, query: Json, at_most: int) -> list[str]:
        matches = compile_query(query, self._graph, IDENTIFYING).run(self._entities, blueprint)
        return [entity.identifier for _, entity in zip(range(at_most), matches, strict=False)]

    def _find(self, identifier: str) -> Entity | None:
        if identifier not in self._stored:
            self._stored |= self._entities.get_many(self._blueprint.identifier, [identifier])
        return self._stored.get(identifier)

    def _content(self, sent: Document, old: Entity | None) -> Document:
        if old is None:
            return {**sent, "properties": {**self._rules.defaults, **sent["properties"]}}
        if not self._mode.merge:
            return sent
        kept = old.content
        return {
            **kept,
            **sent,
            "properties": {**kept["properties"], **sent["properties"]},
            "relations": {**kept["relations"], **sent["relations"]},
        }

    def _resolve_targets(self, identifier: str, relations: Document) -> None:
        """Create missing targets. Raises PortError (404): a target is missing and may not be created."""
        missing: list[tuple[str, str]] = []
        for name, value in relations.items():
            blueprint = self._rules.relations[name].target
            missing += [
                (blueprint, t) for t in targets_of(value) if not self._exists(blueprint, t, identifier)
            ]
        for blueprint, target in missing:
            if not self._mode.create_missing or blueprint.startswith("_"):
                raise not_found(f'Related entity of blueprint "{blueprint}"', target)
        for blueprint, target in missing:
            self._create_bare(blueprint, target)

    def _exists(self, blueprint: str, target: str, own_identifier: str) -> bool:
        if blueprint == self._blueprint.identifier and (target == own_identifier or self._stored.get(target)):
            return True
        known = self._targets[blueprint]
        if target not in known:
            known |= self._entities.existing(blueprint, [target])
        return target in known

    def _create_bare(self, blueprint: str, identifier: str) -> None:
        entity = self._new(blueprint, identifier, _BARE)
        self._changed[blueprint, identifier] = entity
        self._targets[blueprint].add(identifier)
        if blueprint == self._blueprint.identifier:
            self._stored[identifier] = entity

    def _store_entity(self, identifier: str, content: Document, old: Entity | None) -> Entity:
        author, text = self._author, dump(content)
        moment = created_at = author.moment
        if old is not None:
            created_at = old.created_at
            if not self._mode.touch_unchanged and _same(content, text, old):
                if old.datasource == author.datasource:
                    return old
                moment = old.updated_at
        if content["relations"] != (old.content["relations"] if old else {}):
            self._links[identifier] = content["relations"]
        blueprint = self._blueprint.identifier
        if old is not None and old.id:
            self._replaced.setdefault((blueprint, identifier), old)
        new = Entity(old.id if old else 0, blueprint, identifier, author.datasource, created_at, moment, text)
        self._stored[identifier] = self._changed[blueprint, identifier] = new
        return new

    def _new(self, blueprint: str, identifier: str, content: Document) -> Entity:
        author = self._author
        return Entity(
            0, blueprint, identifier, author.datasource, author.moment, author.moment, dump(content)
        )


def _same(content: Document, text: str, old: Entity) -> bool:
    """Return whether this is the stored value. The order of keys does not matter."""
    return text == old.text or (content == old.content and sorted_dump(content) == sorted_dump(old.content))
