"""The inputs of a command: environment, env file and mapping."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import click

from builder.cli.env_file import EnvFile, read_env_file
from builder.cli.variable_names import json_mistakes, names_without_prefix, unknown_names
from builder.draft import Installation
from builder.install.environment import SETTING_PREFIX, variable
from builder.mapping_file import (
    Entry,
    WrongEntry,
    check_mapping,
    entries_of,
    read_mapping,
    readable_entries,
)
from builder.port_account import PORT_URL, Credentials, PortAccount, open_account
from builder.project import read_project
from client import DEFAULT_LIMITS, Limits
from configuration.permissions import Permissions
from configuration.settings import Settings
from rest.errors import Mistake, ResourceError, SettingsError, SyncError
from rest.origin import Redactor

_SETTINGS_PAGE = "docs/settings.md describes it"
_PORT = "OCEAN__PORT__"
_ENVIRONMENT = "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS"
# The values that Ocean (pydantic) reads as true.
_TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
_BLUEPRINTS_HINT = "Blueprints are a JSON object or an array of objects, each with an identifier"
_PLACEHOLDER = re.compile(r"<[A-Z0-9_]+>")
_CREDENTIALS = ("CLIENT_ID", "CLIENT_SECRET")


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a command.

    variables: the environment, overridden by the env file. mapping_file: None for the mapping in Port.
    place: where the variables are set, for messages. document: a mapping that no file has.
    redact: masks the secrets, and learns the tokens of logins. None: each connection has its own.
    reads_only: refuse requests to the API that are not known to only read.
    """

    variables: Mapping[str, str]
    mapping_file: Path | None = None
    place: str = "the environment"
    document: Mapping[str, Any] | None = None
    redact: Redactor | None = None
    reads_only: bool = False

    @property
    def config(self) -> dict[str, str]:
        """The settings in snake case, unchecked."""
        return {
            name.removeprefix(SETTING_PREFIX).lower(): text
            for name, text in self.variables.items()
            if name.startswith(SETTING_PREFIX) and text
        }

    @property
    def settings(self) -> Settings:
        """The checked settings. Raises SettingsError: one line per error."""
        config = self.config
        unfilled = [
            f"{SETTING_PREFIX}{name.upper()}" for name, text in config.items() if _PLACEHOLDER.search(text)
        ]
        if unfilled:
            hint = f"Write the value in its place in {self.place}"
            raise SettingsError([Mistake(name, "replace the placeholder", hint) for name in unfilled])
        try:
            return Settings.from_config(config, self.variables)
        except SettingsError as error:
            raise SettingsError([self._located(mistake) for mistake in error.mistakes]) from error

    def _located(self, mistake: Mistake) -> Mistake:
        """Add to a wrong setting where it is set."""
        name = variable(mistake.name.partition(".")[0].partition("[")[0])
        verb, where = "Set" if name not in self.variables else "Correct", "in"
        if mistake.what.startswith("has no effect"):
            verb, where = "Remove", "from"
        return replace(mistake, hint=f"{verb} {name} {where} {self.place}. {_SETTINGS_PAGE}")

    @property
    def permissions(self) -> Permissions:
        """What mappings may do. Access to environment variables is off by default, as in the image."""
        reads_environment = self.variables.get(_ENVIRONMENT, "").strip().lower() in _TRUE
        webhook = self.settings.webhook
        is_unsigned = webhook is not None and not webhook.is_signed
        return Permissions(self.settings.allow_writes, reads_environment, unsigned_events=is_unsigned)

    @property
    def identifier(self) -> str:
        """The identifier of the integration in Port."""
        return self.variables.get("OCEAN__INTEGRATION__IDENTIFIER") or "ocean-custom"

    @property
    def integration_type(self) -> str:
        """The type of the integration in Port."""
        return self.variables.get("OCEAN__INTEGRATION__TYPE") or read_project().name

    @property
    def installation(self) -> Installation:
        """The installation that a new integration gets from these variables."""
        type_: Literal["custom", "generic-http"] = (
            "generic-http" if self.integration_type == "generic-http" else "custom"
        )
        base_url = self.variables.get(f"{_PORT}BASE_URL") or PORT_URL
        return Installation(self.identifier, type_, base_url)

    @property
    def credentials(self) -> Credentials:
        """The credentials for Port. Raises SettingsError: they are missing."""
        texts = {name: self.variables.get(_PORT + name, "") for name in _CREDENTIALS}
        missing = [_PORT + name for name, text in texts.items() if not text or _PLACEHOLDER.search(text)]
        if missing:
            hint = f"Find it in Port under Settings > Credentials, and set it in {self.place}"
            raise SettingsError([Mistake(name, "required", hint) for name in missing])
        base_url = self.variables.get(f"{_PORT}BASE_URL") or PORT_URL
        return Credentials(texts["CLIENT_ID"], texts["CLIENT_SECRET"], base_url)

    @property
    def limits(self) -> Limits:
        """The bounds on requests to the API."""
        return replace(DEFAULT_LIMITS, reads_only=self.reads_only)

    def entries(self, mapping: Mapping[str, Any]) -> list[Entry]:
        """Return the resources of a mapping. Raises ResourceError: a resource is wrong."""
        return list(entries_of(mapping, self.settings.pagination, self.permissions))

    def readable_entries(self, mapping: Mapping[str, Any]) -> list[Entry | WrongEntry]:
        """Return the resources of a mapping as a sync reads them: a wrong one does not stop the others."""
        return list(readable_entries(mapping, self.settings.pagination, self.permissions))

    def mapping_in_file(self) -> dict[str, Any]:
        """Return the mapping from the file. Raises ResourceError: there is no valid mapping."""
        if self.mapping_file is None:
            raise ResourceError("this command needs a mapping file", hint="Name it with --mapping")
        return read_mapping(self.mapping_file)

    async def mapping(self, account: PortAccount | None = None) -> dict[str, Any]:
        """Return the mapping from the file, or from Port. Raises ResourceError: there is no valid mapping."""
        if self.document is not None:
            return dict(self.document)
        if self.mapping_file:
            return self.mapping_in_file()
        if account:
            return await self._mapping_in_port(account)
        async with open_account(self.credentials) as opened:
            return await self._mapping_in_port(opened)

    async def _mapping_in_port(self, account: PortAccount) -> dict[str, Any]:
        integration = await account.integration(self.identifier)
        if integration is None:
            raise ResourceError(
                f"Port has no integration {self.identifier}",
                hint="Create it with `ocean-custom apply`, name a file with --mapping, "
                f"or correct OCEAN__INTEGRATION__IDENTIFIER in {self.place}",
            )
        return check_mapping(integration.get("config"), f"the mapping of {self.identifier} in Port")


