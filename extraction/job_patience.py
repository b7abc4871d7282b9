"""Jobs of a check or a sample, which do not wait long."""

from dataclasses import replace

from configuration.resource import Endpoint, ParameterSource, Resource

PATIENCE_S = 30


def hurried(resource: Resource) -> Resource:
    """Return the resource whose jobs have at most 30 seconds, because a person is waiting."""
    parameters = tuple(
        replace(parameter, sources=tuple(_hurried_source(each) for each in parameter.sources))
        for parameter in resource.parameters
    )
    return replace(resource, endpoint=_hurried(resource.endpoint), parameters=parameters)


def _hurried_source(source: ParameterSource) -> ParameterSource:
    return replace(source, parent=_hurried(source.parent)) if source.parent else source


def _hurried(endpoint: Endpoint) -> Endpoint:
    job = endpoint.job
    if job is None:
        return endpoint
    return replace(endpoint, job=replace(job, timeout_s=min(job.timeout_s, PATIENCE_S)))
