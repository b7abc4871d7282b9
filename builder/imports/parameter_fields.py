"""Choose the field of a parent's items that has the values of a path parameter."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from builder.imports.name_parts import is_same_noun, key_words, lower_words, short_form, subject_noun
from builder.json_values import value_at
from configuration.parameter_values import Value
from rest.bodies import Json
from rest.page import Item
from rest.steps import quoted_key

# Fields that identify the items of a listing, the likeliest first.
IDENTIFYING_FIELDS = (
    *("id", "uuid", "guid", "_id", "gid", "sid", "uid", "identifier", "key", "slug", "login", "username"),
    *("name", "label", "code", "number", "index", "serial", "public_id", "hash", "sha"),
)
_LOGINS = ("login", "username")
# Entities that sign in. Elsewhere, a user name in an item is that of another entity.
_WITH_LOGIN = frozenset({"user", "org", "owner", "member", "account", "author", "person", "collaborator"})
_IDS = ("id", "uuid", "guid", "_id", "gid", "sid", "uid", "identifier", "public_id")
# The fields that a word in the name of a parameter stands for, the likeliest first.
_FIELDS_BY_WORD: Mapping[str, tuple[str, ...]] = {
    "id": (*_IDS, "key", "number", "code", "iid"),
    "uuid": ("uuid", "guid", "id", "uid"),
    "guid": ("guid", "uuid", "id"),
    "uid": ("uid", "id", "uuid"),
    "gid": ("gid", "id"),
    "sid": ("sid", "id"),
    "iid": ("iid",),
    "key": ("key", "slug", "code", "id"),
    "slug": ("slug", "login", "key"),
    "name": ("name", "username", "login", "slug"),
    "login": ("login", "username", "name"),
    "number": ("number", "iid", "index", "no", "id"),
    "no": ("no", "number", "num", "id"),
    "nr": ("nr", "number", "id"),
    "num": ("num", "number", "iid", "index"),
    "index": ("number", "index", "iid"),
    "code": ("code", "key", "id"),
    "sha": ("sha", "hash", "id"),
    "hash": ("hash", "sha", "id"),
}
_OTHER_WORD = re.compile(r"\bor (?:the |an? )?(?:\w+ )?(id|name|slug|key|uuid)\b", re.IGNORECASE)
# Objects in an item that have its own fields.
_WRAPPERS = ("metadata", "attributes", "spec", "data", "properties", "summary", "resource", "node")
# Kubernetes addresses objects by their name. The field uid only distinguishes generations.
_NAMED_BY = {"metadata": ("name",)}


@dataclass(frozen=True, slots=True)
class TemplateParameter:
    """A path parameter and its known values.

    is_number: None if unknown. values: used if no parent is found. all_values: the list is complete.
    recorded: the values in recorded requests, as text. hint: the document's description.
    noun: the entity whose full name is the value, as in `projects/p/locations/l`. Empty for other values.
    """

    name: str
    is_number: bool | None = None
    values: tuple[Value, ...] = ()
    all_values: bool = False
    recorded: frozenset[str] = frozenset()
    hint: str = ""
    noun: str = ""


def choose_field(parameter: TemplateParameter, items: Sequence[Item], noun: str = "") -> str | None:
    """Return jq for the field with the parameter's values in the parent's items, None if there is none.

    noun: the entity of the items, empty if unknown.
    """
    if not items:
        return None
    if parameter.noun:
        return ".name" if isinstance(items[0].get("name"), str) else None
    if recorded := _recorded_field(parameter, items):
        return recorded
    item, subject = items[0], subject_noun(parameter.name)
    own_name = _named(item, [parameter.name], parameter)
    if own_name or (subject and noun and not is_same_noun(subject, noun)):
        referred = own_name or referring_field(parameter, item)
        if referred:
            return referred
    return _identifying_field(parameter, item, noun or subject)


def referring_field(parameter: TemplateParameter, item: Item) -> str | None:
    """Return jq for the field of an item that refers to the parameter's entity.

    For `{owner}`: `.owner`, `.owner_id`, or `.owner.login`.
    """
    subject = subject_noun(parameter.name)
    for prefix, holder in _holders(item, ""):
        if found := _named(holder, [parameter.name], parameter):
            return prefix + found
        if not subject:
            continue
        referred = _value_named(holder, subject)
        if referred and isinstance(referred[1], dict):
            inner = _identifying_field(parameter, referred[1], subject)
            if inner:
                return prefix + quoted_key(referred[0]) + inner
        same = [f"{subject}_{word}" for word in _wanted_words(parameter)]
        if found := _named(holder, [*same, subject], parameter):
            return prefix + found
    return None


def nested_field(parameter: TemplateParameter, item: Item) -> str | None:
    """Return jq for the field that refers to the parameter's entity, in a list too: `.environments[].key`."""
    subject = subject_noun(parameter.name)
    for name, value in item.items():
        first = value[0] if isinstance(value, list) and value else None
        if isinstance(first, dict) and is_same_noun(subject_noun(name), subject):
            inner = _identifying_field(parameter, first, subject)
            return f"{quoted_key(name)}[]{inner}" if inner else None
    return referring_field(parameter, item)


