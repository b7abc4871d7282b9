"""What a form posts -> what the page holds. Nothing is judged here: that is the reading's part."""

from collections.abc import Mapping
from dataclasses import replace

from builder.web.looking import read_otherwise
from builder.web.selecting import wanted_parameters
from builder.web.setting_fields import all_fields
from builder.web.workspace import (
    ConnectionForm,
    EndpointForm,
    FieldRow,
    InstallationForm,
    ParameterForm,
    RelationRow,
    Workspace,
)

type Posted = Mapping[str, str]

OWN = "own"


def number_in(posted: Posted) -> int:
    """The number of the endpoint that a form belongs to; 0 for none."""
    text = posted.get("number", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def read_connection(connection: ConnectionForm, posted: Posted) -> ConnectionForm:
    """The first step. An empty secret keeps the one that is kept."""
    texts, secrets = dict(connection.texts), dict(connection.secrets)
    for field in all_fields():
        if field.input == "switch":
            texts[field.name] = "true" if field.name in posted else "false"
        elif field.is_secret and posted.get(field.name, "").strip():
            secrets[field.name] = posted[field.name]
        elif not field.is_secret and field.name in posted:
            texts[field.name] = posted[field.name]
    return ConnectionForm(texts, secrets)


def without_secret(connection: ConnectionForm, name: str) -> ConnectionForm:
    """The connection with one secret forgotten."""
    kept = {each: text for each, text in connection.secrets.items() if each != name}
    return replace(connection, secrets=kept)


def read_endpoint(form: EndpointForm, posted: Posted) -> EndpointForm:
    """How to ask for an endpoint."""
    form = replace(
        form,
        kind=posted.get("kind", form.kind),
        method=posted.get("method", form.method),
        query_params=posted.get("query_params", form.query_params),
        headers=posted.get("headers", form.headers),
        body=posted.get("body", form.body),
        min_items=posted.get("min_items", form.min_items),
        more=posted.get("more", form.more),
    )
    parameters = {**form.parameters, **_parameters(posted)}
    form = replace(form, parameters=parameters)
    wanted = wanted_parameters(form)
    return replace(form, parameters={name: each for name, each in parameters.items() if name in wanted})


def read_choice(form: EndpointForm, posted: Posted) -> EndpointForm:
    """What becomes of an endpoint's items."""
    return replace(
        form,
        query=posted.get("query", form.query),
        blueprint=posted.get("blueprint", form.blueprint),
        blueprint_title=posted.get("blueprint_title", form.blueprint_title),
        icon=posted.get("icon", form.icon),
        identifier=_chosen(posted, "identifier", form.identifier),
        title=_chosen(posted, "title", form.title),
        rows=tuple(_row(number, row, posted) for number, row in enumerate(form.rows)),
        relations=tuple(_relation(number, row, posted) for number, row in enumerate(form.relations)),
    )


def read_installation(form: InstallationForm, posted: Posted) -> InstallationForm:
    """The third step."""
    return replace(
        form,
        identifier=posted.get("installation", form.identifier),
        type=posted.get("type", form.type),
        region=posted.get("region", form.region),
        port_base_url=posted.get("port_base_url", form.port_base_url),
        event_listener=posted.get("event_listener", form.event_listener),
        resync_minutes=posted.get("resync_minutes", form.resync_minutes),
    )


def read_credentials(form: InstallationForm, posted: Posted) -> InstallationForm:
    """Port's credentials. An empty secret keeps the one that is kept."""
    secret = posted.get("client_secret", "").strip() or form.client_secret
    return replace(form, client_id=posted.get("client_id", form.client_id).strip(), client_secret=secret)


def changed_endpoint(workspace: Workspace, posted: Posted) -> EndpointForm:
    """The endpoint that the form of the path belongs to, with what was typed into it."""
    return read_endpoint(workspace.numbered(number_in(posted)), posted)


def _parameters(posted: Posted) -> dict[str, ParameterForm]:
    names = [name.split("-")[1] for name in posted if name.startswith("p-") and name.endswith("-source")]
    return {name: _parameter(name, posted) for name in names}


def _parameter(name: str, posted: Posted) -> ParameterForm:
    def text(key: str) -> str:
        return posted.get(f"p-{name}-{key}", "")

    return ParameterForm(
        "values" if text("source") == "values" else "endpoint",
        text("endpoint"),
        text("data_path"),
        text("field"),
        text("filter"),
        text("values"),
        text("more"),
    )


def _row(number: int, row: FieldRow, posted: Posted) -> FieldRow:
    """A row; one that is not in the form is on another page than this one, and stays."""
    place = f"row-{number}-"
    if f"{place}name" not in posted:
        return row
    changed = replace(
        row,
        name=posted[f"{place}name"],
        title=posted.get(f"{place}title", row.title),
        expression=posted.get(f"{place}expression", row.expression),
        is_selected=f"{place}selected" in posted,
    )
    reading = posted.get(f"{place}reading", row.reading)
    return read_otherwise(changed, reading) if reading != row.reading else changed


def _relation(number: int, row: RelationRow, posted: Posted) -> RelationRow:
    """A relation; the form may still have other proposals than there are now."""
    if posted.get(f"relation-{number}-name") != row.relation.name:
        return row
    return replace(row, is_selected=f"relation-{number}" in posted)


def _chosen(posted: Posted, name: str, before: str) -> str:
    """One of the proposals, or what was typed beside them."""
    choice = posted.get(f"{name}-choice", before)
    return posted.get(name, "") if choice == OWN else choice
