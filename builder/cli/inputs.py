"""The inputs of a command: environment, env file and mapping."""

import json
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.mapping_file import Entry, check_mapping, entries_of, read_mapping
from builder.port_account import PORT_URL, Credentials, PortAccount, open_account
from configuration.permissions import Permissions
from configuration.settings import Settings
from extraction import Extractor, open_extractor
from rest.errors import Mistake, ResourceError, SettingsError, SyncError

_CONFIG = "OCEAN__INTEGRATION__CONFIG__"
_PORT = "OCEAN__PORT__"
_ENVIRONMENT = "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS"
# The values that Ocean (pydantic) reads as true.
_TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
_PLACEHOLDER = re.compile(r"<[A-Z0-9_]+>")
_CREDENTIALS = ("CLIENT_ID", "CLIENT_SECRET")


@dataclass(frozen=True, slots=True)
class Inputs:
    """variables: the environment, overridden by the env file. mapping: a file, None for the one in Port."""

    variables: Mapping[str, str]
    mapping_file: Path | None = None

    @property
    def config(self) -> dict[str, str]:
        """The settings in snake case, unchecked."""
        return {
            name.removeprefix(_CONFIG).lower(): text
            for name, text in self.variables.items()
            if name.startswith(_CONFIG) and text
        }

    @property
    def settings(self) -> Settings:
        """The checked settings. Raises SettingsError: one line per error."""
        config = self.config
        unfilled = [f"{_CONFIG}{name.upper()}" for name, text in config.items() if _PLACEHOLDER.search(text)]
        if unfilled:
            raise SettingsError([Mistake(name, "replace the placeholder") for name in unfilled])
        return Settings.from_config(config, self.variables)

    @property
    def permissions(self) -> Permissions:
        """What mappings may do. Access to environment variables is off by default, as in the image."""
        reads_environment = self.variables.get(_ENVIRONMENT, "").strip().lower() in _TRUE
        return Permissions(self.settings.allow_writes, reads_environment)

    @property
    def identifier(self) -> str:
        """The identifier of the integration in Port."""
        return self.variables.get("OCEAN__INTEGRATION__IDENTIFIER") or "ocean-custom"

    @property
    def credentials(self) -> Credentials:
        """The credentials for Port. Raises SettingsError: they are missing."""
        texts = {name: self.variables.get(_PORT + name, "") for name in _CREDENTIALS}
        missing = [_PORT + name for name, text in texts.items() if not text or _PLACEHOLDER.search(text)]
        if missing:
            raise SettingsError(
                [Mistake(name, "required. Find it in Port under Settings > Credentials") for name in missing]
            )
        base_url = self.variables.get(f"{_PORT}BASE_URL") or PORT_URL
        return Credentials(texts["CLIENT_ID"], texts["CLIENT_SECRET"], base_url)

    def entries(self, mapping: Mapping[str, Any]) -> list[Entry]:
        """Return the resources of a mapping. Raises ResourceError: a resource is wrong."""
        return list(entries_of(mapping, self.settings.pagination, self.permissions))

    def mapping_in_file(self) -> dict[str, Any]:
        """Return the mapping from the file. Raises ResourceError: there is no valid mapping."""
        if self.mapping_file is None:
            raise ResourceError("this command needs a mapping file", hint="Set --mapping")
        return read_mapping(self.mapping_file)

    async def mapping(self, account: PortAccount | None = None) -> dict[str, Any]:
        """Return the mapping from the file, or from Port. Raises ResourceError: there is no valid mapping."""
        if self.mapping_file:
            return self.mapping_in_file()
        if account:
            return await self._mapping_in_port(account)
        async with open_account(self.credentials) as opened:
            return await self._mapping_in_port(opened)

    @asynccontextmanager
    async def open_extractor(
        self, account: PortAccount | None = None
    ) -> AsyncIterator[tuple[list[Entry], Extractor]]:
        """Return the entries of the mapping and an extractor for them."""
        entries = self.entries(await self.mapping(account))
        async with open_extractor(self.settings, [entry.resource for entry in entries]) as extractor:
            yield entries, extractor

    async def _mapping_in_port(self, account: PortAccount) -> dict[str, Any]:
        integration = await account.integration(self.identifier)
        if integration is None:
            raise ResourceError(
                f"Port has no integration {self.identifier}",
                hint="Set --mapping or OCEAN__INTEGRATION__IDENTIFIER",
            )
        return check_mapping(integration.get("config"), f"the mapping of {self.identifier} in Port")


def read_inputs(env_file: Path | None, mapping_file: Path | None = None) -> Inputs:
    """Read environment and env file. Raises SettingsError: the file cannot be read."""
    variables = dict(os.environ)
    if env_file:
        variables |= _read_env_file(env_file)
    return Inputs(variables, mapping_file)


def read_blueprints(path: Path | None) -> list[dict[str, Any]]:
    """Return the blueprints of a file, [] without a file. Raises SyncError: it is not valid JSON."""
    if path is None:
        return []
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SyncError(
            f"{path} is not valid JSON", hint="Blueprints are a JSON object or an array of objects"
        ) from error
    blueprints: list[Any] = content if isinstance(content, list) else [content]
    if not all(isinstance(each, dict) and isinstance(each.get("identifier"), str) for each in blueprints):
        raise SyncError(
            f"{path} has a blueprint without an identifier", hint="Set identifier in each blueprint"
        )
    return blueprints


def _read_env_file(path: Path) -> dict[str, str]:
    """Return the variables by Docker's rules: NAME=value without quotes, # starts a comment line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([Mistake(str(path), "cannot read this file")]) from error
    pairs = (line.partition("=") for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return {name.strip(): value for name, sign, value in pairs if sign}
