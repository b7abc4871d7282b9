"""The forms of step 2, read into frozen values. They are checked later, in `parsing`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from builder.web.choose.autofill import with_type
from builder.web.choose.endpoint import EndpointForm, ParameterForm, PropertyRow, RelationRow
from builder.web.choose.own_relations import read_own_relations
from builder.web.choose.placeholders import required_parameters

CUSTOM = "own"


@dataclass(frozen=True, slots=True)
class PastedResponse:
    """A response that the user pasted or uploaded. number: of its endpoint."""

    number: int
    text: str = field(repr=False)
    headers: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ItemsForm:
    """The endpoint with the posted inputs, and where its items are in the response."""

    endpoint: EndpointForm
    data_path: str


def read_number(data: Mapping[str, str]) -> int:
    """Return the number of the form's endpoint, 0 if there is none."""
    text = data.get("number", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def read_endpoint(form: EndpointForm, data: Mapping[str, str]) -> EndpointForm:
    """Return the endpoint with the posted inputs of its request."""
    parameters = {**form.parameters, **_parameters(data)}
    form = replace(
        form,
        kind=data.get("kind", form.kind),
        method=data.get("method", form.method),
        query_params=data.get("query_params", form.query_params),
        headers=data.get("headers", form.headers),
        body=data.get("body", form.body),
        body_type=data.get("body_type", form.body_type),
        min_items=data.get("min_items", form.min_items),
        more=data.get("more", form.more),
        parameters=parameters,
    )
    required = required_parameters(form)
    return replace(form, parameters={name: each for name, each in parameters.items() if name in required})


def read_mapping(form: EndpointForm, data: Mapping[str, str]) -> EndpointForm:
    """Return the endpoint with the posted inputs of its mapping."""
    return replace(
        form,
        query=data.get("query", form.query),
        blueprint=data.get("blueprint", form.blueprint),
        blueprint_title=data.get("blueprint_title", form.blueprint_title),
        icon=data.get("icon", form.icon),
        identifier=_choice(data, "identifier", form.identifier),
        title=_choice(data, "title", form.title),
        rows=tuple(_row(number, row, data) for number, row in enumerate(form.rows)),
        relations=tuple(_relation(number, row, data) for number, row in enumerate(form.relations)),
        own_relations=read_own_relations(form.own_relations, data),
    )


def read_items(form: EndpointForm, data: Mapping[str, str]) -> ItemsForm:
    """Return the posted place of the items."""
    choice = data.get("data_path-choice", CUSTOM)
    return ItemsForm(read_mapping(form, data), data.get("data_path", "") if choice == CUSTOM else choice)


def read_response(data: Mapping[str, str]) -> PastedResponse:
    """Return the posted response. A file takes precedence over pasted text."""
    text = data.get("pasted_file", "").strip() or data.get("pasted", "")
    return PastedResponse(read_number(data), text, data.get("pasted_headers", ""))


def _parameters(data: Mapping[str, str]) -> dict[str, ParameterForm]:
    names = [name.split("-")[1] for name in data if name.startswith("p-") and name.endswith("-source")]
    return {name: _parameter(name, data) for name in names}


def _parameter(name: str, data: Mapping[str, str]) -> ParameterForm:
    def text(key: str) -> str:
        return data.get(f"p-{name}-{key}", "")

    keys = ("endpoint", "data_path", "field", "filter", "values", "more", "sources")
    source = text("source")
    return ParameterForm(
        "values" if source == "values" else "sources" if source == "sources" else "endpoint",
        **{key: text(key) for key in keys},
    )


def _row(number: int, row: PropertyRow, data: Mapping[str, str]) -> PropertyRow:
    """Return a row with the posted inputs. A row without inputs in the form stays the same."""
    prefix = f"row-{number}-"
    if f"{prefix}name" not in data:
        return row
    changed = replace(
        row,
        name=data[f"{prefix}name"],
        title=data.get(f"{prefix}title", row.title),
        expression=data.get(f"{prefix}expression", row.expression),
        is_selected=f"{prefix}selected" in data,
    )
    type_ = data.get(f"{prefix}reading", row.type)
    return with_type(changed, type_) if type_ != row.type else changed


def _relation(number: int, row: RelationRow, data: Mapping[str, str]) -> RelationRow:
    """Return a relation with the posted choice. The form may still show earlier proposals."""
    if data.get(f"relation-{number}-name") != row.relation.name:
        return row
    return replace(row, is_selected=f"relation-{number}" in data)


def _choice(data: Mapping[str, str], name: str, current: str) -> str:
    """Return the chosen proposal, or the text that the user entered instead."""
    choice = data.get(f"{name}-choice", current)
    return data.get(name, "") if choice == CUSTOM else choice
