"""What a response says about parts of it that are missing: flags, warnings, states, and failed sources."""

import re
from collections.abc import Iterator

from pagination.links import is_link
from pagination.places import Found, found, link_of
from pagination.signals import is_echo
from pagination.values import is_flag, is_true, whole_number
from pagination.vocabulary import Meaning, key_of, meaning_of
from rest.bodies import Json
from rest.envelope import EnvelopeField
from rest.origin import cut
from rest.page import Page

# Not "data truncated", nor "titles in the results are truncated": single values are shortened there.
_PARTIAL = re.compile(
    r"\b(partial|incomplete) (response|results?|data)\b|\btruncated (response|results?)\b|"
    r"\b(response|results?|data) (is|are|was|were|may be|might be|could be) (partial|incomplete)\b|"
    r"(^|[.:;] *)(the )?(response|results?) ((is|are|was|were|has been|have been) )?truncated\b",
    re.IGNORECASE,
)
# Google Compute Engine's {"warning": {"code": "UNREACHABLE"}}. Other codes say that a page has no results.
_PARTIAL_CODE = re.compile(r"unreachable|partial|incomplete|truncated", re.IGNORECASE)
_PARTIAL_STATE = re.compile(
    r"(partial|incomplete)([ _-]?(success|content|failure|response|results?|data))?", re.IGNORECASE
)
_STATES = frozenset({"status", "state", "resultstatus", "responsestatus", "outcome"})
# An object with one of these is a thing with a state of its own.
_NAMES = frozenset({"id", "uuid", "guid", "name", "key", "slug"})
# Objects that describe the response itself. A filter has a state as well.
_DESCRIPTIONS = frozenset(
    {"meta", "metadata", "response", "responsestatus", "responsemetadata", "header", "info", "result"}
)
# Of Elasticsearch. A cluster that was skipped could not be reached; a shard that was skipped matches nothing.
_SHARDS = frozenset({"failed", "failures"})
_CLUSTERS = frozenset({"failed", "skipped", "partial"})
_MAX_SHOWN = 200


def incomplete_part(page: Page) -> str | None:
    """Return what says that the response is incomplete, as `path is value`; None: nothing."""
    found_parts = (_flags(page), _warnings(page), _failed_parts(page), _states(page))
    return next((words for parts in found_parts for words in parts), None)


def _flags(page: Page) -> Iterator[str]:
    for flag in found(page, Meaning.PARTIAL):
        if is_flag(flag.value) and is_true(flag.value) and not _means_more_pages(page, flag):
            yield f"{flag.where} is {flag.value}"


def _warnings(page: Page) -> Iterator[str]:
    """Yield warnings in the body, as of Thanos and Google Compute Engine, and in headers (RFC 7234 §5.5)."""
    for text in re.findall(r'"([^"]*)"', page.response.headers.get("warning", "")):
        if _PARTIAL.search(text):
            yield f"the header warning is {cut(text, _MAX_SHOWN)}"
    for field in page.envelope:
        name = key_of(field.name)
        if len(field.keys) == 1 and name in ("warning", "warnings"):
            texts = field.value if isinstance(field.value, list) else [field.value]
            yield from (
                f"{field.where} is {cut(text, _MAX_SHOWN)}"
                for text in texts
                if isinstance(text, str) and _PARTIAL.search(text)
            )
        is_code = len(field.keys) == 2 and name == "code" and key_of(str(field.keys[0])) == "warning"
        if is_code and isinstance(field.value, str) and _PARTIAL_CODE.search(field.value):
            yield f"{field.where} is {cut(field.value, _MAX_SHOWN)}"


def _failed_parts(page: Page) -> Iterator[str]:
    for field in page.envelope:
        parent, name = str(field.keys[-2]) if len(field.keys) > 1 else "", key_of(field.name)
        is_shards = "shards" in key_of(parent) and name in _SHARDS
        # Without the underscore, it may be a summary of things that are clusters.
        is_clusters = parent == "_clusters" and name in _CLUSTERS
        # Google's AIP-217: places that could not be reached.
        is_unreachable = name == "unreachable" and isinstance(field.value, list)
        if (is_shards or is_clusters or is_unreachable) and _is_failure(field.value):
            yield f"{field.where} is {cut(str(field.value), _MAX_SHOWN)}"


def _is_failure(value: Json) -> bool:
    return bool(whole_number(value)) if not isinstance(value, list) else bool(value)


def _states(page: Page) -> Iterator[str]:
    """Yield the state of the response: not that of an item or of a build with its jobs, nor a filter."""
    for field in () if page.is_item else page.envelope:
        if key_of(field.name) not in _STATES or not isinstance(field.value, str):
            continue
        is_partial = _PARTIAL_STATE.fullmatch(field.value.strip())
        if is_partial and _is_of_response(page, field) and not is_echo(page, field.value):
            yield f"{field.where} is {field.value}"


def _is_of_response(page: Page, state: EnvelopeField) -> bool:
    siblings = (field for field in page.envelope if field.keys[:-1] == state.keys[:-1])
    is_described = all(key_of(str(key)) in _DESCRIPTIONS for key in state.keys[:-1])
    return is_described and not any(key_of(field.name) in _NAMES for field in siblings)


def _means_more_pages(page: Page, flag: Found) -> bool:
    """Return whether the flag is Rancher's `pagination.partial` beside a next link: more pages follow.

    Beside the items or in an object such as `meta`, a flag says that these are not all, whatever the link.
    """
    if len(flag.keys) < 2 or key_of(flag.name) != "partial" or not _is_of_paging(str(flag.keys[-2])):
        return False
    siblings = (place for place in page.envelope if place.keys[:-1] == flag.keys[:-1])
    links = (link_of(place.value) for place in siblings if meaning_of(place.name) is Meaning.NEXT)
    return any(isinstance(link, str) and is_link(link) for link in links)


def _is_of_paging(name: str) -> bool:
    """Return whether an object has only the paging: pagination, paging, pageInfo."""
    return key_of(name).startswith(("paging", "pagination", "pageinfo", "pager"))
