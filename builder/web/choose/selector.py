"""The request inputs of an endpoint, parsed into the selector of the mapping, and back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from builder.json_values import as_object
from builder.web.choose.endpoint import EndpointForm, ParameterForm
from builder.web.choose.placeholders import required_parameters
from builder.web.page.issues import Issue
from builder.web.page.text_formats import (
    format_json,
    format_pairs,
    non_empty_lines,
    parse_array,
    parse_json_text,
    parse_object,
    parse_pairs,
)
from configuration.answer_formats import read_format
from rest.bodies import Json
from rest.body_format import RECOGNIZED, BodyFormat, FormatName
from rest.request import text_of

type Selector = dict[str, Json]

_LABELS: Mapping[str, str] = {
    "kind": "Path",
    "query_params": "Query parameters",
    "headers": "Headers",
    "body": "Body",
    "body_type": "Body type",
    "min_items": "Minimum items",
    "webhook": "Live events",
    "more": "Other selector keys",
}
_PARAMETER_KEYS = ("endpoint", "data_path", "field", "filter")


@dataclass(frozen=True, slots=True)
class ParsedSelector:
    """A selector. errors, missing: wrong inputs, and inputs that are still needed."""

    selector: Selector
    errors: tuple[Issue, ...] = ()
    missing: tuple[Issue, ...] = ()


def parse_selector(form: EndpointForm) -> ParsedSelector:
    """Parse the inputs. Whether the engine accepts the selector is not checked."""
    selector: Selector = {}
    errors: list[Issue] = []
    parsers = {**_PARSERS, "body": _BODY_PARSERS.get(form.body_type, parse_json_text)}
    for name, parse in parsers.items():
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
        selector["path_parameters"] = {name: each.written for name, each in parameters.items()}
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
        body=_body_text(selector),
        body_type=text_of(selector.get("body_type") or ""),
        min_items=text_of(selector.get("min_items") or ""),
        webhook=format_json(selector.get("webhook")),
        data_path=text_of(selector.get("data_path") or ""),
        query=text_of(selector.get("query") or ""),
        parameters={
            name: parameter_form(each) for name, each in as_object(selector.get("path_parameters")).items()
        },
        more=format_json({name: value for name, value in selector.items() if name not in known}),
    )


def chosen_format(form: EndpointForm) -> BodyFormat:
    """Return the format of the responses that the selector names."""
    try:
        chosen = parse_object(form.more).get("format")
        return RECOGNIZED if chosen is None else read_format(chosen)
    except ValueError:
        return RECOGNIZED  # the check of the selector reports it


def with_format(form: EndpointForm, name: FormatName | None) -> EndpointForm:
    """Return the endpoint with a format that the selector must name. None: it is recognized."""
    try:
        more = parse_object(form.more)
    except ValueError:
        return form
    if name is None or more.get("format") is not None:
        return form
    return replace(form, more=format_json({**more, "format": name}))


def parameter_form(written: Json) -> ParameterForm:
    """Return an entry of `path_parameters`, or a list of them, as inputs."""
    if isinstance(written, list):
        return ParameterForm("sources", sources=format_json(written))
    selector = as_object(written)
    values = selector.get("values")
    more = {name: each for name, each in selector.items() if name not in (*_PARAMETER_KEYS, "values")}
    if isinstance(values, list):
        return ParameterForm("values", values="\n".join(map(text_of, values)), more=format_json(more))
    texts = {name: text_of(selector.get(name) or "") for name in _PARAMETER_KEYS}
    return ParameterForm("endpoint", more=format_json(more), **texts)


@dataclass(frozen=True, slots=True)
class _ParsedParameter:
    """An entry of `path_parameters`. errors, missing: as of a selector."""

    written: Json
    errors: tuple[Issue, ...] = ()
    missing: tuple[Issue, ...] = ()


def _parse_parameter(name: str, form: ParameterForm) -> _ParsedParameter:
    label = f"{{{name}}}"
    if form.source == "sources":
        try:
            return _parsed_sources(name, parse_array(form.sources))
        except ValueError as error:
            return _ParsedParameter([], (Issue(f"p-{name}-sources", label, str(error)),))
    texts = {key: str(getattr(form, key)).strip() for key in _PARAMETER_KEYS}
    own: dict[str, Json] = {key: text for key, text in texts.items() if text}
    missing = tuple(_missing_inputs(name, texts))
    if form.source == "values":
        own = {"values": list[Json](non_empty_lines(form.values))}
        missing = () if own["values"] else (_unknown_values(name, "values", "Enter one value per line"),)
    try:
        return _ParsedParameter({**own, **parse_object(form.more)}, missing=missing)
    except ValueError as error:
        return _ParsedParameter(own, (Issue(f"p-{name}-more", label, str(error)),), missing)


def _parsed_sources(name: str, sources: list[Json]) -> _ParsedParameter:
    if sources:
        return _ParsedParameter(sources)
    advice = "Enter a JSON list of sources"
    return _ParsedParameter(sources, missing=(_unknown_values(name, "sources", advice),))


def _unknown_values(name: str, key: str, advice: str) -> Issue:
    return Issue(f"p-{name}-{key}", f"{{{name}}}", "Its values are not known", advice=advice)


def _missing_inputs(name: str, texts: Mapping[str, str]) -> Iterator[Issue]:
    if not texts["endpoint"]:
        yield _unknown_values(name, "endpoint", "Enter the endpoint that lists them, or fixed values")
    elif not texts["field"]:
        advice = "Enter the field that holds the value, for example .id"
        yield Issue(f"p-{name}-field", f"{{{name}}}", "Its field is not known", advice=advice)


def _body_text(selector: Mapping[str, Json]) -> str:
    body = selector.get("body")
    is_raw = isinstance(body, str) and selector.get("body_type") in ("text", "form")
    return str(body) if is_raw else format_json(body)


def _parse_raw(text: str) -> Json:
    return text if text.strip() else None


def _parse_form(text: str) -> Json:
    """Return the fields of a form, or its text. An object of fields begins with a brace."""
    return parse_json_text(text) if text.lstrip().startswith("{") else _parse_raw(text.strip())


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
    "body_type": _parse_text,
    "min_items": _parse_count,
    "webhook": parse_object,
    "more": parse_object,
}
_BODY_PARSERS = {"form": _parse_form, "text": _parse_raw}
