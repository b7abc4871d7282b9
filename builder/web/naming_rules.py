"""What Port takes as the name of a blueprint, a property and an installation."""

import re

_BLUEPRINT = re.compile(r"(?!\.{1,2}\Z)(?:[^\W\d_]|[0-9@_.+:\\/-])+")
_PROPERTY = re.compile(r"[A-Za-z0-9@_=\\-]+")
_INSTALLATION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_LONGEST = 100


def blueprint_problem(identifier: str) -> str | None:
    """What is wrong with a blueprint's identifier."""
    return _problem(identifier, _BLUEPRINT, "letters, digits and @ _ . + : \\ / -")


def property_problem(name: str) -> str | None:
    """What is wrong with the name of a property or a relation."""
    return _problem(name, _PROPERTY, "letters of ASCII, digits and @ _ = \\ -")


def installation_problem(identifier: str) -> str | None:
    """What is wrong with an integration's identifier, which becomes the name of a Helm release too."""
    return _problem(identifier, _INSTALLATION, "letters, digits and . _ - between them")


def title_problem(title: str) -> str | None:
    """What is wrong with a title."""
    return f"has {len(title)} characters, and Port takes {_LONGEST}" if len(title) > _LONGEST else None


def _problem(name: str, pattern: re.Pattern[str], accepted: str) -> str | None:
    if len(name) > _LONGEST:
        return f"has {len(name)} characters, and Port takes {_LONGEST}"
    if pattern.fullmatch(name):
        return None
    wrong = sorted({char for char in name if not pattern.fullmatch(char)} - {"."})
    shown = f"has {' '.join(map(repr, wrong[:5]))}; " if wrong else ""
    return f"{shown}Port takes {accepted}"
