"""Collect the secrets that a HAR file has in its requests, to mask them wherever the file repeats them."""

from collections.abc import Iterator, Mapping

from builder.imports.credentials import extract_credentials
from builder.imports.har_entries import pairs_of, params_of, raw_entries, text_in
from builder.imports.sample_redaction import MIN_SECRET_LENGTH
from builder.imports.secret_detection import is_secret_name, is_secret_text
from builder.json_values import as_object
from rest.bodies import Json, parse_json
from rest.origin import Redactor
from rest.request import Pairs

_MIN_COOKIE_LENGTH = 16


def collect_secrets(document: Mapping[str, Json]) -> Redactor:
    """Return a redactor that masks the secrets in the requests and cookies of a file."""
    secrets: set[str] = set()
    for entry in raw_entries(document):
        request, response = as_object(entry.get("request")), as_object(entry.get("response"))
        headers, params = pairs_of(request.get("headers")), params_of(text_in(request.get("url")))
        posted = as_object(request.get("postData"))
        sent = (*params, *pairs_of(request.get("queryString")), *pairs_of(posted.get("params")))
        secrets.update(_sent_secrets(headers, sent))
        secrets.update(_posted_secrets(text_in(posted.get("text"))))
        for each in (request, response):
            cookies = [text for _, text in pairs_of(each.get("cookies"))]
            cookies += [text for name, text in pairs_of(each.get("headers")) if "cookie" in name.lower()]
            secrets.update(part for text in cookies for part in _cookie_values(text))
    return Redactor.of(secrets)


def _sent_secrets(headers: Pairs, params: Pairs) -> Iterator[str]:
    texts = [text for name, text in headers if is_secret_name(name, "header") or is_secret_text(text)]
    texts += [text for name, text in params if is_secret_name(name, "query") or is_secret_text(text)]
    credentials = extract_credentials(headers, params).settings
    texts += [
        str(credentials[name])
        for name in ("apiToken", "password", "authValue", "username")
        if name in credentials
    ]
    for text in texts:
        yield from (part for part in (text, *text.split(" ")) if len(part) >= MIN_SECRET_LENGTH)


def _posted_secrets(text: str) -> Iterator[str]:
    """Yield the values of a JSON body that have the name of a secret, such as a password of a login."""
    try:
        pending = [parse_json(text)]
    except ValueError:
        return
    while pending:
        each = pending.pop()
        if isinstance(each, list):
            pending += each
        elif isinstance(each, dict):
            pending += each.values()
            for name, value in each.items():
                if (
                    isinstance(value, str)
                    and len(value) >= MIN_SECRET_LENGTH
                    and is_secret_name(name, "request_body")
                ):
                    yield value


def _cookie_values(text: str) -> Iterator[str]:
    for part in text.split(";"):
        value = part.partition("=")[2].strip() if "=" in part else part.strip()
        if len(value) >= _MIN_COOKIE_LENGTH:
            yield value
