"""What changed between two states of the page, in words. They never contain a value of an input."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from builder.web.choose.endpoint import EndpointForm
from builder.web.connect.setting_fields import label_of
from builder.web.page.workspace import Workspace

# Changes that begin with it are typed, so that several in a row are one change.
TYPED = "change "
_ENDPOINT_INPUTS: Mapping[str, str] = MappingProxyType(
    {
        "kind": "path",
        "blueprint": "blueprint",
        "blueprint_title": "blueprint title",
        "icon": "icon",
        "identifier": "identifier",
        "title": "title",
        "query": "filter",
        "data_path": "items",
        "parameters": "parameters",
        "method": "method",
        "query_params": "query parameters",
        "headers": "headers",
        "body": "body",
        "body_type": "body type",
        "min_items": "minimum items",
        "webhook": "live events",
        "more": "selector",
    }
)


def describe_change(before: Workspace, after: Workspace) -> str:
    """Return what changed, "" if only the display, a secret or a proposal changed."""
    return next(_changes(before, after), "")


def _changes(before: Workspace, after: Workspace) -> Iterator[str]:
    """Yield the changes. The first one describes all of them best."""
    if before is after:
        return
    if after.opened and not (before.opened and after.opened.mapping is before.opened.mapping):
        yield f"open {after.opened.name}"
    if after == Workspace() and before != after:
        yield "start over"
    if after.imported is not before.imported and after.imported:
        yield "import a document"
    old = {each.number: each for each in before.endpoints}
    new = {each.number: each for each in after.endpoints}
    yield from (f"remove {_name(old[number])}" for number in old if number not in new)
    yield from (f"add {_name(new[number])}" for number in new if number not in old)
    for number in old:
        if number in new and old[number] is not new[number]:
            yield from _endpoint_changes(old[number], new[number])
    if len(after.kept) < len(before.kept):
        yield "remove a kept entry"
    yield from _setting_changes(before, after)


def _endpoint_changes(old: EndpointForm, new: EndpointForm) -> Iterator[str]:
    if new.sample is not old.sample:
        yield f"use a sample of {_name(new)}"
    yield from _property_changes(old, new)
    yield from _relation_changes(old, new)
    for name, label in _ENDPOINT_INPUTS.items():
        if getattr(old, name) != getattr(new, name):
            # A path is typed letter by letter, so it does not name its own change.
            yield f"{TYPED}the path" if name == "kind" else f"{TYPED}{label} of {_name(new)}"


def _property_changes(old: EndpointForm, new: EndpointForm) -> Iterator[str]:
    if len(new.rows) != len(old.rows):
        names = {each.name for each in new.rows}
        removed = next((each.name for each in old.rows if each.name not in names), "")
        yield "add a property" if len(new.rows) > len(old.rows) else f"remove property {removed}".strip()
    for before, after in zip(old.rows, new.rows, strict=False):
        if before.is_selected != after.is_selected:
            yield f"{'include' if after.is_selected else 'exclude'} property {after.name}"
        elif before != after:
            yield (
                f"{TYPED}property {after.name}" if before.name == after.name else f"{TYPED}a property's name"
            )


def _relation_changes(old: EndpointForm, new: EndpointForm) -> Iterator[str]:
    if len(new.own_relations) != len(old.own_relations):
        removed = next((each.name for each in old.own_relations if each not in new.own_relations), "")
        is_more = len(new.own_relations) > len(old.own_relations)
        yield "add a relation" if is_more else f"remove relation {removed}".strip()
    for before, after in zip(old.own_relations, new.own_relations, strict=False):
        if before != after:
            yield (
                f"{TYPED}relation {after.name}" if before.name == after.name else f"{TYPED}a relation's name"
            )
    selected = {each.relation.name: each.is_selected for each in old.relations}
    for each in new.relations:
        if selected.get(each.relation.name, each.is_selected) != each.is_selected:
            yield f"{'include' if each.is_selected else 'exclude'} relation {each.relation.name}"


def _setting_changes(before: Workspace, after: Workspace) -> Iterator[str]:
    old, new = before.connection.texts, after.connection.texts
    names = [name for name in dict.fromkeys([*old, *new]) if _differs(old.get(name), new.get(name))]
    if names:
        yield f"{TYPED}{label_of(names[0])}" if len(names) == 1 else "change several settings"
    secrets = {"client_secret": "", "client_id": ""}
    if replace(before.installation, **secrets) != replace(after.installation, **secrets):
        yield f"{TYPED}installation"


def _differs(old: str | None, new: str | None) -> bool:
    """Return whether an input differs. The first post of a form adds the inputs that are empty or off."""
    return (old or "") != (new or "") and not (old is None and new in ("", "false", "true"))


def _name(endpoint: EndpointForm) -> str:
    return endpoint.kind.strip() or "an endpoint"
