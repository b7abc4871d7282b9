"""Opening the user's browser without holding up the server."""

import os
import sys
import webbrowser
from collections.abc import Mapping
from threading import Thread

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
_NOT_OPENED = "No browser was opened. Open the address above"


def reason_not_to_open(
    port: int, environ: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> str:
    """Return why no browser can show the page here, with what to do instead; "" if one can.

    A browser that the user names in BROWSER is always opened.
    """
    if environ.get("BROWSER"):
        return ""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        forward = f"ssh -L {port}:127.0.0.1:{port}"
        return f"This is an SSH session. Connect with `{forward}`, and open the address on your own machine"
    if environ.get("WSL_DISTRO_NAME"):
        return "This is WSL. Open the address in the browser of Windows"
    if platform.startswith("linux") and not any(environ.get(name) for name in _DISPLAYS):
        return "There is no display. Open the address in a browser on this machine"
    return ""


def open_in_background(url: str) -> Thread:
    """Open a URL. The thread ends when the browser's program does, which may be at its end only."""
    thread = Thread(target=_open, args=[url], name="browser", daemon=True)
    thread.start()
    return thread


def _open(url: str) -> None:
    try:
        is_opened = webbrowser.open(url)
    except (OSError, webbrowser.Error):
        is_opened = False
    if not is_opened:
        print(_NOT_OPENED, file=sys.stderr, flush=True)  # noqa: T201
