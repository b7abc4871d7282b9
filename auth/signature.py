"""Signatures that the setting `signature` describes: HMAC or a plain hash over parts of the request."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Self
from uuid import uuid4

import httpx

from auth.signature_bytes import decoded, derived_key, encoded, signature_of
from auth.signing_input import signing_input
from auth.template import Template
from configuration.headers import invalid_headers
from configuration.signature import SignatureRule
from rest.bodies import Json
from rest.errors import AuthError, Place
from rest.request import Request, text_of, without_param

_SOURCE = "the request to sign"


@dataclass(frozen=True, slots=True)
class Signing:
    """The setting `signature` with its expressions compiled.

    before: headers and parameters that the signature may cover. after: those that contain it.
    """

    rule: SignatureRule
    before: Template
    signed: Template
    keys: Template
    after: Template

    @classmethod
    def of(cls, rule: SignatureRule) -> Self:
        """Compile the expressions. Raises JqError: one does not compile."""
        headers, params = rule.sent_headers, rule.query_params
        before: Json = {"headers": _without_signature(headers), "queryParams": _without_signature(params)}
        after: Json = {"headers": _with_signature(headers), "queryParams": _with_signature(params)}
        keys: list[Json] = [rule.key, *(step.text for step in rule.derived_key)]
        return cls(rule, _compiled(before), _compiled(rule.signed), _compiled(keys), _compiled(after))

    def signature(self, fields: Mapping[str, Json]) -> str:
        """Return the signature. fields: what the expressions read. Raises AuthError: a value is missing."""
        values = dict(fields)
        rule = self.rule
        texts = self.keys.fill(values)
        key, *steps = map(text_of, texts if isinstance(texts, list) else [])
        secret = decoded(key, rule.key_encoding, "key")
        parts = [
            decoded(text, step.encoding, "derivedKey")
            for text, step in zip(steps, rule.derived_key, strict=True)
        ]
        content = text_of(self.signed.fill(values)).encode()
        derived = derived_key(rule.algorithm, secret, parts, rule.derived_key_encoding)
        return encoded(signature_of(rule.algorithm, derived, content), rule.encoding)


class SignatureAuth(httpx.Auth):
    """Signs each request as it is sent. A retry has a new date and a new nonce.

    username: the ID of the key. clock: seconds since 1970.
    Raises AuthError: an expression of the setting has no value for a request.
    """

    requires_request_body = True

    def __init__(
        self, signing: Signing, username: str, secret: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._signing = signing
        self._username = username
        self._secret = secret
        self._clock = clock

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send the request once, with the signature."""
        try:
            # In a thread, because it waits for the process that runs jq.
            await asyncio.to_thread(self._sign, request)
        except AuthError as error:
            error.at(Place(step="the signature"))
            raise
        yield request

    def _sign(self, request: httpx.Request) -> None:
        now, own = self._clock(), {"username": self._username, "secret": self._secret, "nonce": str(uuid4())}
        _remove(request, self._signing.after.shape)
        _add(request, self._signing.before.fill({**signing_input(request, now), **own}))
        fields = {**signing_input(request, now), **own}
        signature = self._signing.signature(fields)
        _add(request, self._signing.after.fill({**fields, "signature": signature}))


def _compiled(shape: Json) -> Template:
    return Template.of(shape, "signature", _SOURCE)


def _with_signature(texts: Mapping[str, str]) -> dict[str, Json]:
    return {name: text for name, text in texts.items() if ".signature" in text}


def _without_signature(texts: Mapping[str, str]) -> dict[str, Json]:
    return {name: text for name, text in texts.items() if ".signature" not in text}


def _parts(shape: Json) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return the headers and the parameters of a template, filled or not."""
    fields = shape if isinstance(shape, dict) else {}
    headers, params = fields.get("headers"), fields.get("queryParams")
    return headers if isinstance(headers, dict) else {}, params if isinstance(params, dict) else {}


def _remove(request: httpx.Request, shape: Json) -> None:
    """Remove what the signature is added as. The link to a next page may have an old one."""
    headers, params = _parts(shape)
    for name in headers:
        request.headers.pop(name, None)
    for name in params:
        request.url = httpx.URL(without_param(str(request.url), name))


def _add(request: httpx.Request, filled: Json) -> None:
    headers, params = _parts(filled)
    texts = {name: text_of(value) for name, value in headers.items()}
    if invalid := invalid_headers(texts.items()):
        raise AuthError(
            f"the header {invalid[0]} has line breaks or characters outside ASCII", hint="Correct signature"
        )
    request.headers.update(texts)
    url = Request(request.method, str(request.url))
    for name, value in params.items():
        url = url.with_param(name, value)
    request.url = httpx.URL(url.full_url)
