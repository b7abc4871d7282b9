"""What reading a listing costs: requests to the API, and items to map and to write."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """The requests and items of a listing, or of several."""

    requests: int = 0
    items: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.requests + other.requests, self.items + other.items)

    def weight(self, items_per_request: int) -> float:
        """Return the load in requests. items_per_request: the items that weigh as much as one request."""
        return self.requests + self.items / items_per_request

    def part(self, index: int, of: int) -> "Cost":
        """Return one of several equal parts. Together, they have the whole cost."""
        return Cost(_part(self.requests, index, of), _part(self.items, index, of))


def _part(number: int, index: int, of: int) -> int:
    return number // of + (index < number % of)
