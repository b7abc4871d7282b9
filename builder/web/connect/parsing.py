"""The inputs of step 1, parsed into settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from builder.entered_settings import settings_of
from builder.web.connect.form import ConnectionForm
from builder.web.connect.setting_fields import SettingField, all_fields, label_of, required_secret
from builder.web.page.issues import Issue, setting_issue
from builder.web.page.text_formats import (
    format_pairs,
    non_empty_lines,
    parse_array,
    parse_object,
    parse_pairs,
)
from configuration.webhook_presets import HINT
from rest.bodies import Json
from rest.errors import Mistake, SettingsError
from rest.request import text_of

type Config = dict[str, Json]

# Takes the place of a missing secret. The printed texts show a placeholder instead.
_TO_FILL_IN = "to-be-filled-in"
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SEPARATORS = {"headers": ":", "params": "="}


@dataclass(frozen=True, slots=True)
class ParsedConnection:
    """The settings of step 1. config: by name, with the secrets that were entered.

    printed: the same for printed texts; a missing secret becomes a placeholder.
    errors, missing: wrong inputs, and inputs that are still needed.
    """

    config: Config
    printed: Config
    errors: tuple[Issue, ...] = ()
    missing: tuple[Issue, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the settings can be printed."""
        return not (self.errors or self.missing)


def parse_connection(connection: ConnectionForm) -> ParsedConnection:
    """Parse and check the settings."""
    config: Config = {}
    errors: list[Issue] = []
    for field in all_fields():
        text = (connection.secrets if field.is_secret else connection.texts).get(field.name, "")
        if text.strip() and field.is_shown(connection.texts):
            try:
                config[field.name] = _value(field, text)
            except ValueError as error:
                errors.append(Issue(field.name, field.label, str(error)))
    printed = _with_placeholders(config)
    known = {issue.field for issue in errors} | _filled_in_later(printed)
    found = [issue for issue in map(setting_issue, _setting_mistakes(printed)) if issue.field not in known]
    errors += [issue for issue in found if issue.field in printed]
    missing = tuple(replace(issue, message="Required") for issue in found if issue.field not in printed)
    return ParsedConnection(config, printed, tuple(errors), missing)


def request_issues(parsed: ParsedConnection) -> list[Issue]:
    """Return the issues that prevent requests to the API, including a missing secret."""
    secret = required_secret(parsed.config)
    is_missing = secret and not {secret, "authValue"} & parsed.config.keys()
    issue = Issue(secret, label_of(secret), "Required to send requests to your API")
    return [*parsed.errors, *parsed.missing, *([issue] if is_missing else [])]


def with_settings(connection: ConnectionForm, settings: Mapping[str, Json]) -> ConnectionForm:
    """Return the connection with settings entered into its inputs."""
    texts, secrets = dict(connection.texts), dict(connection.secrets)
    for field in all_fields():
        if field.name in settings:
            place = secrets if field.is_secret else texts
            place[field.name] = _text(field, settings[field.name])
    return ConnectionForm(texts, secrets)


def _value(field: SettingField, text: str) -> Json:
    """Return the value of an input. Raises ValueError: the text has the wrong format."""
    match field.input:
        case "headers" | "params":
            return parse_pairs(text, _SEPARATORS[field.input])
        case "json":
            return parse_object(text)
        case "array":
            return parse_array(text)
        case "list":
            return list[Json](non_empty_lines(text))
        case "switch":
            return text == "true"
        case "number" if text.strip().isascii() and text.strip().isdigit():
            return int(text)
    return text.strip()


def _text(field: SettingField, value: Json) -> str:
    """Return a value as the text of its input."""
    if field.input in _SEPARATORS and isinstance(value, dict):
        return format_pairs(value, _SEPARATORS[field.input])
    if field.input == "list" and isinstance(value, list):
        return "\n".join(map(text_of, value))
    return text_of(value)


def _with_placeholders(config: Config) -> Config:
    """Return the settings for printed texts. A secret whose file is set is printed as its file only."""
    printed = {name: value for name, value in config.items() if f"{name}File" not in config}
    if config.get("authType") == "aws" and "awsAccessKeyIdFile" not in config:  # an access key has two parts
        printed = {"awsAccessKeyId": _TO_FILL_IN, **printed}
    if config.get("webhookVerify") not in (None, HINT) and "webhookSecretFile" not in config:
        printed = {"webhookSecret": _TO_FILL_IN, **printed}
    secret = required_secret(config)
    if not secret or {secret, f"{secret}File", "authValue", "authValueFile"} & config.keys():
        return printed
    return {**printed, secret: _TO_FILL_IN}


def _filled_in_later(printed: Config) -> set[str]:
    """Return the secrets that cannot be checked: placeholders, and those in files of the installation."""
    placeholders = {name for name, value in printed.items() if value == _TO_FILL_IN}
    return placeholders | {name.removesuffix("File") for name in printed if name.endswith("File")}


def _setting_mistakes(config: Config) -> tuple[Mistake, ...]:
    """Return the engine's mistakes. Environment variables exist only where the integration will run."""
    texts = [text_of(config.get(name)) for name in ("customHeaders", "customQueryParams", "signature")]
    environ = dict.fromkeys((name for text in texts for name in _VARIABLE.findall(text)), "x")
    try:
        settings_of(config, environ)
    except SettingsError as error:
        return error.mistakes
    return ()
