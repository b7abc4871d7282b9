"""The addresses that let a browser in: each of them once, and none where others could read it."""

import secrets
import shutil
import tempfile
from contextlib import suppress
from html import escape
from pathlib import Path

_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Builder</title>'
    '<meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url={address}">'
    '<p><a href="{address}">To the builder</a></p></html>'
)
_OWNER_ONLY = 0o600


class Entrance:
    """Hands out addresses with a token each. A token that was used is worth nothing."""

    def __init__(self, port: int) -> None:
        self._port = port
        # With the folder of the file that leads there, where there is one.
        self._unused: dict[str, Path | None] = {}

    def address(self) -> str:
        """A new address, for whoever reads what the builder prints."""
        return self._leading_in(None)

    def file_url(self, home: Path | None = None) -> str:
        """A file that leads to a new address: a browser's arguments are shown to every user of the machine.

        home: where a folder for it is made; None for the user's own, or the system's temporary folder.
        Browsers in a sandbox (Snap, Flatpak) see neither the latter nor hidden folders.
        Raises OSError: it cannot be written.
        """
        folder = _private_folder(home or Path.home())
        file = folder / "open.html"
        file.touch(_OWNER_ONLY)
        file.write_text(_PAGE.format(address=escape(self._leading_in(folder))), encoding="utf-8")
        return file.as_uri()

    def admits(self, token: str) -> bool:
        """True once for each address; then its file is removed."""
        # Compared in the same time whatever the text.
        known = [each for each in self._unused if secrets.compare_digest(token.encode(), each.encode())]
        for each in known:
            _remove(self._unused.pop(each))
        return bool(known)

    def close(self) -> None:
        """No address lets anyone in any more."""
        for folder in self._unused.values():
            _remove(folder)
        self._unused.clear()

    def _leading_in(self, folder: Path | None) -> str:
        token = secrets.token_urlsafe(32)
        self._unused[token] = folder
        return f"http://127.0.0.1:{self._port}/?token={token}"


def _private_folder(home: Path) -> Path:
    """Mode 0700."""
    with suppress(OSError):
        return Path(tempfile.mkdtemp(prefix="ocean-custom-builder-", dir=home))
    return Path(tempfile.mkdtemp(prefix="ocean-custom-builder-"))


def _remove(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
