"""The `init` command: asks for connection and endpoints, and proposes what their items become."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from builder.cli.output import console, entities_table
from builder.draft import Blueprint, Draft, Installation, Source
from builder.inference import (
    Proposal,
    SampledSource,
    find_pagination,
    find_parents,
    find_relations,
    propose_from_samples,
)
from builder.install import bundle
from builder.preview import preview_entities
from builder.sampling import Answer, fetch_sample, settings_of
from configuration.resource import PLACEHOLDER
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
_MAX_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Prompt:
    """Asks the user. yes: accept all proposals without asking."""

    yes: bool = False

    def text(self, question: str, default: str | None = None, *, hidden: bool = False) -> str:
        """Return a text. Raises ResourceError: nobody to ask and no default."""
        if not self.yes:
            text: str = click.prompt(question, default=default, hide_input=hidden)
            return text
        if default is None:
            raise ResourceError(
                f"{question}: required with --yes", hint="Set it as an option or in the environment"
            )
        return default

    def choice(self, question: str, choices: tuple[str, ...], default: str) -> str:
        """Return one of the choices."""
        if self.yes:
            return default
        choice: str = click.prompt(question, default=default, type=click.Choice(choices))
        return choice

    def confirm(self, question: str, *, default: bool = True) -> bool:
        """Return yes or no."""
        return default if self.yes else click.confirm(question, default=default)


@dataclass(slots=True)
class Builder:
    """The integration so far."""

    settings: dict[str, Json]
    sampled: list[SampledSource] = field(default_factory=list)

    def draft(self, installation: Installation) -> Draft:
        """Return the integration as a draft."""
        return Draft(self.settings, tuple(each.source for each in self.sampled), installation)


def ask_connection(prompt: Prompt, known: Mapping[str, Json]) -> dict[str, Json]:
    """Return the known settings, completed by those that the authentication type needs.

    Raises SettingsError: a setting is wrong.
    """
    settings = dict(known)
    if "baseUrl" not in settings:
        settings["baseUrl"] = prompt.text("Base URL of the API")
    if "authType" not in settings:
        settings["authType"] = prompt.choice("Authentication", _AUTH_TYPES, "none")
    for name in _CREDENTIALS.get(str(settings["authType"]), ()):
        if name not in settings and "authValue" not in settings:
            settings[name] = prompt.text(name, _DEFAULTS.get(name), hidden=name in _HIDDEN)
    settings.setdefault("paginationType", "auto")
    settings_of(settings)
    return settings


async def add_endpoint(prompt: Prompt, builder: Builder, kind: str) -> None:
    """Fetch a sample of an endpoint, let the user confirm its mapping, and add it."""
    selector = _ask_parameters(prompt, builder, kind)
    click.echo(f"Fetching a sample of {kind} ...")
    answer = await fetch_sample(builder.settings, kind, selector)
    chosen = _ask_items(prompt, kind, answer)
    for reason in chosen.reasons:
        click.echo(f"  {reason}")
    click.echo(f"  {_pagination(answer, chosen)}")
    source = _ask_names(prompt, replace(chosen.source, selector={**chosen.source.selector, **selector}))
    builder.sampled.append(SampledSource(source, chosen.items))
    await _show_preview(builder, source, chosen.items)


def add_relations(prompt: Prompt, builder: Builder) -> None:
    """Add the proposed relations that the user confirms."""
    for found in find_relations(builder.sampled):
        place = next(
            number for number, each in enumerate(builder.sampled) if each.source.kind == found.source.kind
        )
        source = builder.sampled[place].source
        question = f"Relate {source.blueprint.identifier} to {found.relation.target}? {found.why}"
        if prompt.confirm(question, default=found.is_likely):
            blueprint = replace(source.blueprint, relations=(*source.blueprint.relations, found.relation))
            related = replace(source, blueprint=blueprint)
            builder.sampled[place] = replace(builder.sampled[place], source=related)


def write_files(draft: Draft, folder: Path) -> list[Path]:
    """Write the installation files, with placeholders for secrets, and print their names.

    Raises ResourceError: a file exists.
    """
    files = {folder / name: text for name, text in bundle(draft).items()}
    existing = [path for path in files if path.exists()]
    if existing:
        raise ResourceError(f"{existing[0]} already exists", hint="Choose another folder with --output")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(f"wrote {path}")
    click.echo(f"See {folder}/README.md for the next steps")
    return list(files)


def _ask_parameters(prompt: Prompt, builder: Builder, kind: str) -> dict[str, Json]:
    """Return `path_parameters` for the placeholders of a kind, from known endpoints or from the user."""
    names = list(dict.fromkeys(match["name"] for match in PLACEHOLDER.finditer(kind)))
    if not names:
        return {}
    found = find_parents(Source(kind, Blueprint("", ""), ""), builder.sampled)
    parameters: dict[str, Json] = {}
    for name in names:
        if name in found:
            parameters[name] = dict(found[name].selector)
            click.echo(f"  Values of {{{name}}} come from {found[name].selector['endpoint']}")
        else:
            values = prompt.text(f"Values of {{{name}}}, separated by commas")
            parameters[name] = {"values": [value.strip() for value in values.split(",") if value.strip()]}
    return {"path_parameters": parameters}


def _ask_items(prompt: Prompt, kind: str, answer: Answer) -> Proposal:
    """Return the proposal for the list of items that the user chooses."""
    found = propose_from_samples(kind, answer.samples)
    if not found.items:
        raise ItemsError("the sample has no items", hint="Choose an endpoint that lists items")
    lists = [each for each in found.lists if each.count][:_MAX_SHOWN]
    if len(lists) < 2:
        return found
    for number, each in enumerate(lists, 1):
        click.echo(f"  {number}. {each.data_path} ({each.count}): {each.why}")
    numbers = tuple(str(number) for number in range(1, len(lists) + 1))
    number = int(prompt.choice("Which list has the items?", numbers, "1"))
    return found if number == 1 else propose_from_samples(kind, answer.samples, lists[number - 1].data_path)


def _pagination(answer: Answer, found: Proposal) -> str:
    """Return how the endpoint paginates, as text."""
    pages = find_pagination(Request("GET", answer.url), answer.first, str(found.source.selector["data_path"]))
    if not pages.is_recognised:
        return pages.problem or f"Pagination: not detected. {pages.hints[0]}"
    return f"Pagination: {pages.next_rule}. {pages.stop_rule}"


def _ask_names(prompt: Prompt, source: Source) -> Source:
    identifier = prompt.text("Blueprint", source.blueprint.identifier)
    blueprint = replace(source.blueprint, identifier=identifier)
    expression = prompt.text("Identifier (jq)", source.identifier or None)
    return replace(source, blueprint=blueprint, identifier=expression)


async def _show_preview(builder: Builder, source: Source, items: list[Item]) -> None:
    preview = await preview_entities(builder.draft(Installation()), source, items)
    problems = [problem for problem in preview.problems if problem.number < _MAX_SHOWN]
    title = f"{source.kind}: {len(preview.entities)} entities, {len(preview.problems)} problems"
    console().print(entities_table(title, preview.entities[:_MAX_SHOWN], problems))
