"""One HTTP request of a webhook's sender, as it arrived."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from rest.errors import SyncError

# Senders use a handful. More cost time before anything is verified.
_MAX_PARAMS = 100


class DeliveryError(SyncError):
    """A delivery is not accepted.

    status: the HTTP status for the sender. what: the reason for the log, which has no text of the sender.
    """

    def __init__(self, status: int, what: str, *, hint: str = "") -> None:
        super().__init__(what, hint=hint)
        self.status = status


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request before anything is verified.

    url: as requested, with its query. headers: by their names in lower case.
    query: the first value of each parameter, decoded.
    """

    method: str
    # They may have the secret.
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @classmethod
    def of(cls, method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> "Delivery":
        """Return the delivery of a request. Headers of the same name are joined with commas (RFC 9110 §5.3).

        Raises DeliveryError: the query has too many parameters.
        """
        joined: dict[str, str] = {}
        for name, value in headers:
            key = name.lower()
            joined[key] = f"{joined[key]}, {value}" if key in joined else value
        return cls(method.upper(), url, joined, _params(url.partition("?")[2]), body)

    @property
    def path(self) -> str:
        """The path of the URL, as requested."""
        return "/" + self.url.partition("?")[0].partition("://")[2].partition("/")[2]

    @property
    def raw_query(self) -> str:
        """The query of the URL, as requested."""
        return self.url.partition("?")[2]


def _params(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MAX_PARAMS)
    except ValueError:
        raise DeliveryError(400, f"the URL has more than {_MAX_PARAMS} query parameters") from None
    return dict(reversed(pairs))
