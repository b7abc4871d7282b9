"""The model of a setting's input."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from builder.install import is_secret

type Input = Literal[
    "text", "number", "switch", "choice", "headers", "params", "json", "array", "list", "lines"
]


# The grant that applies while none is chosen.
_FIRST_GRANT = "client_credentials"


@dataclass(frozen=True, slots=True)
class SettingField:
    """The input of a setting. name: the setting's name.

    chooser, only_for: the input is shown only while the setting `chooser` has one of these values.
    grants: with authType oauth2, the input is shown only for these grants. Empty: for all.
    """

    name: str
    label: str
    input: Input = "text"
    help: str = ""
    example: str = ""
    chooser: str = ""
    only_for: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def is_secret(self) -> bool:
        """Whether the page never shows the value again."""
        return is_secret(self.name)

    @property
    def is_long(self) -> bool:
        """Whether the input has several lines."""
        return self.input in ("headers", "params", "json", "array", "list", "lines")

    def is_shown(self, texts: Mapping[str, str]) -> bool:
        """Return whether the setting applies. Otherwise its value is kept, but hidden and unused."""
        if self.chooser and texts.get(self.chooser, "") not in self.only_for:
            return False
        is_other_grant = self.grants and (texts.get("grant") or _FIRST_GRANT) not in self.grants
        return not (is_other_grant and texts.get("authType") == "oauth2")


def shown_for(chooser: str, only_for: tuple[str, ...], *fields: SettingField) -> tuple[SettingField, ...]:
    """Return the fields, shown only while `chooser` has one of these values."""
    return tuple(replace(field, chooser=chooser, only_for=only_for) for field in fields)
