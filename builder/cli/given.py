"""What a command is given: settings and credentials in the environment, the mapping in a file or in Port."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.mapping_file import Entry, checked_mapping, entries_of, mapping_of
from builder.port_account import PORT_URL, Credentials, PortAccount
from configuration.permissions import Permissions
from configuration.settings import Settings
from rest.errors import ResourceError, SettingsError

_CONFIG = "OCEAN__INTEGRATION__CONFIG__"
_PORT = "OCEAN__PORT__"
_ENVIRONMENT = "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS"
# As Ocean reads a switch (pydantic).
_YES = frozenset({"1", "on", "t", "true", "y", "yes"})
_PLACEHOLDER = re.compile(r"<[A-Z0-9_]+>")
_PORT_S_NAMES = ("CLIENT_ID", "CLIENT_SECRET")


@dataclass(frozen=True, slots=True)
class Given:
    """variables: the environment, and on top of it the env file. mapping: None takes the one in Port."""

    variables: Mapping[str, str]
    mapping: Path | None = None

    @property
    def config(self) -> dict[str, str]:
        """The settings that are set, in snake case and not checked."""
        return {
            name.removeprefix(_CONFIG).lower(): text
            for name, text in self.variables.items()
            if name.startswith(_CONFIG) and text
        }

    @property
    def settings(self) -> Settings:
        """Raises SettingsError: a line for each mistake."""
        config = self.config
        unfilled = [f"{_CONFIG}{name.upper()}" for name, text in config.items() if _PLACEHOLDER.search(text)]
        if unfilled:
            raise SettingsError([f"{name} still has a placeholder in it" for name in unfilled])
        return Settings.from_config(config, self.variables)

    @property
    def permissions(self) -> Permissions:
        """What mappings may do there. Without a word on the environment it is no: the image says so."""
        return Permissions(
            self.settings.allow_writes, self.variables.get(_ENVIRONMENT, "").strip().lower() in _YES
        )

    @property
    def identifier(self) -> str:
        """The installation's, as in Port."""
        return self.variables.get("OCEAN__INTEGRATION__IDENTIFIER") or "ocean-custom"

    @property
    def credentials(self) -> Credentials:
        """Raises SettingsError: there are none."""
        given = {name: self.variables.get(_PORT + name, "") for name in _PORT_S_NAMES}
        missing = [_PORT + name for name, text in given.items() if not text or _PLACEHOLDER.search(text)]
        if missing:
            raise SettingsError(
                [f"{name}: is missing; Port shows it under Settings, Credentials" for name in missing]
            )
        base_url = self.variables.get(f"{_PORT}BASE_URL") or PORT_URL
        return Credentials(given["CLIENT_ID"], given["CLIENT_SECRET"], base_url)

    def entries(self, mapping: Mapping[str, Any]) -> list[Entry]:
        """The resources of a mapping. Raises ResourceError: one of them is wrong."""
        return list(entries_of(mapping, self.settings.pagination, self.permissions))

    async def mapping_of(self, account: PortAccount | None) -> dict[str, Any]:
        """The mapping. Raises ResourceError: there is none."""
        if self.mapping:
            return mapping_of(self.mapping)
        if account is None:
            raise ResourceError("no mapping is given", hint="Name its file with --mapping")
        integration = await account.integration(self.identifier)
        if integration is None:
            raise ResourceError(
                f"Port has no integration {self.identifier}",
                hint="Name a mapping file with --mapping, or set OCEAN__INTEGRATION__IDENTIFIER",
            )
        return checked_mapping(integration.get("config"), f"{self.identifier} in Port")


def given(env_file: Path | None, mapping: Path | None) -> Given:
    """What stands in the environment, the env file and the options. Raises SettingsError: no such file."""
    found = dict(os.environ)
    if env_file:
        found |= _variables(env_file)
    return Given(found, mapping)


def _variables(path: Path) -> dict[str, str]:
    """An env file by Docker's rules: NAME=value as it is, # at the start of a line for a comment."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: cannot be read"]) from error
    pairs = (line.partition("=") for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return {name.strip(): value for name, sign, value in pairs if sign}
