"""OAuth 2.0 refresh tokens that the API replaces at each use (RFC 6749 §6)."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from loguru import logger


class RefreshTokens:
    """The newest refresh token of an installation. Lives as long as the process, over all resyncs.

    An API with reuse detection revokes the whole grant when a token is used twice. So all tokens that were
    replaced stay known: settings that were read earlier, or a file that is written late, may still have one.
    """

    def __init__(self) -> None:
        self._chain: set[str] = set()
        self._first = self._newest = ""
        self._is_warned = False

    def newest(self, configured: str) -> str:
        """Return the token to use. configured: the setting, which wins if the API has never replaced it."""
        return self._newest if configured in self._chain else configured

    def first(self, configured: str) -> str:
        """Return the token that the API has replaced by this one, maybe through others, or this one."""
        return self._first if configured in self._chain else configured

    def replace(self, configured: str, token: str, file: Path | None) -> None:
        """Use a token from now on, and write it to the file that the setting came from."""
        if configured not in self._chain:
            self._chain = {configured}
            self._first = configured
        self._chain.add(token)
        self._newest = token
        problem = _write(file, token) if file else "the setting refreshTokenFile is not used"
        if problem and not self._is_warned:
            self._is_warned = True
            logger.warning(
                "The API replaced the refresh token, and the new one is not stored: {}. After a restart, the "
                "API may reject the old one",
                problem,
            )


def _write(path: Path, text: str) -> str:
    """Replace the content of a file. Returns what prevented it, "" if nothing did."""
    target = Path(os.path.realpath(path))  # a link stays a link
    try:
        status = target.stat()
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        return f"{path} cannot be written ({error.strerror})"
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(PermissionError):
            os.chown(name, status.st_uid, status.st_gid)
        os.chmod(name, status.st_mode & 0o7777)
        os.replace(name, target)
    except OSError as error:
        with suppress(OSError):
            os.unlink(name)
        return f"{path} cannot be written ({error.strerror})"
    return ""
