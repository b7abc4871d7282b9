"""The response to a Digest challenge (RFC 7616 §3.4)."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from urllib.parse import quote

import httpx

from rest.challenges import Challenge, read_challenges

# RFC 7616 §6.1, and SHA, which some servers call SHA-1.
_HASHES = {
    "md5": "md5",
    "sha": "sha1",
    "sha-1": "sha1",
    "sha-256": "sha256",
    "sha-512": "sha512",
    "sha-512-256": "sha512_256",
}
_SESSION = "-sess"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and a password."""

    user: str
    password: str


class DigestSession:
    """A challenge that can be answered many times. Each answer has the next number (nonce count)."""

    def __init__(self, challenge: Challenge) -> None:
        self.challenge = challenge
        self._numbers = count(1)

    @classmethod
    def of(cls, header: str) -> "DigestSession | None":
        """Return a session for the first challenge of a header that can be answered; None: there is none."""
        return next(
            (cls(each) for each in read_challenges(header) if each.scheme == "digest" and _is_known(each)),
            None,
        )

    def with_nonce(self, nonce: str) -> "DigestSession":
        """Return a session with the nonce that the server wants next (RFC 7616 §3.5)."""
        return DigestSession(Challenge("digest", {**self.challenge.params, "nonce": nonce}))

    def authorization(self, request: httpx.Request, credentials: Credentials) -> str:
        """Return the value of the Authorization header for a request."""
        params = self.challenge.params
        algorithm = params.get("algorithm", "MD5")
        digest = _digest_of(algorithm)
        realm, nonce = params.get("realm", ""), params["nonce"]
        client_nonce, number = secrets.token_hex(8), f"{next(self._numbers):08x}"
        uri, qop = request.url.raw_path.decode("ascii"), _protection(params.get("qop", ""))
        key = digest(f"{credentials.user}:{realm}:{credentials.password}")
        if algorithm.lower().endswith(_SESSION):
            key = digest(f"{key}:{nonce}:{client_nonce}")
        subject = f"{request.method}:{uri}"
        if qop == "auth-int":
            subject += f":{digest(request.content)}"
        protected = f"{nonce}:{number}:{client_nonce}:{qop}" if qop else nonce
        fields = {
            **_user(credentials.user, realm, digest, is_hashed=params.get("userhash", "").lower() == "true"),
            "realm": _quoted(realm),
            "nonce": _quoted(nonce),
            "uri": _quoted(uri),
            "response": _quoted(digest(f"{key}:{protected}:{digest(subject)}")),
            "algorithm": algorithm,
        }
        if "opaque" in params:
            fields["opaque"] = _quoted(params["opaque"])
        if qop:
            fields |= {"qop": qop, "nc": number, "cnonce": _quoted(client_nonce)}
        return "Digest " + ", ".join(f"{name}={text}" for name, text in fields.items())


def _is_known(challenge: Challenge) -> bool:
    params = challenge.params
    algorithm = params.get("algorithm", "MD5").lower().removesuffix(_SESSION)
    has_protection = "qop" not in params or _protection(params["qop"]) is not None
    return "nonce" in params and algorithm in _HASHES and has_protection


def _protection(qop: str) -> str | None:
    """Return the quality of protection to use, of those that the server offers."""
    offered = {each.strip().lower() for each in qop.split(",")}
    return next((each for each in ("auth", "auth-int") if each in offered), None)


def _digest_of(algorithm: str) -> Callable[[str | bytes], str]:
    name = _HASHES[algorithm.lower().removesuffix(_SESSION)]

    def digest(value: str | bytes) -> str:
        content = value.encode() if isinstance(value, str) else value
        return hashlib.new(name, content, usedforsecurity=False).hexdigest()

    return digest


def _user(user: str, realm: str, digest: Callable[[str], str], *, is_hashed: bool) -> dict[str, str]:
    if is_hashed:
        return {"username": _quoted(digest(f"{user}:{realm}")), "userhash": "true"}
    if not user.isascii():  # RFC 7616 §3.4
        return {"username*": f"UTF-8''{quote(user, safe='')}"}
    return {"username": _quoted(user)}


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
