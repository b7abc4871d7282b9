"""What fields accept, in words for the user, and one mistake for each value that they do not accept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rest.errors import Mistake
from rest.origin import cut

_MAX_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a field accepts, in words for the user. why: messages also show why a value is not accepted."""

    words: str
    why: bool = False


def without_unset(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values without None and blank strings, which Helm and Docker pass for unset values."""
    return {
        name: value
        for name, value in values.items()
        if value is not None and not (isinstance(value, str) and not value.strip())
    }


def mistakes_in(
    error: ValidationError,
    model: type[BaseModel],
    user_name: Callable[[str], str],
    secrets: frozenset[str] = frozenset(),
) -> list[Mistake]:
    """Return one mistake for each wrong value: its name, its value, and what the field accepts.

    user_name: turns a field into the name that the user knows.
    secrets: the fields whose values are not shown.
    """
    mistakes: dict[str, Mistake] = {}
    by_alias = {info.alias: name for name, info in model.model_fields.items() if info.alias}
    for detail in error.errors(include_url=False):
        key = str(detail["loc"][0])
        field = by_alias.get(key, key)
        name = user_name(key)
        if detail["type"] == "extra_forbidden":
            mistake = Mistake(name, f"is unknown{_suggestion(key, model)}")
        elif detail["type"] == "missing":
            mistake = Mistake(name, "is missing")
        else:
            got = "" if field in secrets else f"got {_shown(detail['input'])}, "
            mistake = Mistake(name, f"{got}accepts {accepted(model, field)}{_reason(model, field, detail)}")
        mistakes.setdefault(field, mistake)
    return list(mistakes.values())


def accepted(model: type[BaseModel], field: str) -> str:
    """Return what a field accepts, in words."""
    note = _note(model, field)
    return note.words if note else ", ".join(_choices(model.model_fields[field].annotation))


def _suggestion(key: str, model: type[BaseModel]) -> str:
    known = [info.alias or name for name, info in model.model_fields.items()]
    nearest = get_close_matches(key, known, n=1, cutoff=0.5)
    return f"; did you mean {nearest[0]}?" if nearest else f"; known keys are {', '.join(known)}"


def _reason(model: type[BaseModel], field: str, detail: ErrorDetails) -> str:
    note = _note(model, field)
    reason = detail.get("ctx", {}).get("error")
    return f" ({reason})" if note and note.why and reason else ""


def _note(model: type[BaseModel], field: str) -> Accepts | None:
    info = model.model_fields[field]
    # The last note is the most specific: Annotated[Text, Accepts("a URL")] has two.
    own = [note for note in info.metadata if isinstance(note, Accepts)]
    inner = [
        note for part in get_args(info.annotation) for note in _metadata(part) if isinstance(note, Accepts)
    ]
    return next(iter([*reversed(own), *reversed(inner)]), None)


def _metadata(annotation: object) -> tuple[object, ...]:
    found: tuple[object, ...] = getattr(annotation, "__metadata__", ())
    return found


def _choices(annotation: object) -> list[str]:
    annotation = getattr(annotation, "__value__", annotation)
    if str(get_origin(annotation)) == str(Literal):
        return [str(choice) for choice in get_args(annotation)]
    return [choice for inner in get_args(annotation) for choice in _choices(inner)]


def _shown(value: object) -> str:
    return cut(repr(value), _MAX_SHOWN)
