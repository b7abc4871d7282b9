"""The names of environment variables: those that nothing reads, and the ones that they probably stand for."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from builder.install.environment import SETTING_PREFIX, variable
from configuration.settings import setting_names
from rest.errors import Mistake

_OCEAN = "OCEAN__"
# Variables of the builder itself.
_OWN = frozenset({"OCEAN_CUSTOM_VERDICTS_FILE"})
_PREFIX = re.compile(r"((?:OCEAN|INTEGRATION|CONFIG|PORT|SETTINGS)?_+|OCEAN|PORT(?=_))*")
# The names of Ocean 0.56. tests/ocean_adapter/test_variable_names.py compares them with the installed Ocean.
OCEAN_FIELDS: Mapping[str, frozenset[str]] = {
    "": frozenset(
        [
            "ACTIONS_PROCESSOR",
            "ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS",
            "BASE_URL",
            "CACHING_STORAGE_MODE",
            "CLIENT_TIMEOUT",
            "CREATE_PORT_RESOURCES_ORIGIN",
            "DELETE_ENTITIES_MAX_BATCH_SIZE",
            "DISABLE_IP_OUTBOUND_BLOCKER",
            "EVENTS_DEBUG_LOGGING",
            "EVENT_LISTENER",
            "EVENT_WORKERS_COUNT",
            "IDENTITY_PROPAGATION",
            "INITIALIZE_PORT_RESOURCES",
            "INTEGRATION",
            "INTEGRATION_CONFIG_MODEL",
            "LAKEHOUSE_BUFFER_INTERVAL_SECONDS",
            "LAKEHOUSE_BUFFER_MAX_COUNT",
            "LAKEHOUSE_ENABLED",
            "LIVE_EVENTS",
            "MAX_EVENT_PROCESSING_SECONDS",
            "MAX_WAIT_SECONDS_BEFORE_SHUTDOWN",
            "METRICS",
            "OAUTH_ACCESS_TOKEN_FILE_PATH",
            "PATH_PREFIX",
            "PORT",
            "PROCESSING_MODE",
            "PROCESS_IN_QUEUE_MAX_WORKERS",
            "PROCESS_IN_QUEUE_TIMEOUT",
            "RESOURCES_PATH",
            "RUNTIME",
            "SCHEDULED_RESYNC_INTERVAL",
            "SEND_RAW_DATA_EXAMPLES",
            "SSL",
            "STATUS_HEARTBEAT_INTERVAL_SECONDS",
            "STREAMING",
            "UPSERT_ENTITIES_BATCH_MAX_LENGTH",
            "UPSERT_ENTITIES_BATCH_MAX_SIZE_IN_BYTES",
            "YIELD_ITEMS_TO_PARSE_BATCH_SIZE",
        ]
    ),
    "INTEGRATION": frozenset(
        ["CONFIG", "IDENTIFIER", "INCREMENTAL_SYNC_ENABLED", "INCREMENTAL_SYNC_INTERVAL", "TYPE"]
    ),
    "PORT": frozenset(
        [
            "APP_URL",
            "BASE_URL",
            "BLUEPRINT_CACHE_TTL_SECONDS",
            "CLIENT_ID",
            "CLIENT_SECRET",
            "FEATURE_FLAGS_CACHE_TTL_SECONDS",
            "MCP_URL",
            "PORT_APP_CONFIG_CACHE_TTL",
        ]
    ),
}


def unknown_names(variables: Mapping[str, str], place: str) -> Iterator[Mistake]:
    """Yield a mistake for each variable whose name begins like ours and that nothing reads.

    place: where they are set, for the hint.
    """
    settings = _settings()
    for name in variables:
        if name in settings | _OWN or _is_of_ocean(name):
            continue
        nearest = nearest_name(name)
        if name.startswith(_OCEAN) or (name.startswith("OCEAN") and nearest):
            meant = f"Did you mean {nearest}? " if nearest else ""
            yield Mistake(
                name,
                "is not a setting" if name.startswith(SETTING_PREFIX) else "is read by nothing",
                f"{meant}Correct it in {place}. docs/settings.md lists all settings",
            )


def names_without_prefix(variables: Mapping[str, str], place: str) -> Iterator[str]:
    """Yield a warning for each variable that is called like a setting, but lacks its prefix.

    A variable that a setting uses as ${NAME} is not one of them.
    """
    by_tail = {_tail_letters(name): name for name in _settings()}
    by_tail |= {f"PORT{_letters(field)}": f"{_OCEAN}PORT__{field}" for field in OCEAN_FIELDS["PORT"]}
    for name in variables:
        meant = by_tail.get(_letters(name))
        is_used = any(f"${{{name}}}" in text for text in variables.values())
        if meant and not name.startswith("OCEAN") and not is_used and meant not in variables:
            yield f"{place}: {name} is read by nothing. Did you mean {meant}?"


def json_mistakes(variables: Mapping[str, str], place: str) -> Iterator[Mistake]:
    """Yield a mistake for each of Ocean's own variables that looks like a JSON object and is none."""
    for name, text in variables.items():
        if name.startswith(_OCEAN) and not name.startswith(SETTING_PREFIX) and text.lstrip().startswith("{"):
            try:
                json.loads(text)
            except ValueError as error:
                what = f"{text[:60]!r} is not valid JSON ({error})"
                yield Mistake(name, what, f"Write keys and texts in double quotes in {place}")


def nearest_name(name: str) -> str:
    """Return the known name that a name probably stands for, "" if there is none."""
    ports = [f"{_OCEAN}PORT__{field}" for field in OCEAN_FIELDS["PORT"]]
    others = [f"{_OCEAN}INTEGRATION__{field}" for field in OCEAN_FIELDS["INTEGRATION"] - {"CONFIG"}]
    others += [f"{_OCEAN}{field}" for field in OCEAN_FIELDS[""] - OCEAN_FIELDS.keys()]
    start = name[: len(name) - len(_tail(name))]
    known = sorted(_settings())
    if "PORT" in start:
        known = sorted(ports)
    elif not name.startswith(SETTING_PREFIX):
        known += sorted(others)
    return _closest(name, known, _letters, 0.9) or _closest(name, known, _tail_letters, 0.6)


def _closest(name: str, known: Sequence[str], spelling: Callable[[str], str], cutoff: float) -> str:
    by_spelling: dict[str, str] = {}
    for each in known:
        by_spelling.setdefault(spelling(each), each)
    close = get_close_matches(spelling(name), by_spelling, n=1, cutoff=cutoff)
    return by_spelling[close[0]] if close else ""


def _is_of_ocean(name: str) -> bool:
    """Return whether Ocean itself reads a variable."""
    section, _, rest = name.removeprefix(_OCEAN).partition("__")
    if not name.startswith(_OCEAN) or name.startswith(SETTING_PREFIX):
        return False
    if rest and section in OCEAN_FIELDS:
        return rest.partition("__")[0] in OCEAN_FIELDS[section]
    return section in OCEAN_FIELDS[""]


def _settings() -> frozenset[str]:
    return frozenset(map(variable, setting_names()))


def _tail(name: str) -> str:
    """Return a name without what may stand before a setting: BASE_URL of OCEAN__INTEGRATION__BASE_URL."""
    start = _PREFIX.match(name)
    return name[start.end() :] if start else name


def _tail_letters(name: str) -> str:
    return _letters(_tail(name))


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").upper()
