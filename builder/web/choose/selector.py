"""The request inputs of an endpoint, parsed into the selector of the mapping, and back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from builder.inference import parameter_names
from builder.json_values import as_object
from builder.web.choose.endpoint import EndpointForm, ParameterForm
from builder.web.page.issues import Issue
from builder.web.page.text_formats import (
    format_json,
    format_pairs,
    non_empty_lines,
    parse_json_text,
    parse_object,
    parse_pairs,
)
from rest.bodies import Json
from rest.request import text_of

type Selector = dict[str, Json]

# Placeholders in a body stand in quotes: other braces may be GraphQL.
_IN_BODY = re.compile(r'"\{[A-Za-z_]\w*\}"', re.ASCII)
_LABELS: Mapping[str, str] = {
    "kind": "Path",
    "query_params": "Query parameters",
    "headers": "Headers",
    "body": "Body",
    "min_items": "Minimum items",
    "more": "Other selector keys",
}
_PARAMETER_KEYS = ("endpoint", "data_path", "field", "filter")


@dataclass(frozen=True, slots=True)
class ParsedSelector:
    """A selector. errors, missing: wrong inputs, and inputs that are still needed."""

    selector: Selector
    errors: tuple[Issue, ...] = ()
    missing: tuple[Issue, ...] = ()


def required_parameters(form: EndpointForm) -> list[str]:
    """Return the names of all placeholders, including those of the parameters' own endpoints."""
    texts = [form.kind, form.query_params, *_IN_BODY.findall(form.body)]
    names = dict.fromkeys(name for text in texts for name in parameter_names(text))
    pending = list(names)
    while pending:
        parameter = form.parameters.get(pending.pop(), ParameterForm())
        inner = parameter_names(parameter.endpoint) if parameter.source == "endpoint" else []
        found = [name for name in inner if name not in names]
        names |= dict.fromkeys(found)
        pending += found
    return list(names)


def parse_selector(form: EndpointForm) -> ParsedSelector:
    """Parse the inputs. Whether the engine accepts the selector is not checked."""
    selector: Selector = {}
    errors: list[Issue] = []
    for name, parse in _PARSERS.items():
        try:
            value = parse(getattr(form, name))
        except ValueError as error:
            errors.append(Issue(name, _LABELS[name], str(error)))
            continue
        if value not in (None, {}, "", "GET"):
            selector[name] = value
    more = selector.pop("more", {})
    parameters = {
        name: _parse_parameter(name, form.parameters.get(name, ParameterForm()))
        for name in required_parameters(form)
    }
    if parameters:
        selector["path_parameters"] = {name: each.selector for name, each in parameters.items()}
    selector |= more if isinstance(more, dict) else {}
    errors += [issue for each in parameters.values() for issue in each.errors]
    missing = tuple(issue for each in parameters.values() for issue in each.missing)
    return ParsedSelector(selector, tuple(errors), missing)


def with_selector(form: EndpointForm, selector: Mapping[str, Json]) -> EndpointForm:
    """Return the endpoint with a selector entered into its inputs."""
    known = {*_PARSERS, "path_parameters"}
    return replace(
        form,
        method=text_of(selector.get("method") or "GET"),
        query_params=format_pairs(as_object(selector.get("query_params")), "="),
        headers=format_pairs(as_object(selector.get("headers")), ":"),
        body=format_json(selector.get("body")),
        min_items=text_of(selector.get("min_items") or ""),
        data_path=text_of(selector.get("data_path") or ""),
        query=text_of(selector.get("query") or ""),
        parameters={
            name: parameter_form(as_object(each))
            for name, each in as_object(selector.get("path_parameters")).items()
        },
        more=format_json({name: value for name, value in selector.items() if name not in known}),
    )


def parameter_form(selector: Mapping[str, Json]) -> ParameterForm:
    """Return an entry of `path_parameters` as inputs."""
    values = selector.get("values")
    if isinstance(values, list):
        return ParameterForm("values", values="\n".join(map(text_of, values)))
    texts = {name: text_of(selector.get(name) or "") for name in _PARAMETER_KEYS}
    more = {name: value for name, value in selector.items() if name not in _PARAMETER_KEYS}
    return ParameterForm("endpoint", more=format_json(more), **texts)


def _parse_parameter(name: str, form: ParameterForm) -> ParsedSelector:
    if form.source == "values":
        values = list[Json](non_empty_lines(form.values))
        missing = (
            []
            if values
            else [
                Issue(
                    f"p-{name}-values",
                    f"{{{name}}}",
                    "Its values are not known",
                    advice="Enter one value per line",
                )
            ]
        )
        return ParsedSelector({"values": values}, missing=tuple(missing))
    texts = {key: str(getattr(form, key)).strip() for key in _PARAMETER_KEYS}
    selector: Selector = {key: text for key, text in texts.items() if text}
    missing = list(_missing_inputs(name, texts))
    try:
        return ParsedSelector({**selector, **parse_object(form.more)}, missing=tuple(missing))
    except ValueError as error:
        issue = Issue(f"p-{name}-more", f"{{{name}}}", str(error))
        return ParsedSelector(selector, (issue,), tuple(missing))


def _missing_inputs(name: str, texts: Mapping[str, str]) -> Iterator[Issue]:
    label = f"{{{name}}}"
    if not texts["endpoint"]:
        advice = "Enter the endpoint that lists them, or fixed values"
        yield Issue(f"p-{name}-endpoint", label, "Its values are not known", advice=advice)
    elif not texts["field"]:
        advice = "Enter the field that holds the value, for example .id"
        yield Issue(f"p-{name}-field", label, "Its field is not known", advice=advice)


def _parse_text(text: str) -> Json:
    return text.strip()


def _parse_headers(text: str) -> Json:
    return parse_pairs(text, ":")


def _parse_params(text: str) -> Json:
    return parse_pairs(text, "=")


def _parse_count(text: str) -> Json:
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit()):
        raise ValueError("Enter a whole number, 0 or greater")
    return int(text)


def _parse_query(text: str) -> Json:
    return text.strip() if text.strip() != "true" else None


_PARSERS = {
    "query": _parse_query,
    "data_path": _parse_text,
    "method": _parse_text,
    "query_params": _parse_params,
    "headers": _parse_headers,
    "body": parse_json_text,
    "min_items": _parse_count,
    "more": parse_object,
}
