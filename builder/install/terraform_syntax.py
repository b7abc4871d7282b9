"""Texts in Terraform's JSON syntax, where each text and each key of an argument is a template."""

import re
from collections.abc import Iterable

from rest.bodies import Json

# `${` starts an expression and `%{` a directive. `$${` and `%%{` are the literal texts.
_MARKERS = re.compile(r"([$%])(?=\{)")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_]+")


def literal(text: str) -> str:
    """Return a template whose value is the text."""
    return _MARKERS.sub(r"\1\1", text)


def literals(value: Json) -> Json:
    """Return a value whose texts and keys are templates for the given ones."""
    if isinstance(value, dict):
        return {literal(name): literals(each) for name, each in value.items()}
    if isinstance(value, list):
        return [literals(each) for each in value]
    return literal(value) if isinstance(value, str) else value


def expression(code: str) -> str:
    """Return a template whose value is that of an expression."""
    return f"${{{code}}}"


def resource_names(texts: Iterable[str]) -> dict[str, str]:
    """Return a distinct name for each distinct text: letters, digits and underscores, no digit first."""
    names: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        name = base = _resource_name(text)
        number = 1
        while name in names.values():
            number += 1
            name = f"{base}_{number}"
        names[text] = name
    return names


def _resource_name(text: str) -> str:
    name = _NOT_IN_NAMES.sub("_", text) or "_"
    return f"_{name}" if name[0].isdigit() else name
