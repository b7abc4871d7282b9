"""Read curl commands as settings and endpoints."""

from builder.imports.curl_command import parse_curl
from builder.imports.imported import Imported
from builder.imports.saved_requests import read_requests


def read_curl(text: str) -> Imported:
    """Return the requests of curl commands for bash, cmd.exe or PowerShell, as browsers and API documentation
    write them.

    Raises DocumentError: the text has no curl command, or the integration cannot send any of the requests.
    """
    return read_requests(parse_curl(text))
