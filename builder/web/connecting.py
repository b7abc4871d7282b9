"""The first step's texts as settings: those to ask the API with, and those to print."""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from builder.web.mistakes import Mistake, setting_mistake
from builder.web.setting_fields import NEEDED_SECRETS, SettingField, all_fields, label_of
from builder.web.text_lines import array_of, lines_of, object_of, pairs_of, words_in_lines
from builder.web.workspace import ConnectionForm
from configuration.secrets import parts_of
from configuration.setting_names import field_name
from configuration.settings import Settings
from rest.bodies import Json
from rest.errors import SettingsError
from rest.origin import Redactor
from rest.request import text_of

type Config = dict[str, Json]

# Never shown: it stands where a placeholder will be printed.
_TO_BE_FILLED_IN = "to-be-filled-in"
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SIGNS = {"headers": ":", "params": "="}
# A mask for short ones would hide half of what a page says.
_SHORTEST_SECRET = 8
_HOW_TO_LOG_IN = frozenset({"endpoint", "method"})


@dataclass(frozen=True, slots=True)
class ConnectionReading:
    """What the texts mean. config: settings by their own names, with the secrets that were entered.

    printed: the same for what is printed, where a missing secret is a placeholder.
    wrong, missing: what stands in the way of printing.
    """

    config: Config
    printed: Config
    wrong: tuple[Mistake, ...] = ()
    missing: tuple[Mistake, ...] = ()

    @property
    def is_complete(self) -> bool:
        """True when it can be printed."""
        return not (self.wrong or self.missing)


def connection_reading(connection: ConnectionForm) -> ConnectionReading:
    """What was typed, read and checked."""
    config: Config = {}
    wrong: list[Mistake] = []
    for field in all_fields():
        text = (connection.secrets if field.is_secret else connection.texts).get(field.name, "")
        if text.strip() and field.counts_for(connection):
            try:
                config[field.name] = _value(field, text)
            except ValueError as error:
                wrong.append(Mistake(field.name, field.label, str(error)))
    printed = _with_placeholders(config)
    found = [setting_mistake(line) for line in _lines(printed)]
    known = {mistake.field for mistake in wrong}
    found = [each for each in found if each.field not in known]
    wrong += [each for each in found if not _is_missing(each)]
    missing = tuple(replace(each, words="is missing") for each in found if _is_missing(each))
    return ConnectionReading(config, printed, tuple(wrong), missing)


def asking_mistakes(reading: ConnectionReading) -> list[Mistake]:
    """What has to be mended before the API can be asked: a secret that is missing too."""
    needed = NEEDED_SECRETS.get(str(reading.config.get("authType", "none")), "")
    is_there = not needed or needed in reading.config or "authValue" in reading.config
    secret = [] if is_there else [Mistake(needed, label_of(needed), "is missing: enter it to ask your API")]
    return [*reading.wrong, *reading.missing, *secret]


def redactor_of(connection: ConnectionForm) -> Redactor:
    """Masks what was entered as a secret, wherever the API shows it again."""
    config = connection_reading(connection).config
    names = [field.name for field in all_fields() if field.is_secret and field.name in config]
    texts = [text for name in names for text in _texts_in(config[name])]
    parts = [part for text in texts for part in parts_of(text)]
    return Redactor.of(text for text in (*texts, *parts, _basic(config)) if len(text) >= _SHORTEST_SECRET)


def _basic(config: Mapping[str, Json]) -> str:
    """User and password as they are sent (RFC 7617 §2)."""
    user, _, password = str(config.get("authValue") or "").partition(":")
    pair = f"{config.get('username') or user}:{config.get('password') or password}"
    return base64.b64encode(pair.encode()).decode() if len(pair) > 1 else ""


def with_settings(connection: ConnectionForm, settings: Mapping[str, Json]) -> ConnectionForm:
    """The connection with settings typed into it."""
    texts, secrets = dict(connection.texts), dict(connection.secrets)
    for field in all_fields():
        if field.name in settings:
            (secrets if field.is_secret else texts)[field.name] = _text(field, settings[field.name])
    return ConnectionForm(texts, secrets)


def _value(field: SettingField, text: str) -> Json:
    """Raises ValueError: the text is not what the input asks for."""
    if field.input in _SIGNS:
        return pairs_of(text, _SIGNS[field.input])
    if field.input == "json":
        return object_of(text)
    if field.input == "array":
        return array_of(text)
    if field.input == "list":
        return list[Json](words_in_lines(text))
    if field.input == "switch":
        return text == "true"
    if field.input == "number" and text.strip().isascii() and text.strip().isdigit():
        return int(text)
    return text.strip()


def _text(field: SettingField, value: Json) -> str:
    if field.input in _SIGNS and isinstance(value, dict):
        return lines_of(value, _SIGNS[field.input])
    if field.input == "list" and isinstance(value, list):
        return "\n".join(map(text_of, value))
    return text_of(value)


def _texts_in(value: Json) -> Iterator[str]:
    if isinstance(value, str) and not value.startswith("{{"):
        yield value
    elif isinstance(value, list):
        yield from (text for each in value for text in _texts_in(each))
    elif isinstance(value, dict):
        secret = (each for name, each in value.items() if name not in _HOW_TO_LOG_IN)
        yield from (text for each in secret for text in _texts_in(each))


def _with_placeholders(config: Config) -> Config:
    needed = NEEDED_SECRETS.get(str(config.get("authType", "none")))
    if needed is None or needed in config or "authValue" in config:
        return config
    return {**config, needed: _TO_BE_FILLED_IN}


def _lines(config: Config) -> tuple[str, ...]:
    """What the engine has to say of the settings; variables of the environment are another machine's."""
    texts = [text_of(config.get(name)) for name in ("customHeaders", "customQueryParams")]
    environ = dict.fromkeys((name for text in texts for name in _VARIABLE.findall(text)), "x")
    try:
        Settings.from_config({field_name(name): value for name, value in config.items()}, environ)
    except SettingsError as error:
        return error.mistakes
    return ()


def _is_missing(mistake: Mistake) -> bool:
    return mistake.words.startswith("is missing")
