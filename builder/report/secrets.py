"""The secrets that a report must not contain, also if the settings are wrong and cannot be read."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

from builder.imports.secret_detection import is_secret_name
from builder.install.environment import SETTING_PREFIX
from configuration.proxies import proxy_secrets
from configuration.secret_files import FILE_SETTINGS, paths_in, read_text
from configuration.secrets import SECRETS, secret_texts
from configuration.setting_names import field_name
from configuration.settings import setting_names
from configuration.variables import variables_in
from rest.bodies import Json, texts_in

OCEAN = "OCEAN__"
# Ocean's own variables whose values a report shows. All others may hold credentials.
PUBLIC_VARIABLES = frozenset(
    {
        "OCEAN__BASE_URL",
        "OCEAN__PORT__BASE_URL",
        "OCEAN__INTEGRATION__IDENTIFIER",
        "OCEAN__INTEGRATION__TYPE",
        "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS",
        "OCEAN__CACHING_STORAGE_MODE",
        "OCEAN__CLIENT_TIMEOUT",
        "OCEAN__INITIALIZE_PORT_RESOURCES",
        "OCEAN__PROCESSING_MODE",
        "OCEAN__SCHEDULED_RESYNC_INTERVAL",
        "OCEAN__SEND_RAW_DATA_EXAMPLES",
    }
)
# A token can be the user name of HTTP Basic.
_ALSO_SECRET = frozenset({"username"})
_LOGINS = frozenset({"custom_auth_request", "custom_auth_request_template"})
_PUBLIC_KEYS = frozenset({"endpoint", "method"})
_PUBLIC_HEADERS = frozenset({"accept", "accept-encoding", "accept-language", "content-type", "user-agent"})
# Shorter texts are also ordinary words. Masking them would hide the report and no secret.
_SHORTEST = 6
# Messages about a wrong text show its start.
_SHOWN = 60
_WORD = re.compile(r"[^\s\"'{}\[\],;=]{8,}")
_QUOTED = re.compile(r'"([^"]*)"')
_USER_INFO = re.compile(r"://([^/?#\s]+)@")
_PARAMETER = re.compile(r"([^?&#\s=]+)=([^&#\s]+)")


def is_secret_setting(field: str) -> bool:
    """Return whether a report hides the value of a setting. field: its name in snake case."""
    return field in SECRETS | _ALSO_SECRET or not is_known_setting(field)


def is_known_setting(field: str) -> bool:
    """Return whether there is such a setting. field: its name in snake case."""
    return field in {field_name(name) for name in setting_names()}


def known_secrets(variables: Mapping[str, str], own: Mapping[str, str]) -> Iterator[str]:
    """Yield the secrets of an installation.

    variables: all variables of the process. own: those of the env file, which belong to the installation.
    """
    config = {
        name.removeprefix(SETTING_PREFIX).lower(): text
        for name, text in variables.items()
        if name.startswith(SETTING_PREFIX) and text
    }
    for field, text in config.items():
        yield from _of_setting(field, text) if is_secret_setting(field) else _in_urls(text)
    for secret, path in paths_in({name: config[name] for name in FILE_SETTINGS if name in config}).items():
        try:
            yield from _of_setting(secret, read_text(path))
        except ValueError:
            continue  # a file that cannot be read shows nothing
    for name, text in variables.items():
        if name.startswith(OCEAN) and not name.startswith(SETTING_PREFIX):
            yield from _in_urls(text) if name in PUBLIC_VARIABLES else _of_variable(text)
    used = variables_in(config.values()) | {name for name in own if not name.startswith(OCEAN)}
    yield from (text for name in used for text in words_of(variables.get(name, "")))
    yield from proxy_secrets(variables)


def secrets_in_mapping(entry: Json) -> Iterator[str]:
    """Yield the texts of a mapping entry with the names of secrets: in headers, parameters and bodies."""
    if isinstance(entry, list):
        yield from (text for each in entry for text in secrets_in_mapping(each))
    elif isinstance(entry, str):
        yield from _in_urls(entry)
    elif isinstance(entry, dict):
        for name, value in entry.items():
            if name == "port":
                continue  # jq, not values
            if name == "headers" and isinstance(value, dict):
                yield from _long(
                    text for key, text in value.items() if str(key).lower() not in _PUBLIC_HEADERS
                )
            elif name == "query_params" and isinstance(value, dict):
                yield from _long(each for key, each in value.items() if is_secret_name(str(key), "query"))
            elif is_secret_name(str(name), "request_body"):
                yield from _long([value])
            yield from secrets_in_mapping(value)


def _of_setting(field: str, text: str) -> Iterator[str]:
    value = _parsed(text)
    if not isinstance(value, dict):
        yield from secret_texts({"": value if isinstance(value, list) else text})
        yield from words_of(text)
    elif field in _LOGINS:
        yield from secret_texts(
            {"": {name: each for name, each in value.items() if name not in _PUBLIC_KEYS}}
        )
    else:
        yield from secret_texts({field: value})


def _of_variable(text: str) -> Iterator[str]:
    """Yield what may be secret in one of Ocean's variables. The type of an event listener is not."""
    value = _parsed(text)
    if isinstance(value, dict):
        yield from _long([text, *(each for name, each in value.items() if name != "type")])
    else:
        yield from words_of(text)


def words_of(text: str) -> Iterator[str]:
    """Yield what may be secret in a text that cannot be read: all of it, its start, and its parts."""
    yield from _long([text, text.strip(), text[:_SHOWN], *_WORD.findall(text), *_QUOTED.findall(text)])
    yield from _in_urls(text)


def _in_urls(text: str) -> Iterator[str]:
    """Yield user names, passwords and secret parameters of URLs in a text."""
    for found in _USER_INFO.findall(text):
        user, _, password = found.partition(":")
        yield from _long([found, user, password, unquote(user), unquote(password)])
    for name, value in _PARAMETER.findall(text):
        if is_secret_name(name, "query"):
            yield from _long([value, unquote_plus(value)])


def _long(values: Any) -> Iterator[str]:  # noqa: ANN401 - any iterable of JSON
    for value in values:
        texts = texts_in(value) if isinstance(value, dict | list) else [str(value)]
        yield from (text for text in texts if len(text) >= _SHORTEST)


def _parsed(text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except ValueError:
        return text
    return value
