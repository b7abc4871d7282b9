"""Lists in XML: an element that occurs once looks like an object, although the API means a list."""

from collections.abc import Sequence

from rest.bodies import Json
from rest.steps import Iterate, Step


def with_lists(body: Json, steps: Sequence[Step], *, ends_in_list: bool) -> Json:
    """Return the body of an XML document with lists at the elements that a path reads as lists.

    These are the elements before each `[]`. An element without child elements has an empty list of them.
    ends_in_list: whether the last element of the path is one of them, too.
    """
    if not steps or isinstance(steps[0].at, int):
        return body
    key, rest = steps[0].at, steps[1:]
    if isinstance(key, Iterate):
        return (
            [with_lists(each, rest, ends_in_list=ends_in_list) for each in body]
            if isinstance(body, list)
            else body
        )
    is_list = isinstance(rest[0].at, Iterate) if rest else ends_in_list
    if is_list and (body is None or (isinstance(body, dict) and all(name.startswith("@") for name in body))):
        return {**(body or {}), key: []}
    if not isinstance(body, dict) or key not in body:
        return body
    value = body[key]
    if is_list and not isinstance(value, list):
        value = [value]
    return {**body, key: with_lists(value, rest, ends_in_list=ends_in_list)}
