"""The forms of step 1."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from builder.web.connect.setting_fields import all_fields


@dataclass(frozen=True, slots=True)
class ConnectionForm:
    """The settings by name, as text. secrets: those that the page never shows again."""

    texts: Mapping[str, str] = field(default_factory=lambda: {"authType": "none", "paginationType": "auto"})
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def without_secret(self, name: str) -> "ConnectionForm":
        """Discard one secret."""
        return replace(self, secrets={key: text for key, text in self.secrets.items() if key != name})


@dataclass(frozen=True, slots=True)
class ImportForm:
    """A document to import. address: where an OpenAPI document is from, to resolve relative addresses."""

    text: str = field(repr=False)
    address: str = ""


def read_connection(connection: ConnectionForm, data: Mapping[str, str]) -> ConnectionForm:
    """Return the connection with the posted inputs. An empty secret keeps the stored one."""
    texts, secrets = dict(connection.texts), dict(connection.secrets)
    for setting in all_fields():
        name = setting.name
        if setting.input == "switch":
            texts[name] = "true" if name in data else "false"
        elif setting.is_secret and data.get(name, "").strip():
            secrets[name] = data[name]
        elif not setting.is_secret and name in data:
            texts[name] = data[name]
    return ConnectionForm(texts, secrets)


def read_import(data: Mapping[str, str]) -> ImportForm:
    """Return the posted document. A file takes precedence over pasted text."""
    text = data.get("import_file", "").strip() or data.get("import_text", "")
    return ImportForm(text, data.get("import_address", "").strip())
