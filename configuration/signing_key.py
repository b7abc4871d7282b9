"""Read a key that signs tokens. Import it only where there is a key: the library for it loads slowly."""

import binascii
import json
import re
from base64 import b64decode
from dataclasses import replace

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

from configuration.jwt_settings import SecretEncoding, SigningKey
from rest.bodies import Json

# RFC 7468 §3. The label of the end can differ in wrong keys, which the library reports.
_BEGIN = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_BASE64_PEM = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/=\s]+")
_PATH = re.compile(r"[./~]?[\w./~-]{1,200}\.(pem|key|json|p8|jwk|p12|pfx)|/[\w./-]{1,200}")
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_SHARED = ("HS256", "HS384", "HS512")


def read_private_key(text: str, password: str | None = None) -> SigningKey:
    """Return a private key in PEM (also in base64, or on one line), as a JWK, or in Google's JSON.

    Raises ValueError: the text is no such key. The message does not show it.
    """
    text = text.strip()
    if text.startswith("{"):
        return _from_json(text, password)
    if _BASE64_PEM.fullmatch(text):
        try:
            text = b64decode(text, validate=False).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise ValueError("begins like a PEM key in base64, but is not base64 of text") from None
    pem = _normalized(text)
    return replace(_described(_loaded(pem, password)), texts=(pem,))


def shared_secret(text: str, encoding: SecretEncoding = "text") -> SigningKey:
    """Return a shared secret for HMAC. Raises ValueError: it is not in this encoding."""
    try:
        if encoding == "hex":
            secret = bytes.fromhex(text)
        elif encoding == "base64":
            padded = text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4)
            secret = b64decode(padded, validate=True)
        else:
            secret = text.encode()
    except (ValueError, binascii.Error):
        raise ValueError(f"is not {encoding}, which jwt.secretEncoding names") from None
    return SigningKey(secret, "a shared secret", _SHARED, texts=(text,))


def is_private_key(text: str) -> bool:
    """Return True if the text is meant as a private key, not as a shared secret."""
    stripped = text.lstrip()
    return "-----BEGIN" in text or stripped.startswith("{") or bool(_BASE64_PEM.fullmatch(stripped))


def _from_json(text: str, password: str | None) -> SigningKey:
    """Read a JWK (RFC 7517), or the JSON key of a Google service account."""
    try:
        fields: Json = json.loads(text)
    except ValueError as error:
        raise ValueError(f"begins like a JSON key, but is not JSON ({_place(error)})") from None
    fields = fields if isinstance(fields, dict) else {}
    pem = fields.get("private_key")
    if isinstance(pem, str):
        named = {
            name: str(fields.get(name) or "") for name in ("private_key_id", "client_email", "token_uri")
        }
        found = read_private_key(pem, password)
        id_, issuer, token_url = named.values()
        return replace(found, id=id_, issuer=issuer, token_url=token_url)
    if "kty" not in fields:
        raise ValueError("is a JSON object without private_key (a Google key) or kty (a JWK)")
    if "d" not in fields:
        raise ValueError("is a public JWK. The private key is needed")
    try:
        key = jwt.PyJWK.from_dict(dict(fields)).key
    except (jwt.exceptions.PyJWTError, ValueError, TypeError):
        raise ValueError("is a JWK that cannot be read") from None
    return replace(_described(key), id=str(fields.get("kid") or ""), texts=(str(fields["d"]),))


def _normalized(text: str) -> str:
    """Return PEM with its line breaks, which variables often have as `\\n` or as spaces."""
    text = text.replace("\\r", "").replace("\\n", "\n").strip().strip("\"'")
    begin = _BEGIN.search(text)
    if begin is None:
        raise _not_pem(text)
    if "PRIVATE KEY" not in begin[1]:
        kind = "a certificate" if "CERTIFICATE" in begin[1] else f"a {begin[1].lower()}"
        blocks = [label for label in _BEGIN.findall(text) if "PRIVATE KEY" in label]
        if not blocks:
            raise ValueError(f"is {kind}. The private key is needed")
    pem = next((found for found in _PEM.finditer(text) if "PRIVATE KEY" in found[1]), None)
    if pem is None:
        lines = len(text.splitlines())
        counted = f"{lines} {'line' if lines == 1 else 'lines'}"
        raise ValueError(
            f"begins with -----BEGIN {begin[1]}----- but has no matching END line in its {counted}. "
            "Write its line breaks as \\n, or use a file"
        )
    label, body = pem[1], pem[2]
    if ":" not in body:  # an encrypted key of the old format has header lines
        body = "\n" + "\n".join(body.split()) + "\n"
    return f"-----BEGIN {label}-----{body}-----END {label}-----\n"


def _not_pem(text: str) -> ValueError:
    if _PATH.fullmatch(text):
        return ValueError("looks like the path of a file. Use privateKeyFile for a path")
    count = len(text)
    return ValueError(
        f"is not a private key: its {count} characters have no line -----BEGIN … PRIVATE KEY-----"
    )


def _loaded(pem: str, password: str | None) -> object:
    secret = password.encode() if password else None
    load = load_ssh_private_key if "BEGIN OPENSSH" in pem else load_pem_private_key
    try:
        return load(pem.encode(), secret)
    except TypeError:
        if password:  # the key is not encrypted
            return load(pem.encode(), None)
        raise ValueError("is encrypted. Set privateKeyPassword") from None
    except (ValueError, UnsupportedAlgorithm):
        if password:
            raise ValueError("cannot be decrypted with privateKeyPassword, or is damaged") from None
        label = _BEGIN.search(pem)
        name = label[1] if label else ""
        raise ValueError(f"has the lines of a key ({name}), but what is between them is damaged") from None


def _described(key: object) -> SigningKey:
    match key:
        case RSAPrivateKey():
            return SigningKey(key, f"an RSA key of {key.key_size} bits", _RSA)
        case EllipticCurvePrivateKey() if key.curve.name in _CURVES:
            return SigningKey(key, f"an EC key ({key.curve.name})", (_CURVES[key.curve.name],))
        case Ed25519PrivateKey() | Ed448PrivateKey():
            return SigningKey(key, "an Ed25519 or Ed448 key", ("EdDSA",))
    raise ValueError("is a key that signs no tokens. RSA, EC (P-256, P-384, P-521) and Ed25519 keys do")


def _place(error: Exception) -> str:
    return f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "nested too deeply"
