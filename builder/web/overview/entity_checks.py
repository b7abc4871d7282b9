"""The entities of all endpoints, checked against Port's rules. Unchanged endpoints are not mapped again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from builder.draft import Draft, Source
from builder.install import blueprints
from builder.port_rules import Problem
from builder.preview import preview_entities
from builder.web.choose.endpoint import EndpointForm, PropertyRow, RelationRow, Sample
from builder.web.overview.facts import EntityFacts
from builder.web.page.issues import Issue
from builder.web.page.workspace import Workspace
from rest.bodies import Json
from rest.errors import SyncError
from rest.origin import Redactor

_UNIQUE_ADVICE = "Choose a field that is unique for each item, or join several fields in jq"
_PARTS = {"identifier": "Identifier", "title": "Title"}


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was checked, to recognize it, and the result."""

    sample: Sample
    source: Source
    blueprint: Mapping[str, Json]
    facts: EntityFacts


@dataclass(slots=True)
class EntityChecks:
    """The results by the number of the endpoint. Those of earlier inputs are ignored."""

    _results: dict[int, _Checked] = field(default_factory=dict)

    async def run(
        self, workspace: Workspace, sources: Mapping[int, Source], redact: Redactor
    ) -> dict[int, EntityFacts]:
        """Return the facts of all endpoints with a sample. sources: those that are complete."""
        draft = Draft(sources=tuple(sources.values()))
        documents = {str(each["identifier"]): each for each in blueprints(draft)}
        found: dict[int, EntityFacts] = {}
        for form in workspace.sampled:
            source = sources.get(form.number)
            if form.sample is None or source is None:
                continue
            document = documents[source.blueprint.identifier]
            known = self._results.get(form.number)
            if known is None or not _is_same(known, form.sample, source, document):
                facts = await _check(draft, form, source, form.sample)
                known = _Checked(form.sample, source, document, facts)
                self._results[form.number] = known
            found[form.number] = _redacted(known.facts, redact)
        self._results = {number: self._results[number] for number in found}
        return found


def _is_same(known: _Checked, sample: Sample, source: Source, blueprint: Mapping[str, Json]) -> bool:
    return known.sample is sample and known.source == source and known.blueprint == blueprint


async def _check(draft: Draft, form: EndpointForm, source: Source, sample: Sample) -> EntityFacts:
    """Map all items of a sample: an identifier is unique only if it is unique over all of them."""
    try:
        preview = await preview_entities(draft, source, sample.items)
    except SyncError as error:
        return EntityFacts(problems=(Issue("query", "Filter", str(error)),))
    problems = tuple(_issues(preview.problems, len(preview.entities), form))
    doubts = [Issue("properties", "Entities", note) for note in preview.notes]
    if sample.items and not preview.entities:
        doubts.append(Issue("query", "Filter", "No item of the sample becomes an entity"))
    return EntityFacts(len(preview.entities), problems, tuple(doubts))


def _issues(problems: Sequence[Problem], count: int, form: EndpointForm) -> Iterator[Issue]:
    """Yield one issue per field, with the number of entities that have it."""
    by_field: dict[str, list[Problem]] = {}
    for each in problems:
        by_field.setdefault(each.field, []).append(each)
    for name, found in by_field.items():
        broken = len({each.number for each in found})
        message = f"{broken} of {count} entities. Entity {found[0].number + 1}: {found[0].message}"
        advice = _UNIQUE_ADVICE if found[0].is_duplicate else ""
        yield Issue(_input_of(name, form), _PARTS.get(name, name), message, advice=advice)


def _input_of(name: str, form: EndpointForm) -> str:
    """Return the id of the input for a part of the entity."""
    if name in _PARTS:
        return name
    inputs = {f"relation-{number}": row.relation.name for number, row in _selected(form.relations)}
    owned = enumerate(form.own_relations)
    inputs |= {f"own-relation-{number}-expression": each.name.strip() for number, each in owned}
    inputs |= {f"row-{number}-expression": row.name.strip() for number, row in _selected(form.rows)}
    return next((field for field, own in reversed(inputs.items()) if own == name), "relations")


def _selected[T: (PropertyRow, RelationRow)](rows: Sequence[T]) -> Iterator[tuple[int, T]]:
    return ((number, row) for number, row in enumerate(rows) if row.is_selected)


def _redacted(facts: EntityFacts, redact: Redactor) -> EntityFacts:
    """Return the facts without the secrets that an API may repeat in its values."""

    def safe(issues: Sequence[Issue]) -> tuple[Issue, ...]:
        return tuple(replace(each, message=redact(each.message)) for each in issues)

    return replace(facts, problems=safe(facts.problems), doubts=safe(facts.doubts))
