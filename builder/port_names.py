"""Port's rules for the names of blueprints, properties and integrations."""

import re

_BLUEPRINT = re.compile(r"(?!\.{1,2}\Z)(?:[^\W\d_]|[0-9@_.+:\\/-])+")
_PROPERTY = re.compile(r"[A-Za-z0-9@_=\\-]+")
_INSTALLATION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_MAX_LENGTH = 100


def blueprint_problem(identifier: str) -> str | None:
    """Return what is wrong with a blueprint's identifier."""
    return _problem(identifier, _BLUEPRINT, "letters, digits and @ _ . + : \\ / -")


def property_problem(name: str) -> str | None:
    """Return what is wrong with the name of a property or a relation."""
    return _problem(name, _PROPERTY, "ASCII letters, digits and @ _ = \\ -")


def installation_problem(identifier: str) -> str | None:
    """Return what is wrong with an integration's identifier, which also becomes a Helm release name."""
    return _problem(identifier, _INSTALLATION, "letters and digits, and . _ - between them")


def title_problem(title: str) -> str | None:
    """Return what is wrong with a title."""
    return _length_problem(title)


def _problem(name: str, pattern: re.Pattern[str], allowed: str) -> str | None:
    if problem := _length_problem(name):
        return problem
    if pattern.fullmatch(name):
        return None
    invalid = sorted({char for char in name if not pattern.fullmatch(char)} - {"."})
    shown = f"Invalid characters: {' '.join(map(repr, invalid[:5]))}. " if invalid else ""
    return f"{shown}Port allows {allowed}"


def _length_problem(text: str) -> str | None:
    if len(text) > _MAX_LENGTH:
        return f"{len(text)} characters are too many. Port allows up to {_MAX_LENGTH}"
    return None
