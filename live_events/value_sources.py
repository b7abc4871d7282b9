"""Read values of a delivery where a verification scheme says that they are."""

import re

from configuration.webhook_scheme import ValueSource
from expressions.plain_paths import walk_steps
from live_events.delivery import Delivery
from rest.bodies import parse_json
from rest.errors import JqError
from rest.request import text_of
from rest.steps import Step

_SEPARATORS = ",; "


def texts_at(delivery: Delivery, source: ValueSource) -> list[str]:
    """Return the texts at a source, in order, empty if there are none."""
    if source.body_path:
        return body_texts(delivery, source.body_path)
    if source.query_param:
        found = [delivery.query[name] for name in (source.query_param,) if name in delivery.query]
    else:
        found = [delivery.headers[name] for name in source.headers if name in delivery.headers]
    return [text.strip() for text in found]


def listed(text: str, prefix: str) -> list[str]:
    """Return the members of a list that have the prefix, without it.

    t=1,v1=a,v1=b has a and b for v1=. Commas, semicolons and spaces separate members, unless the prefix has
    them: `v1,a v1,b` has a and b for `v1,`.
    """
    separators = "".join(each for each in _SEPARATORS if each not in prefix)
    members = (member.strip(_SEPARATORS) for member in re.split(f"[{separators}]+", text))
    return [without_prefix(member, prefix) for member in members if member and has_prefix(member, prefix)]


def has_prefix(text: str, prefix: str) -> bool:
    """Return True if a text begins with the prefix in any case, as names of HTTP schemes do."""
    return text[: len(prefix)].lower() == prefix.lower()


def without_prefix(text: str, prefix: str) -> str:
    """Return a text without the prefix, if it has it."""
    return text[len(prefix) :].strip() if has_prefix(text, prefix) else text


def body_texts(delivery: Delivery, steps: tuple[Step, ...]) -> list[str]:
    """Return the texts and numbers at a path of a JSON body, and "" for other values and missing ones."""
    try:
        found = list(walk_steps([parse_json(delivery.body.decode("utf-8-sig"))], steps, strict=False))
    except (ValueError, JqError):
        return []
    return ["" if isinstance(value, bool | list | dict | None) else text_of(value) for value in found]


def source_words(source: ValueSource) -> str:
    """Return the source in words for the log."""
    if source.headers:
        return f"the header {' or '.join(source.headers)}"
    return f"the query parameter {source.query_param}" if source.query_param else "the body"
