"""A new integration, asked for in the terminal: connection, endpoints, and what to make of their items."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from builder.cli.shown import console, entities_table
from builder.draft import Draft, Installation, Source
from builder.inference import (
    Proposal,
    SampledSource,
    find_pagination,
    find_parents,
    find_relations,
    propose,
)
from builder.install import bundle
from builder.preview import previewed
from builder.sampling import Answer, asked, settings_of
from configuration.resource import PLACEHOLDER
from expressions.paths import jq_path
from rest.bodies import Json
from rest.errors import ItemsError, ResourceError
from rest.page import Item
from rest.request import Request

_AUTH_TYPES = ("none", "bearer_token", "api_key", "basic", "oauth2")
_CREDENTIALS: Mapping[str, tuple[str, ...]] = {
    "bearer_token": ("apiToken",),
    "api_key": ("apiKey", "apiKeyHeader"),
    "basic": ("username", "password"),
    "oauth2": ("tokenUrl", "clientId", "clientSecret"),
}
_HIDDEN = frozenset({"apiToken", "apiKey", "password", "clientSecret"})
_DEFAULTS = {"apiKeyHeader": "X-API-Key"}
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Answers:
    """How questions are answered. yes: every proposal is taken, and nothing is asked."""

    yes: bool = False

    def text(self, question: str, default: str | None = None, *, hidden: bool = False) -> str:
        """Raises ResourceError: there is nothing to propose, and nobody to ask."""
        if not self.yes:
            answer: str = click.prompt(question, default=default, hide_input=hidden)
            return answer
        if default is None:
            raise ResourceError(f"{question}: is missing", hint="Give it as an option, or in the environment")
        return default

    def one_of(self, question: str, choices: tuple[str, ...], default: str) -> str:
        """One of the choices."""
        if self.yes:
            return default
        answer: str = click.prompt(question, default=default, type=click.Choice(choices))
        return answer

    def agreed(self, question: str, *, default: bool = True) -> bool:
        """Yes or no."""
        return default if self.yes else click.confirm(question, default=default)


@dataclass(slots=True)
class Built:
    """What has been chosen so far."""

    settings: dict[str, Json]
    sampled: list[SampledSource] = field(default_factory=list)

    def draft(self, installation: Installation) -> Draft:
        """All of it, with the relations between its endpoints."""
        return Draft(self.settings, tuple(each.source for each in self.sampled), installation)


def connection(answers: Answers, known: Mapping[str, Json]) -> dict[str, Json]:
    """The settings: those that are known, and what else the chosen authentication needs.

    Raises SettingsError: one of them is wrong.
    """
    settings = dict(known)
    if "baseUrl" not in settings:
        settings["baseUrl"] = answers.text("Base URL of the API")
    if "authType" not in settings:
        settings["authType"] = answers.one_of("Authentication", _AUTH_TYPES, "none")
    for name in _CREDENTIALS.get(str(settings["authType"]), ()):
        if name not in settings and "authValue" not in settings:
            settings[name] = answers.text(name, _DEFAULTS.get(name), hidden=name in _HIDDEN)
    settings.setdefault("paginationType", "auto")
    settings_of(settings)
    return settings


async def endpoint(answers: Answers, built: Built, kind: str) -> None:
    """Adds an endpoint: its sample is fetched, and what it could become is shown and agreed upon."""
    selector = _parameters(answers, built, kind)
    click.echo(f"Fetching a sample of {kind} ...")
    answer = await asked(built.settings, kind, selector)
    found = _chosen(answers, kind, answer)
    for reason in found.reasons:
        click.echo(f"  {reason}")
    click.echo(f"  {_pages(answer, found)}")
    source = _named(answers, replace(found.source, selector={**found.source.selector, **selector}))
    items = answer.items(jq_path(str(found.source.selector["data_path"])))
    built.sampled.append(SampledSource(source, items))
    await _show(built, source, items)


def relate(answers: Answers, built: Built) -> None:
    """Adds the relations between the endpoints that are agreed upon."""
    for found in find_relations(built.sampled):
        place = next(
            number for number, each in enumerate(built.sampled) if each.source.kind == found.source.kind
        )
        source = built.sampled[place].source
        if answers.agreed(f"Relate {source.blueprint.identifier} to {found.relation.target}? {found.why}"):
            blueprint = replace(source.blueprint, relations=(*source.blueprint.relations, found.relation))
            built.sampled[place] = replace(built.sampled[place], source=replace(source, blueprint=blueprint))


def written(draft: Draft, folder: Path) -> list[Path]:
    """Everything that installs it, as files; secrets are placeholders in them.

    Raises ResourceError: one of them is there already.
    """
    files = {folder / name: text for name, text in bundle(draft).items()}
    there = [path for path in files if path.exists()]
    if there:
        raise ResourceError(f"{there[0]} is there already", hint="Name another folder with --output")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def _parameters(answers: Answers, built: Built, kind: str) -> dict[str, Json]:
    """`path_parameters` of a kind with placeholders: from the endpoints before, else by asking."""
    names = list(dict.fromkeys(match["name"] for match in PLACEHOLDER.finditer(kind)))
    if not names:
        return {}
    source = Source(kind, built.sampled[0].source.blueprint, "") if built.sampled else None
    found = find_parents(source, built.sampled) if source else {}
    parameters: dict[str, Json] = {}
    for name in names:
        if name in found:
            parameters[name] = dict(found[name].selector)
            click.echo(f"  {{{name}}} is taken from {found[name].selector['endpoint']}")
        else:
            values = answers.text(f"Values of {{{name}}}, with commas between them")
            parameters[name] = {"values": [value.strip() for value in values.split(",") if value.strip()]}
    return {"path_parameters": parameters}


def _chosen(answers: Answers, kind: str, answer: Answer) -> Proposal:
    found = propose(kind, answer.first.body)
    if not found.items:
        raise ItemsError("there is no item in the sample", hint="Take an endpoint that lists something")
    lists = [each for each in found.lists if each.count][:_SHOWN]
    if len(lists) < 2:
        return found
    for number, each in enumerate(lists, 1):
        click.echo(f"  {number}. {each.data_path} ({each.count}): {each.why}")
    numbers = tuple(str(number) for number in range(1, len(lists) + 1))
    number = int(answers.one_of("Which of them are the items?", numbers, "1"))
    return found if number == 1 else propose(kind, answer.first.body, lists[number - 1].data_path)


def _pages(answer: Answer, found: Proposal) -> str:
    pages = find_pagination(Request("GET", answer.url), answer.first, str(found.source.selector["data_path"]))
    if not pages.is_recognised:
        return pages.problem or f"Pages: nothing is recognised. {pages.hints[0]}"
    return f"Pages: {pages.next_rule}. {pages.stop_rule}"


def _named(answers: Answers, source: Source) -> Source:
    identifier = answers.text("Blueprint", source.blueprint.identifier)
    blueprint = replace(source.blueprint, identifier=identifier)
    expression = answers.text("Identifier (jq)", source.identifier or None)
    return replace(source, blueprint=blueprint, identifier=expression)


async def _show(built: Built, source: Source, items: list[Item]) -> None:
    preview = await previewed(built.draft(Installation()), source, items)
    few = [problem for problem in preview.problems if problem.number < _SHOWN]
    title = f"{source.kind}: {len(preview.entities)} entities, {len(preview.problems)} problems"
    console().print(entities_table(title, preview.entities[:_SHOWN], few))
