"""Settings for authentication that a document declares, and that no header of a request contains."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from rest.bodies import Json

# execute-api.eu-central-1.amazonaws.com, and with the ID of an API before it. S3 has the bucket there.
_AWS_HOST = re.compile(
    r"(?:.*\.)?(?P<service>[a-z0-9-]+)\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(\.cn)?"
)
_CREDENTIAL = re.compile(
    r"Credential=(?P<key>[^/\s]+)/\d{8}/(?P<region>[^/\s]+)/(?P<service>[^/\s]+)/aws4_request"
)
_USER = re.compile(r'username="?(?P<user>[^",]+)')
_CERTIFICATE_OPTIONS = {
    "--key": "clientKey",
    "--pass": "clientKeyPassword",
    "--cacert": "caCertificate",
}


def aws_settings(
    url: str, region: str = "", service: str = "", key_id: str = "", secret: str = "", token: str = ""
) -> dict[str, Json]:
    """Return the settings of authType aws. A missing region or service is read from the URL."""
    host = _AWS_HOST.fullmatch(urlsplit(url if "://" in url else f"https://{url}").hostname or "")
    found = host.groupdict() if host else {}
    target: dict[str, Json] = {
        "region": region or found.get("region") or "us-east-1",
        "service": service or found.get("service") or "execute-api",
    }
    secrets = {"awsAccessKeyId": key_id, "awsSecretAccessKey": secret, "awsSessionToken": token}
    return {
        "authType": "aws",
        "aws": target,
        **{name: text for name, text in secrets.items() if text},
    }


def aws_settings_of_curl(url: str, providers: str, user: str) -> dict[str, Json]:
    """Return the settings of --aws-sigv4. providers: aws:amz[:region[:service]]. user: of --user."""
    _, _, region, service, *_ = [*providers.split(":"), "", "", "", ""]
    key_id, _, secret = user.partition(":")
    return aws_settings(url, region, service, key_id, secret)


def digest_settings(user: str) -> dict[str, Json]:
    """Return the settings of authType digest. user: name and password, separated by a colon."""
    name, _, password = user.partition(":")
    texts = {"username": name, "password": password}
    return {"authType": "digest", **{key: text for key, text in texts.items() if text}}


def certificate_settings_of_curl(values: Mapping[str, str]) -> dict[str, Json]:
    """Return the settings of --cert, --key, --pass and --cacert, which name files."""
    settings: dict[str, Json] = {}
    if certificate := values.get("--cert"):
        # A colon separates the password, unless it is that of a Windows drive.
        path, colon, password = certificate.rpartition(":")
        is_plain = not colon or len(path) == 1
        settings["clientCertificate"] = certificate if is_plain else path
        if not is_plain:
            settings["clientKeyPassword"] = password
    settings |= {name: values[option] for option, name in _CERTIFICATE_OPTIONS.items() if values.get(option)}
    return settings


def computed_settings(scheme: str, value: str) -> dict[str, Json]:
    """Return the settings that a computed Authorization header shows. Empty: no authType computes it."""
    if scheme.lower() == "digest":
        user = _USER.search(value)
        return {"authType": "digest", **({"username": user["user"]} if user else {})}
    found = _CREDENTIAL.search(value) if scheme.lower() == "aws4-hmac-sha256" else None
    return aws_settings("", found["region"], found["service"], found["key"]) if found else {}
