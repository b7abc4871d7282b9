"""Environment variables in settings: `${NAME}` in customHeaders, customQueryParams and signature."""

import re
from collections.abc import Iterable, Mapping

from rest.errors import Mistake

_VARIABLE = re.compile(r"\$\{(\w+)\}")


def variables_in(texts: Iterable[str]) -> set[str]:
    """Return the names of the variables that the texts use."""
    return {name for text in texts for name in _VARIABLE.findall(text)}


def substituted(
    setting: str, texts: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[dict[str, str], list[Mistake]]:
    """Return the texts with variables substituted, and one mistake for each variable that is not set."""
    missing = sorted(variables_in(texts.values()) - environ.keys())
    mistakes = [
        Mistake(setting, f"uses ${{{name}}}, but this environment variable is not set") for name in missing
    ]
    values = {
        key: _VARIABLE.sub(lambda match: environ.get(match[1], ""), text) for key, text in texts.items()
    }
    return values, mistakes
