"""Remember deliveries, to recognize those that are sent again."""

import hashlib

_MAX_DELIVERIES = 10_000


class SeenDeliveries:
    """The most recent deliveries by what identifies them."""

    def __init__(self, limit: int = _MAX_DELIVERIES) -> None:
        self._limit = limit
        # In order, and of the same size however long an id is.
        self._seen: dict[bytes, None] = {}

    def __contains__(self, replay_id: str) -> bool:
        return _digest(replay_id) in self._seen

    def __len__(self) -> int:
        return len(self._seen)

    def note(self, replay_id: str) -> None:
        """Remember a delivery, and forget the oldest one if there are too many."""
        self._seen[_digest(replay_id)] = None
        if len(self._seen) > self._limit:
            del self._seen[next(iter(self._seen))]


def _digest(replay_id: str) -> bytes:
    return hashlib.sha256(replay_id.encode(errors="surrogatepass")).digest()[:16]
