"""Every mistake in settings, a mapping and blueprints, found without a request."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from builder.assistant.answers import WrongValue
from builder.assistant.session import GivenMapping, Session, read_given
from builder.json_values import as_object
from builder.mapping_file import Entry, entry_of
from builder.port_names import blueprint_problem, property_problem
from configuration.certificates import CERTIFICATE_SETTINGS
from configuration.pagination import PaginationSettings
from configuration.permissions import NO_PERMISSIONS
from configuration.secret_files import FILE_SETTINGS
from configuration.secrets import SECRETS
from configuration.setting_names import field_name, setting_name
from configuration.settings import Settings, setting_names
from configuration.variables import variables_in
from mapping import reads_surroundings
from rest.bodies import texts_in
from rest.errors import Mistake, Place, ResourceError, SettingsError

# Only the user sets these: a secret has no place in a conversation, and a path may lead to a secret.
_FOR_USERS = SECRETS | FILE_SETTINGS.keys() | CERTIFICATE_SETTINGS
_IN_ENV_FILE = "The user sets it in the env file"
_FIX_SURROUNDINGS = "Take the value from the item, or ask the user to write it into the mapping"


def setting_mistakes(session: Session, proposed: Mapping[str, Any]) -> Iterator[WrongValue]:
    """Yield the mistakes in the user's settings with proposed changes. None of them takes effect."""
    known = {field_name(name): name for name in setting_names()}
    given = {field_name(name): value for name, value in proposed.items()}
    for name in given:
        if name not in known:
            yield WrongValue(place="settings", name=setting_name(name), what="is not a setting")
        elif name in _FOR_USERS:
            what = "is a secret, or the path of one, and is not checked here"
            yield WrongValue(place="settings", name=setting_name(name), what=what, fix=_IN_ENV_FILE)
    allowed = {name: value for name, value in given.items() if name in known.keys() - _FOR_USERS}
    for mistake in _mistakes_in(session, allowed):
        yield _wrong("settings", mistake)


def mapping_mistakes(session: Session, mapping: GivenMapping) -> Iterator[WrongValue]:
    """Yield the mistakes in each entry of a mapping."""
    try:
        document = read_given(mapping)
    except ResourceError as error:
        yield from _wrong_values(error)
        return
    for number, entry in enumerate(document["resources"], 1):
        place = f"resources, entry {number}"
        try:
            found = read_entry(session, entry)
        except ResourceError as error:
            yield from _wrong_values(error.at(Place(entry=place)))
            continue
        if surroundings := surroundings_of(found, as_object(entry)):
            yield _wrong("mapping", replace(surroundings, name=f"{place}, {found.kind}"))


def blueprint_mistakes(blueprints: Iterable[Mapping[str, Any]]) -> Iterator[WrongValue]:
    """Yield the names in blueprints that Port does not allow."""
    for number, blueprint in enumerate(blueprints):
        identifier = str(blueprint.get("identifier") or "")
        if problem := blueprint_problem(identifier):
            name = f"blueprint {number + 1}"
            yield WrongValue(place="blueprints", name=name, what=f"identifier {identifier!r}: {problem}")
        properties = as_object(as_object(blueprint.get("schema")).get("properties"))
        for name in [*properties, *as_object(blueprint.get("relations"))]:
            if problem := property_problem(name):
                yield WrongValue(place="blueprints", name=f"{identifier}.{name}", what=problem)


def read_entry(session: Session, entry: Any) -> Entry:  # noqa: ANN401 - what a mapping holds
    """Return an entry of a mapping. Raises ResourceError: it is wrong."""
    inputs = session.inputs
    try:
        pagination, permissions = inputs.settings.pagination, inputs.permissions
    except SettingsError:
        pagination, permissions = PaginationSettings(), NO_PERMISSIONS
    return entry_of(entry, pagination, permissions)


def surroundings_of(entry: Entry, document: Mapping[str, Any]) -> Mistake | None:
    """Return a mistake if the jq of an entry may read the environment of the installation, or files there.

    Some installations allow that, and then a mapping could copy their secrets into the catalog.
    """
    expressions: Sequence[Any] = (entry.mapping.fields, entry.mapping.query, _items_to_parse(document))
    if not reads_surroundings(*expressions):
        return None
    return Mistake(
        entry.kind,
        "its jq may read the environment or files of the installation, where secrets are",
        _FIX_SURROUNDINGS,
    )


def _items_to_parse(document: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what a mapping holds
    return as_object(document.get("port")).get("itemsToParse") or ""


def _mistakes_in(session: Session, proposed: Mapping[str, Any]) -> Sequence[Mistake]:
    """Return the mistakes in the user's settings with these changes."""
    config: dict[str, Any] = {**session.inputs.config, **proposed}
    # Proposed texts may name any variable. Its value must not get into a message.
    environ = dict.fromkeys(variables_in(texts_in(config)), "value")
    try:
        if proposed:
            Settings.from_config(config, environ)
        else:
            session.connection()
    except SettingsError as error:
        return error.mistakes
    return ()


def _wrong_values(error: ResourceError) -> Iterator[WrongValue]:
    place = ": ".join(filter(None, [error.place.entry, error.place.kind]))
    if not error.mistakes:
        yield WrongValue(place="mapping", name=place or "mapping", what=error.what, fix=error.advice)
    for mistake in error.mistakes:
        name = f"{place}: {mistake.name}" if place else mistake.name
        yield WrongValue(place="mapping", name=name, what=mistake.what, fix=mistake.hint or error.advice)


def _wrong(place: Any, mistake: Mistake) -> WrongValue:  # noqa: ANN401 - a literal
    return WrongValue(place=place, name=mistake.name, what=mistake.what, fix=mistake.hint)
