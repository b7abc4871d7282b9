"""The settings of certificates: the ways to write them, and the messages for wrong ones."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from configuration.certificates import Certificates, certificate_mistakes, certificate_warning
from configuration.pem import pem_text
from configuration.settings import Settings
from rest.errors import SettingsError
from tests.tls_authority import Authority

AUTHORITY = Authority()
CLIENT, OTHER = AUTHORITY.issue("client"), AUTHORITY.issue("other")
ENCRYPTED = CLIENT.encrypted_key("hunter22")
OLD_STYLE = """-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,00

MIIB
-----END RSA PRIVATE KEY-----
"""


def in_one_line(pem: str, line_break: str) -> str:
    return pem.strip().replace("\n", line_break)


@pytest.mark.parametrize(
    "value",
    [
        CLIENT.certificate,
        in_one_line(CLIENT.certificate, "\\n"),
        in_one_line(CLIENT.certificate, "\\r\\n"),
        in_one_line(CLIENT.certificate, " "),
        in_one_line(CLIENT.certificate, "\r\n"),
        f"subject=client\nissuer=x\n{CLIENT.certificate}",
        b64encode(CLIENT.certificate.encode()).decode(),
        "\n".join(
            [
                b64encode(CLIENT.certificate.encode()).decode()[:90],
                b64encode(CLIENT.certificate.encode()).decode()[90:],
            ]
        ),
    ],
    ids=["as it is", "escaped", "escaped crlf", "spaces", "crlf", "with a comment", "base64", "base64 lines"],
)
def test_pem_is_read_however_it_is_written(value: str) -> None:
    assert pem_text(value) == CLIENT.certificate


def test_chain_keeps_all_certificates_and_headers_of_a_key_keep_their_lines() -> None:
    chain = CLIENT.certificate + AUTHORITY.pem
    assert pem_text(in_one_line(chain, " ")) == chain
    assert pem_text(in_one_line(OLD_STYLE, "\\n")) == OLD_STYLE


@pytest.mark.parametrize(
    "value", ["/etc/tls/tls.crt", "tls.crt", "LS0tLS1CRUdJTi\xe9", "LS0tLS1CRUdJTi0tLS0t/w=="]
)
def test_other_texts_are_paths(value: str) -> None:
    assert pem_text(value) is None


def mistakes(certificate: str = "", key: str = "", password: str = "", authority: str = "") -> list[str]:
    return list(map(str, certificate_mistakes(Certificates(certificate, key, password, authority))))


def test_certificates_that_fit_have_no_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "tls.pem"
    file.write_text(f"\ufeff{CLIENT.key}{CLIENT.certificate}")
    assert mistakes() == []
    assert mistakes(CLIENT.certificate, CLIENT.key) == []
    assert mistakes(CLIENT.certificate + AUTHORITY.pem, CLIENT.key, "", AUTHORITY.pem) == []
    assert mistakes(CLIENT.certificate, ENCRYPTED, "hunter22") == []
    assert mistakes(CLIENT.certificate, CLIENT.key, "no need for this") == []
    assert mistakes(str(file)) == []
    assert mistakes(str(file), str(file)) == []
    assert mistakes(authority=str(file)) == []


UNREADABLE = "cannot be read (No such file or directory). Accepts PEM text or the path of a file"
NO_PEM = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----"
NO_KEY = "-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", CLIENT.key), "clientCertificate: is missing (clientKey needs it)"),
        (("", "", "x"), "clientCertificate: is missing (clientKey needs it)"),
        (
            (CLIENT.certificate,),
            "clientKey: is missing (clientCertificate needs it, and has no key in it)",
        ),
        (
            (CLIENT.certificate, OTHER.key),
            "clientKey: does not belong to the first certificate in clientCertificate",
        ),
        (
            (AUTHORITY.pem + CLIENT.certificate, CLIENT.key),
            "clientKey: does not belong to the first certificate in clientCertificate",
        ),
        (
            (CLIENT.certificate, ENCRYPTED),
            "clientKeyPassword: is missing (the client's private key is encrypted)",
        ),
        (
            (CLIENT.certificate, ENCRYPTED, "wrong"),
            "clientKey: has no private key that clientKeyPassword opens",
        ),
        ((CLIENT.certificate, CLIENT.certificate), "clientKey: has no valid private key"),
        ((CLIENT.certificate, NO_KEY), "clientKey: has no valid private key"),
        ((NO_PEM, CLIENT.key), "clientCertificate: has no valid certificate"),
        (("", "", "", NO_PEM), "caCertificate: has no valid certificate"),
        (("", "", "", CLIENT.key), "caCertificate: has no valid certificate"),
        (
            ("/no/such.crt", CLIENT.key),
            f"clientCertificate: the file /no/such.crt {UNREADABLE}",
        ),
        (
            (CLIENT.certificate, "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg"),
            f"clientKey: the file {UNREADABLE}",
        ),
        (("", "", "", "a\0b"), "caCertificate: is not a PEM file, which begins with -----BEGIN"),
        (("", "", "", "pyproject.toml"), "caCertificate: is not a PEM file, which begins with -----BEGIN"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_certificates_are_named(arguments: tuple[str, ...], message: str) -> None:
    assert mistakes(*arguments) == [message]


def test_wrong_certificates_stop_the_start() -> None:
    with pytest.raises(SettingsError, match="clientKey: does not belong"):
        settings(client_certificate=CLIENT.certificate, client_key=OTHER.key)


@pytest.mark.parametrize(
    ("days", "warning"),
    [(0, "None"), (5, "clientCertificate expired on 20"), (-5, "clientCertificate is only valid from 20")],
)
def test_certificate_that_is_not_valid_now_is_a_warning(days: int, warning: str) -> None:
    now = datetime.now(UTC) + timedelta(days=days)
    found = certificate_warning(Certificates(CLIENT.certificate, CLIENT.key), now)
    assert str(found).startswith(warning)
    assert certificate_warning(Certificates(authority=AUTHORITY.pem), now) is None


def settings(**config: Any) -> Settings:
    return Settings.from_config({"base_url": "https://x.io", **config}, {})


def test_keys_are_masked_and_paths_are_not(tmp_path: Path) -> None:
    file = tmp_path / "tls.pem"
    file.write_text(CLIENT.certificate)
    spaces = in_one_line(ENCRYPTED, " ")
    redact = settings(
        client_certificate=str(file), client_key=spaces, client_key_password="hunter22"
    ).redactor
    assert redact(str(file)) == str(file)
    assert redact("hunter22") == "***"
    line = ENCRYPTED.splitlines()[1]
    assert line not in redact(f"{spaces} {ENCRYPTED} {line}")


def test_settings_for_files_are_read_again_like_paths(tmp_path: Path) -> None:
    certificate, key = tmp_path / "tls.crt", tmp_path / "tls.key"
    certificate.write_text(CLIENT.certificate)
    key.write_text(CLIENT.key)
    read = settings(client_certificate_file=str(certificate), client_key_file=str(key)).certificates
    before = read.stamp()
    assert read.read().key == CLIENT.key
    key.write_text(OTHER.key + "\n")
    assert read.stamp() != before
    assert read.read().key == OTHER.key
