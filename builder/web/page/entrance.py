"""One-time addresses that admit a browser to the page."""

import secrets
import shutil
import tempfile
from contextlib import suppress
from html import escape
from pathlib import Path

_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Builder</title>'
    '<meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url={address}">'
    '<p><a href="{address}">Open the builder</a></p></html>'
)
_OWNER_ONLY = 0o600


class Entrance:
    """Issues addresses with a one-time token each."""

    def __init__(self, port: int) -> None:
        self._port = port
        # The unused tokens, each with the folder of its redirect file if it has one.
        self._unused: dict[str, Path | None] = {}

    def address(self) -> str:
        """Return a new address to print in the terminal."""
        return self._new_address(None)

    def file_url(self, home: Path | None = None) -> str:
        """Write a file that redirects to a new address, and return the file's URL.

        A browser's command-line arguments are visible to every user of the machine, the file is not.
        home: where to create the file's folder, by default the user's home, or else the system's folder for
        temporary files. Browsers in a sandbox (Snap, Flatpak) see neither the latter nor hidden folders.
        Raises OSError: the file cannot be written.
        """
        folder = _private_folder(home or Path.home())
        file = folder / "open.html"
        file.touch(_OWNER_ONLY)
        file.write_text(_PAGE.format(address=escape(self._new_address(folder))), encoding="utf-8")
        return file.as_uri()

    def admits(self, token: str) -> bool:
        """Return True the first time for each token, and remove the token's file."""
        # Compared in constant time.
        known = [each for each in self._unused if secrets.compare_digest(token.encode(), each.encode())]
        for each in known:
            _remove(self._unused.pop(each))
        return bool(known)

    def close(self) -> None:
        """Invalidate all addresses and remove their files."""
        for folder in self._unused.values():
            _remove(folder)
        self._unused.clear()

    def _new_address(self, folder: Path | None) -> str:
        token = secrets.token_urlsafe(32)
        self._unused[token] = folder
        return f"http://127.0.0.1:{self._port}/?token={token}"


def _private_folder(home: Path) -> Path:
    """Create a folder with mode 0700."""
    with suppress(OSError):
        return Path(tempfile.mkdtemp(prefix="ocean-custom-builder-", dir=home))
    return Path(tempfile.mkdtemp(prefix="ocean-custom-builder-"))


def _remove(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