def _identifying_field(parameter: TemplateParameter, item: Item, noun: str) -> str | None:
    for prefix, holder in _holders(item, noun):
        names = _NAMED_BY.get(prefix.lstrip("."), ()) or _names_by_words(parameter)
        if not names:
            subject = subject_noun(parameter.name)
            names = (subject, subject.rpartition("_")[2], *_bare_names(parameter, holder))
        own = [f"{noun}_{word}" for word in _wanted_words(parameter)] if noun else []
        if found := _named(holder, [*own, *names], parameter):
            return prefix + found
    return None


def _wanted_words(parameter: TemplateParameter) -> tuple[str, ...]:
    return key_words(parameter.name) or ("id", "slug", "key", "code", "name")


def _names_by_words(parameter: TemplateParameter) -> tuple[str, ...]:
    """Return the names of the fields for the words in the parameter's name, the likeliest first."""
    words = key_words(parameter.name)
    if words:
        # "The name or ID of the image"
        words += tuple(word.lower() for word in _OTHER_WORD.findall(parameter.hint))
    fields = [name for word in words for name in _FIELDS_BY_WORD[word]]
    return tuple(dict.fromkeys([*words[:1], *fields]))


def _bare_names(parameter: TemplateParameter, holder: Item) -> tuple[str, ...]:
    """Return the names of the fields for a name that is only a noun, such as `{repo}`."""
    has_login = short_form(subject_noun(parameter.name)) in _WITH_LOGIN
    fields = [name for name in IDENTIFYING_FIELDS if has_login or name not in _LOGINS]
    if parameter.is_number is not False:
        return tuple(fields)
    # A text parameter is more likely a name than a number.
    found = {name: _value_named(holder, name) for name in fields}
    texts = [name for name, field in found.items() if field and isinstance(field[1], str)]
    return ("slug", *(_LOGINS if has_login else ()), *texts, *fields)


def _holders(item: Item, noun: str) -> Iterator[tuple[str, Item]]:
    """Yield the item and the objects that wrap its fields, each with its path."""
    yield "", item
    for name in (*_WRAPPERS, noun):
        found = _value_named(item, name) if name else None
        if found and isinstance(found[1], dict):
            yield quoted_key(found[0]), found[1]


def _named(holder: Item, names: Sequence[str], parameter: TemplateParameter) -> str | None:
    for name in names:
        found = _value_named(holder, name)
        if found and _could_be(found[1], parameter):
            return quoted_key(found[0])
    return None


def _value_named(holder: Item, name: str) -> tuple[str, Json] | None:
    """Return the field with this name in any case and notation, the exact name first."""
    if name in holder:
        return name, holder[name]
    wanted = "".join(lower_words(name))
    if name.startswith("_") or not wanted:
        return None
    same = (key for key in holder if not key.startswith("_") and "".join(lower_words(key)) == wanted)
    return next(((key, holder[key]) for key in same), None)


def _could_be(value: Json, parameter: TemplateParameter) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    # A number can be sent as text, but a text never as a number.
    return not (parameter.is_number and isinstance(value, str) and not value.isdecimal())


def _recorded_field(parameter: TemplateParameter, items: Sequence[Item]) -> str | None:
    """Return the field with the most of the recorded values, which are decisive."""
    if not parameter.recorded:
        return None
    paths = list(_scalar_paths(items[0], parameter))
    counts = {
        keys: len(
            {str(value) for item in items if (value := value_at(item, keys)) is not None} & parameter.recorded
        )
        for keys in paths
    }
    best = max(paths, key=lambda keys: counts[keys], default=())
    return "".join(map(quoted_key, best)) if best and counts[best] else None


def _scalar_paths(item: Item, parameter: TemplateParameter) -> Iterator[tuple[str, ...]]:
    yield from ((key,) for key, value in item.items() if _could_be(value, parameter))
    for key, value in item.items():
        inner = value if isinstance(value, dict) else {}
        yield from ((key, name) for name, each in inner.items() if _could_be(each, parameter))
