"""An endpoint's inputs as the selector of the mapping, and back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from builder.inference import parameter_names
from builder.web.mistakes import Mistake
from builder.web.text_lines import json_of, json_text, lines_of, object_of, pairs_of, words_in_lines
from builder.web.workspace import EndpointForm, ParameterForm
from rest.bodies import Json
from rest.request import text_of

type Selector = dict[str, Json]

# In a body, braces around a word may be GraphQL's own.
_IN_BODY = re.compile(r'"\{[A-Za-z_]\w*\}"', re.ASCII)
_LABELS: Mapping[str, str] = {
    "kind": "Path",
    "query_params": "Query parameters",
    "headers": "Headers",
    "body": "Body",
    "min_items": "Fewest items",
    "more": "More of the selector",
}
_OF_PARAMETER = ("endpoint", "data_path", "field", "filter")


@dataclass(frozen=True, slots=True)
class SelectorReading:
    """What the inputs mean. wrong, missing: what stands in the way."""

    selector: Selector
    wrong: tuple[Mistake, ...] = ()
    missing: tuple[Mistake, ...] = ()


def wanted_parameters(form: EndpointForm) -> list[str]:
    """The names in braces that need values, those of their endpoints too."""
    texts = [form.kind, form.query_params, *_IN_BODY.findall(form.body)]
    names = dict.fromkeys(name for text in texts for name in parameter_names(text))
    waiting = list(names)
    while waiting:
        parameter = form.parameters.get(waiting.pop(), ParameterForm())
        inner = parameter_names(parameter.endpoint) if parameter.source == "endpoint" else []
        found = [name for name in inner if name not in names]
        names |= dict.fromkeys(found)
        waiting += found
    return list(names)


def selector_reading(form: EndpointForm) -> SelectorReading:
    """What was typed, read; whether the engine takes it is not looked at."""
    selector: Selector = {}
    wrong: list[Mistake] = []
    for name, read in _READERS.items():
        try:
            value = read(getattr(form, name))
        except ValueError as error:
            wrong.append(Mistake(name, _LABELS[name], str(error)))
            continue
        if value not in (None, {}, "", "GET"):
            selector[name] = value
    more = selector.pop("more", {})
    parameters = [(name, form.parameters.get(name, ParameterForm())) for name in wanted_parameters(form)]
    read_parameters = {name: _parameter(name, parameter) for name, parameter in parameters}
    for reading in read_parameters.values():
        wrong += reading.wrong
    if parameters:
        selector["path_parameters"] = {name: each.selector for name, each in read_parameters.items()}
    missing = tuple(mistake for reading in read_parameters.values() for mistake in reading.missing)
    return SelectorReading({**selector, **(more if isinstance(more, dict) else {})}, tuple(wrong), missing)


def with_selector(form: EndpointForm, selector: Mapping[str, Json]) -> EndpointForm:
    """The endpoint with a selector typed into its inputs."""
    known = {*_READERS, "path_parameters"}
    parameters = selector.get("path_parameters")
    own = parameters if isinstance(parameters, dict) else {}
    return replace(
        form,
        method=text_of(selector.get("method") or "GET"),
        query_params=lines_of(_object(selector.get("query_params")), "="),
        headers=lines_of(_object(selector.get("headers")), ":"),
        body=json_text(selector.get("body")),
        min_items=text_of(selector.get("min_items") or ""),
        data_path=text_of(selector.get("data_path") or ""),
        query=text_of(selector.get("query") or ""),
        parameters={name: parameter_of(_object(each)) for name, each in own.items()},
        more=json_text({name: value for name, value in selector.items() if name not in known}),
    )


def parameter_of(selector: Mapping[str, Json]) -> ParameterForm:
    """One entry of `path_parameters` as inputs."""
    values = selector.get("values")
    if isinstance(values, list):
        return ParameterForm("values", values="\n".join(map(text_of, values)))
    texts = {name: text_of(selector.get(name) or "") for name in _OF_PARAMETER}
    more = {name: value for name, value in selector.items() if name not in _OF_PARAMETER}
    return ParameterForm("endpoint", more=json_text(more), **texts)


def _parameter(name: str, form: ParameterForm) -> SelectorReading:
    label = f"{{{name}}}"
    if form.source == "values":
        values = list[Json](words_in_lines(form.values))
        missing = [] if values else [Mistake(f"p-{name}-values", label, "Enter its values, one a line")]
        return SelectorReading({"values": values}, missing=tuple(missing))
    given = {key: str(getattr(form, key)).strip() for key in _OF_PARAMETER}
    selector: Selector = {key: text for key, text in given.items() if text}
    return SelectorReading(
        {**selector, **_more_of(form)}, tuple(_wrong(name, form)), tuple(_missing(name, given))
    )


def _missing(name: str, given: Mapping[str, str]) -> Iterator[Mistake]:
    label = f"{{{name}}}"
    if not given["endpoint"]:
        yield Mistake(
            f"p-{name}-endpoint", label, "Enter the endpoint that lists its values, or fixed values"
        )
    elif not given["field"]:
        yield Mistake(f"p-{name}-field", label, "Enter the field that has the value, like .id")


def _wrong(name: str, form: ParameterForm) -> Iterator[Mistake]:
    try:
        object_of(form.more)
    except ValueError as error:
        yield Mistake(f"p-{name}-more", f"{{{name}}}", str(error))


def _more_of(form: ParameterForm) -> Selector:
    try:
        return object_of(form.more)
    except ValueError:
        return {}


def _headers(text: str) -> Json:
    return pairs_of(text, ":")


def _params(text: str) -> Json:
    return pairs_of(text, "=")


def _text(text: str) -> Json:
    return text.strip()


def _count(text: str) -> Json:
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit()):
        raise ValueError("is no whole number, 0 or more")
    return int(text)


def _query(text: str) -> Json:
    return text.strip() if text.strip() != "true" else None


_READERS = {
    "query": _query,
    "data_path": _text,
    "method": _text,
    "query_params": _params,
    "headers": _headers,
    "body": json_of,
    "min_items": _count,
    "more": object_of,
}


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
