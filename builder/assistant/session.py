"""What the tools share: the settings of the user who started the server, and the secrets to mask."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from builder.cli.inputs import Inputs
from builder.imports.sample_redaction import SampleRedactor
from builder.mapping_file import check_mapping, parse_mapping
from builder.sampling import Connection
from configuration.secrets import SECRETS
from rest.bodies import Json
from rest.errors import SettingsError
from rest.origin import Redactor

_SOURCE = "the mapping"
_PORT_SECRET = "OCEAN__PORT__CLIENT_SECRET"  # noqa: S105 - the name of a variable
# With this, the jq of a mapping could read the environment of this process.
_ENVIRONMENT = "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS"
# Port's secrets are longer. A shorter text, as in the sandbox, is an ordinary word.
_MIN_PORT_SECRET = 8

# Not a `type`: in the schema of a tool, that would be a reference, which some clients do not follow.
GivenMapping = str | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Session:
    """The settings, read once when the server starts, and the lock that runs one tool at a time.

    No tool changes the settings: an assistant that API content has misled cannot send the secrets elsewhere.
    """

    inputs: Inputs
    redact: Redactor
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def of(cls, inputs: Inputs, *, allow_post: bool = False) -> "Session":
        """Return the session of a user. allow_post: send requests that may change data in the API, too."""
        variables = {name: text for name, text in inputs.variables.items() if name != _ENVIRONMENT}
        port_secret = variables.get(_PORT_SECRET, "")
        # Those of wrong settings, which cannot be read as a whole.
        known = [text for name, text in inputs.config.items() if name in SECRETS]
        redact = Redactor.of([*known, *([port_secret] if len(port_secret) >= _MIN_PORT_SECRET else [])])
        with suppress(SettingsError):
            redact.include(inputs.settings.redactor)
        return cls(replace(inputs, variables=variables, redact=redact, reads_only=not allow_post), redact)

    def with_mapping(self, mapping: GivenMapping | None) -> Inputs:
        """Return the inputs with a mapping. None: the one in Port. Raises ResourceError: it is no mapping."""
        return self.inputs if mapping is None else replace(self.inputs, document=read_given(mapping))

    def connection(self) -> Connection:
        """Return the connection to the API. Raises SettingsError: one line per error."""
        settings = self.inputs.settings
        self.redact.include(settings.redactor)
        return Connection(settings, self.redact, self.inputs.reads_only)

    def masked(self, value: Json) -> Json:
        """Return data of the API or of Port with masked secrets: known ones, and what looks like one."""
        return SampleRedactor(self.redact)(value)

    def masked_text(self, text: str) -> str:
        """Return a message that may quote the API, with masked secrets."""
        # A response is quoted in single quotes. Between them, it is a text of its own.
        return "'".join(str(self.masked(part)) for part in str(self.masked(text)).split("'"))

    def without_secrets(self, value: Json) -> Json:
        """Return a value in which the secrets of the settings are masked, and nothing else."""
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, list):
            return [self.without_secrets(each) for each in value]
        if isinstance(value, dict):
            return {self.redact(name): self.without_secrets(each) for name, each in value.items()}
        return value


def read_given(mapping: GivenMapping) -> dict[str, Any]:
    """Return a mapping that is given as an object, or as text in YAML or JSON. Raises ResourceError."""
    return parse_mapping(mapping, _SOURCE) if isinstance(mapping, str) else check_mapping(mapping, _SOURCE)
