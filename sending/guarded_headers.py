"""Which headers of a request are not the mapping's to set."""

from collections.abc import Iterable

from loguru import logger

from rest.errors import RefusedError
from rest.request import Pairs

# Credentials belong into the settings: whoever may edit the mapping could take the place of another.
_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie"})
# RFC 9112 §6 and RFC 9110 §7: where a request goes, and where it ends.
_FRAMING = frozenset(
    {
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "upgrade",
        "expect",
    }
)


# What a listing may want otherwise than the others do, and no credential is in.
_NEGOTIATED = frozenset(
    {"accept", "accept-encoding", "accept-language", "connection", "content-type", "user-agent"}
)


class HeaderGuard:
    """Checks the headers that the mapping asks for. own: the names of those that every request has."""

    def __init__(self, own: Iterable[str]) -> None:
        self._own = frozenset(name.lower() for name in own) - _NEGOTIATED
        self._told: set[str] = set()

    def check(self, headers: Pairs) -> None:
        """Says once of each where it takes the place of one of customHeaders, which may be a credential.

        Raises RefusedError: one of them would change who asks, or what is asked.
        """
        for name, _ in headers:
            lower = name.lower()
            if lower in _CREDENTIALS:
                raise RefusedError(
                    f"the mapping may not set the header {name}, which says who asks",
                    hint="Take it out of the mapping; credentials belong into authType or customHeaders",
                )
            if lower in _FRAMING:
                raise RefusedError(
                    f"the mapping may not set the header {name}, which says where a request goes or ends",
                    hint="Take it out of the mapping",
                )
            if lower in self._own - self._told:
                self._told.add(lower)
                logger.warning("The mapping replaces the header {} of customHeaders", name)
