"""Connect path parameters with the placeholders that they fill, and order them by their dependencies."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from configuration.parameter_values import REPEAT
from configuration.placeholders import placeholders_in
from configuration.resource import Endpoint, ParameterSource, PathParameter
from configuration.unbound_placeholders import similar_name, unbound_placeholders
from rest.dot_segments import has_parent_segment
from rest.errors import Mistake, ResourceError


def in_order(
    endpoint: Endpoint, parameters: Sequence[PathParameter], bound: Collection[str] = ()
) -> tuple[PathParameter, ...]:
    """Return the parameters, each after those that its own endpoints need, with the placeholders they fill.

    bound: placeholders of the kind's endpoint that get their values elsewhere.
    Raises ResourceError: a placeholder has no value, a parameter is not used, or there is a cycle.
    """
    templates = _templates(endpoint, parameters)
    used = set().union(*(template.placeholders() for template in templates.values()))
    providers = _providers(parameters, used)
    _check_bound(templates, providers, bound)
    noted = [_with_uses(parameter, providers, templates.values()) for parameter in parameters]
    for parameter in noted:
        _check(parameter, endpoint, templates)
    return _sorted(noted, providers)


def _templates(endpoint: Endpoint, parameters: Iterable[PathParameter]) -> dict[str, Endpoint]:
    """Return the templates of all requests, each by the label of its source, "" for the kind's."""
    sources = [source for parameter in parameters for source in parameter.sources]
    return {"": endpoint, **{source.label: source.parent for source in sources if source.parent}}


def _providers(parameters: Iterable[PathParameter], used: set[str]) -> dict[str, str]:
    """Return the parameter that fills each placeholder. A parameter's own name wins over parent_fields.

    Raises ResourceError: parent_fields of two parameters fill the same placeholder, or some sources of a
    parameter lack it.
    """
    providers: dict[str, str] = {}
    own = {parameter.name for parameter in parameters}
    for parameter in parameters:
        for name in sorted((parameter.names & used) - own):
            if name in providers:
                raise ResourceError(
                    f"{{{name}}} is in parent_fields of path_parameters.{providers[name]} and of "
                    f"path_parameters.{parameter.name}",
                    hint="Rename one of them",
                )
            _check_that_all_sources_have(name, parameter)
            providers[name] = parameter.name
    return {**providers, **{name: name for name in own}}


def _check_that_all_sources_have(name: str, parameter: PathParameter) -> None:
    for source in parameter.sources:
        if name not in dict(source.parent_fields):
            raise ResourceError.of(
                Mistake(
                    f"selector.{source.label}",
                    f"{{{name}}} has no value, because it is only in parent_fields of other sources",
                ),
                hint=f"Add {name} to parent_fields of each source",
            )


def _check_bound(
    templates: Mapping[str, Endpoint], providers: Mapping[str, str], bound: Collection[str]
) -> None:
    for label, template in templates.items():
        known = {*providers, *(() if label else bound)}
        for place, name in unbound_placeholders(template, known):
            near = similar_name(name, providers)
            parameter = f"selector.path_parameters.{name}"
            shown = _shown(label, place, template)
            use = f"Use {{{near}}}, or add" if near else "Add"
            wrong = ".".join(filter(None, ["selector", label, place])) if place else f"{parameter}.endpoint"
            raise ResourceError(
                f"{{{name}}} in {shown} has no value",
                hint=f"{use} {parameter} with endpoint and field, or with values",
                mistakes=[Mistake(wrong, f"{{{name}}} in {shown} has no value")],
            )


def _shown(label: str, place: str, template: Endpoint) -> str:
    """Return the place of a placeholder: the kind, the endpoint /users, query_params.group."""
    if place:
        return f"{label}.{place}" if label else place
    return f"the endpoint {template.path}" if label else "the kind"


def _with_uses(
    parameter: PathParameter, providers: Mapping[str, str], templates: Collection[Endpoint]
) -> PathParameter:
    """Return the parameter with the placeholders that it fills, and where they are."""
    own = {name for name in parameter.names if providers.get(name) == parameter.name}

    def filled(names: Iterable[set[str]]) -> frozenset[str]:
        return frozenset(own & set().union(*names))

    return replace(
        parameter,
        placeholders=filled(template.placeholders() for template in templates),
        in_paths=filled(template.path_names() for template in templates),
        as_urls=filled(template.url_names() for template in templates),
    )


def _check(parameter: PathParameter, endpoint: Endpoint, templates: Mapping[str, Endpoint]) -> None:
    name = parameter.name
    if not parameter.placeholders:
        raise ResourceError(
            f"path_parameters.{name} is not used",
            hint=f"Use {{{name}}} in {endpoint.path}, query_params, headers or body, or remove the parameter",
        )
    if name in parameter.in_paths:
        for source in parameter.sources:
            _check_fixed_values(source)
    if parameter.batch and parameter.batch.separator == REPEAT:
        _check_repeated(name, templates.values())


def _check_fixed_values(source: ParameterSource) -> None:
    """Raises ResourceError: a fixed value in a path leads to another path.

    `..` is allowed here, because it may be part of a segment. The complete path is checked later.
    """
    for value in source.values:
        if isinstance(value, str) and value != ".." and has_parent_segment(value):
            mistake = Mistake(f"selector.{source.label}.values", f"{value!r} leads to another path")
            raise ResourceError.of(mistake, hint="Remove it")


def _check_repeated(name: str, templates: Iterable[Endpoint]) -> None:
    """Raises ResourceError: a path or a header has a batch, but only a query parameter can be repeated."""
    for template in templates:
        headers = {match["name"] for _, text in template.headers for match in placeholders_in(text)}
        if name in template.path_names() | headers:
            raise ResourceError.of(
                Mistake(
                    f"selector.path_parameters.{name}.separator",
                    f"repeat is for query parameters, but {{{name}}} is in a path or a header",
                ),
                hint="Set the text that separates the values there, like a comma",
            )


def _sorted(parameters: Iterable[PathParameter], providers: Mapping[str, str]) -> tuple[PathParameter, ...]:
    ordered: dict[str, PathParameter] = {}
    waiting = {parameter.name: parameter for parameter in parameters}
    needs = {
        name: {providers[each] for each in parameter.needed_placeholders if each in providers}
        for name, parameter in waiting.items()
    }
    while waiting:
        ready = [name for name in waiting if not (needs[name] & waiting.keys())]
        if not ready:
            cycle = " and ".join(sorted(waiting))
            raise ResourceError(
                f"path_parameters {cycle} depend on each other", hint="Remove one of the placeholders"
            )
        # Batches come last: what is bound after a batch belongs to no single value of it.
        for name in [name for name in ready if waiting[name].batch is None] or ready:
            ordered[name] = waiting.pop(name)
    return tuple(ordered.values())
