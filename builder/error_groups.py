"""The errors in exception groups, which task groups raise."""

from collections.abc import Iterator


def errors_in[E: BaseException](group: BaseExceptionGroup[E]) -> Iterator[E]:
    """Yield the errors of a group and of the groups in it."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from errors_in(error)
        else:
            yield error