def read_inputs(env_file: Path | None, mapping_file: Path | None = None) -> Inputs:
    """Read environment and env file, and warn of names that nothing reads.

    Raises SettingsError: the file cannot be read, or has a name or an object that is wrong.
    """
    place = "the environment"
    mistakes = list(json_mistakes(os.environ, place))
    notes = [f"{each.name} {each.what}. {each.hint}" for each in unknown_names(os.environ, place)]
    found = EnvFile()
    if env_file:
        place = str(env_file)
        found = read_env_file(env_file, os.environ)
        mistakes = [*unknown_names(found.variables, place), *json_mistakes(found.variables, place)]
        notes += [*found.notes, *names_without_prefix(found.variables, place)]
    for note in notes:
        click.secho(f"Warning: {note}", fg="yellow", err=True)
    if mistakes:
        raise SettingsError(mistakes)
    return Inputs({**os.environ, **found.variables}, mapping_file, place)


def read_blueprints(path: Path | None) -> list[dict[str, Any]]:
    """Return the blueprints of a file, [] without a file. Raises SyncError: it is not valid JSON."""
    if path is None:
        return []
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SyncError(f"{path} cannot be read: {error.strerror}", hint="Check the path") from error
    except ValueError as error:
        raise SyncError(f"{path} is not valid JSON ({error})", hint=_BLUEPRINTS_HINT) from error
    blueprints = content if isinstance(content, list) else [content]
    if not all(isinstance(each, dict) and each.get("identifier") for each in blueprints):
        raise SyncError(f"{path} has a blueprint without an identifier", hint=_BLUEPRINTS_HINT)
    return blueprints
