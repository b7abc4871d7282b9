"""The certificates of the settings, each as PEM text or as the path of a file."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from configuration.pem import PemTexts, pem_text
from rest.errors import Mistake, SettingsError

CERTIFICATE_SETTINGS = frozenset(
    {"client_certificate", "client_key", "client_key_password", "ca_certificate"}
)
_PATH = re.compile(r"\.{0,2}/[\w./ -]{1,100}")
_PRIVATE_KEY = "PRIVATE KEY-----"


@dataclass(frozen=True, slots=True)
class Certificates:
    """The settings clientCertificate, clientKey, clientKeyPassword and caCertificate. "": unset."""

    certificate: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    key_password: str = field(default="", repr=False)
    authority: str = field(default="", repr=False)

    @classmethod
    def of(cls, texts: Mapping[str, str], files: Mapping[str, Path]) -> Self:
        """Return the certificates of settings. files: the files of settings like clientKeyFile, by field.

        These are named by their paths, so that they are read again when they change.
        """
        pems = {name: str(files.get(name, text)) for name, text in texts.items()}
        password = texts["client_key_password"]
        return cls(pems["client_certificate"], pems["client_key"], password, pems["ca_certificate"])

    def __bool__(self) -> bool:
        return bool(self.certificate or self.key or self.key_password or self.authority)

    def read(self) -> PemTexts:
        """Return the PEM texts, from files where the settings name files.

        Raises SettingsError: a file cannot be read, or has no PEM text.
        """
        certificate = _read("clientCertificate", self.certificate)
        key = _read("clientKey", self.key)
        if not self.key and _PRIVATE_KEY in certificate:
            key = certificate
        return PemTexts(certificate, key, _read("caCertificate", self.authority))

    def stamp(self) -> tuple[tuple[int, int] | None, ...]:
        """Return a value that differs once a file has changed."""
        return tuple(_stamp(value) for value in (self.certificate, self.key, self.authority))

    def secret_texts(self) -> Iterator[str]:
        """Yield the texts to mask. The path of a file is none."""
        yield self.key_password
        for value in (self.certificate, self.key, self.authority):
            if text := pem_text(value):
                yield from (value, text)


def certificate_mistakes(certificates: Certificates) -> list[Mistake]:
    """Return the mistakes in the certificates, which are read for this."""
    if not certificates:
        return []
    if (certificates.key or certificates.key_password) and not certificates.certificate:
        return [Mistake("clientCertificate", "is missing (clientKey needs it)")]
    try:
        texts = certificates.read()
    except SettingsError as error:
        return list(error.mistakes)
    if texts.certificate and not texts.key:
        return [Mistake("clientKey", "is missing (clientCertificate needs it, and has no key in it)")]
    # Imported here, because it takes long and few installations need it.
    from configuration.certificate_checks import mistakes_in_pem

    return list(mistakes_in_pem(texts, certificates.key_password))


def certificate_warning(certificates: Certificates, now: datetime) -> str | None:
    """Return a warning about a client certificate that is not valid at this time. None: it is valid."""
    if not certificates.certificate:
        return None
    # Imported here for the same reason.
    from configuration.certificate_checks import validity_warning

    return validity_warning(certificates.read().certificate, now)


def _read(setting: str, value: str) -> str:
    if not value:
        return ""
    text = pem_text(value)
    if text is not None:
        return text
    try:
        text = pem_text(Path(value).read_text(encoding="utf-8-sig"))
    except OSError as error:
        # Only what is clearly a path is shown: it may be a key without its first line.
        shown = f" {value}" if _PATH.fullmatch(value) else ""
        mistake = Mistake(
            setting,
            f"the file{shown} cannot be read ({error.strerror}). Accepts PEM text or the path of a file",
        )
        raise SettingsError([mistake]) from None
    except ValueError:  # a path with a null character, or a file that is not text
        text = None
    if text is None:
        raise SettingsError([Mistake(setting, "is not a PEM file, which begins with -----BEGIN")])
    return text


def _stamp(value: str) -> tuple[int, int] | None:
    with suppress(OSError, ValueError):
        if value and pem_text(value) is None:
            stat = Path(value).stat()
            return stat.st_mtime_ns, stat.st_ino
    return None
