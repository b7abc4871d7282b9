"""Paths whose placeholders are replaced by values, and whole URLs that are values."""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from configuration.parameter_values import Bound, ValueList
from configuration.resource import PLACEHOLDER
from rest.dot_segments import has_dot_segments, has_literal_dot_segment
from rest.errors import ResourceError
from rest.origin import Origin
from rest.request import text_of

# RFC 6570 §3.2.3 allows reserved characters. Of those, ? and # are left out because they would end the path.
_RESERVED = "/:@!$&'()*+,;="
_IN_QUERY = f"{_RESERVED}?[]"
_URL = re.compile(r"https?://", re.IGNORECASE)
# RFC 6570 §2.2: expressions with an operator. {name} and {0,50} stay, because values can have braces.
_VARIABLES = r"[A-Za-z_%][\w.,:*%]*"
_PATH_EXPRESSION = re.compile(rf"\{{[+./;]{_VARIABLES}\}}")
_QUERY_EXPRESSION = re.compile(rf"\{{[?&#]{_VARIABLES}\}}")
_WHOLE_URL = re.compile(r"\{\+(?P<name>[A-Za-z_]\w*)\}")


def bind_path(template: str, values: Mapping[str, Bound]) -> str:
    """Return the path with its placeholders replaced. One without a value stays as it is.

    Raises ResourceError: a value would change the path around its placeholder.
    """
    path, mark, query = template.partition("?")
    bound = PLACEHOLDER.sub(lambda match: _path_value(match, values), path)
    # The path is checked as a whole: {a}{b} may become two dots, while v1{dot}0 is no dot segment.
    if has_literal_dot_segment(bound):
        names = {match["name"] for match in PLACEHOLDER.finditer(path)} & values.keys()
        raise _changed_path_error({name: values[name] for name in sorted(names)})
    return bound + mark + bind_query(query, values)


def bound_url(template: str, values: Mapping[str, Bound], base_url: str) -> str:
    """Return the whole URL, if the template begins with {+name} and the value is one; otherwise "".

    The value is an absolute URL, or a path that begins with a slash. Its query is kept, and the rest of the
    template is appended. Expressions of a URI template like {/number} and {?page} expand to nothing
    (RFC 6570 §3.2.1). Other braces are percent-encoded. The URL policy checks the origin.
    Raises ResourceError as `bind_path` does.
    """
    whole = _WHOLE_URL.match(template) if template.startswith("{+") else None
    value = values.get(whole["name"]) if whole else None
    if whole is None or not isinstance(value, str) or not (is_absolute(value) or value.startswith("/")):
        return ""
    url, _, query = _QUERY_EXPRESSION.sub("", value).partition("#")[0].partition("?")
    origin, path = _origin_and_path(_PATH_EXPRESSION.sub("", url), base_url)
    if has_dot_segments(path):
        raise _changed_path_error({whole["name"]: value})
    rest, _, more = template[whole.end() :].partition("?")
    queries = "&".join(each for each in (_quoted(query, _IN_QUERY), bind_query(more, values)) if each)
    complete = f"{origin}{_quoted(path, _RESERVED)}{bind_path(rest, values)}{'?' if queries else ''}{queries}"
    try:
        Origin.of(complete)
    except ValueError as error:
        raise ResourceError(
            f"{whole['name']} is {value!r:.200}, which is not a valid URL",
            hint=f"Exclude it with path_parameters.{whole['name']}.filter",
        ) from error
    return complete


def is_absolute(value: str) -> bool:
    """Return True for an absolute URL."""
    return bool(_URL.match(value))


def bound_text(value: Bound) -> str:
    """Return a value, or the joined values of a batch, as a text."""
    return value.text if isinstance(value, ValueList) else text_of(value)


def _origin_and_path(url: str, base_url: str) -> tuple[str, str]:
    """Split a URL without a query. A path that lacks the path of the base URL is below it."""
    if is_absolute(url):
        end = url.find("/", url.index("//") + 2)
        return (url, "") if end < 0 else (url[:end], url[end:])
    base = base_url.rstrip("/")
    base_path = urlsplit(base).path
    is_complete = url.startswith(f"{base_path}/") or url == base_path
    return base.removesuffix(base_path) if is_complete else base, url


def bind_query(query: str, values: Mapping[str, Bound]) -> str:
    """Return a query string, or the text of a form, with its placeholders replaced."""
    if "{" not in query:
        return query
    return "&".join(part for each in query.split("&") for part in _query_parts(each, values))


def _query_parts(part: str, values: Mapping[str, Bound]) -> list[str]:
    """Return a parameter of a query string with its values: several where a batch repeats it."""
    for match in PLACEHOLDER.finditer(part):
        batch = values.get(match["name"])
        if isinstance(batch, ValueList) and batch.repeats(part.partition("=")[0]):
            return [bind_query(part, {**values, match["name"]: value}) for value in batch.values]
    return [PLACEHOLDER.sub(lambda match: _query_value(match, values), part)]


def _query_value(match: re.Match[str], values: Mapping[str, Bound]) -> str:
    return _encoded(values[match["name"]]) if match["name"] in values else match[0]


def _encoded(value: Bound) -> str:
    return value.encoded if isinstance(value, ValueList) else quote(text_of(value), safe="")


def _path_value(match: re.Match[str], values: Mapping[str, Bound]) -> str:
    name = match["name"]
    if name not in values:
        return match[0]
    if not match["raw"]:
        return _encoded(values[name])
    text = bound_text(values[name])
    if has_dot_segments(text):
        raise _changed_path_error({name: text})
    return _quoted(text, _RESERVED)


def _changed_path_error(values: Mapping[str, Bound]) -> ResourceError:
    assignments = " and ".join(f"{name} is {bound_text(value)!r:.200}" for name, value in values.items())
    filters = " or ".join(f"path_parameters.{name}.filter" for name in values)
    return ResourceError(
        f"{assignments}, and this would change the request's path", hint=f"Exclude it with {filters}"
    )


def _quoted(text: str, safe: str) -> str:
    """Percent-encode a text. Existing escapes stay."""
    return "%".join(quote(part, safe=safe) for part in _split_at_escapes(text))


def _split_at_escapes(text: str) -> list[str]:
    """Split at the percent signs of existing escapes, like %2F. Other percent signs stay in the parts."""
    first, *rest = text.split("%")
    parts = [first]
    for part in rest:
        if len(part) >= 2 and all(digit in "0123456789abcdefABCDEF" for digit in part[:2]):
            parts.append(part)
        else:
            parts[-1] += f"%{part}"
    return parts
