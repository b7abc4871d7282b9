"""Order path parameters by their dependencies."""

from collections.abc import Iterable, Mapping

from configuration.resource import Endpoint, PathParameter
from rest.errors import Mistake, ResourceError


def in_order(kind: str, endpoint: Endpoint, parameters: Iterable[PathParameter]) -> tuple[PathParameter, ...]:
    """Return the parameters, each after those that its own endpoint needs.

    Raises ResourceError: a placeholder has no parameter, a parameter is not used, or there is a cycle.
    """
    known = {parameter.name: parameter for parameter in parameters}
    _check_uses(kind, endpoint, known)
    ordered: dict[str, PathParameter] = {}
    waiting = dict(known)
    while waiting:
        ready = [name for name, parameter in waiting.items() if not (_needs(parameter) & waiting.keys())]
        if not ready:
            cycle = " and ".join(sorted(waiting))
            raise ResourceError(
                f"path_parameters {cycle} depend on each other", hint="Remove one of the placeholders"
            )
        for name in ready:
            ordered[name] = waiting.pop(name)
    return tuple(ordered.values())


def _check_uses(kind: str, endpoint: Endpoint, known: Mapping[str, PathParameter]) -> None:
    templates = [endpoint, *(parameter.parent for parameter in known.values() if parameter.parent)]
    used = set().union(*(template.placeholders() for template in templates))
    for template in templates:
        for name in sorted(template.path_placeholders() - known.keys()):
            place = "the kind" if template is endpoint else f"the endpoint {template.path}"
            parameter = f"selector.path_parameters.{name}"
            raise ResourceError(
                f"{{{name}}} in {place} has no value",
                hint=f"Add {parameter} with endpoint and field, or with values",
                mistakes=[Mistake(f"{parameter}.endpoint", f"{{{name}}} in {place} has no value")],
            )
    for name in sorted(known.keys() - used):
        raise ResourceError(
            f"path_parameters.{name} is not used",
            hint=f"Use {{{name}}} in {kind}, query_params, headers or body, or remove the parameter",
        )


def _needs(parameter: PathParameter) -> set[str]:
    return parameter.parent.placeholders() if parameter.parent else set()
