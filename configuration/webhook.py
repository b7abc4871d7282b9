"""What an event of the API says about a kind: which items changed, and how to request them."""

from dataclasses import dataclass

from configuration.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Webhook:
    """The key webhook of a selector. Its expressions are jq.

    when: the condition on an event {headers, query, body}; "": every event.
    items: what changed, in that event; "": its body.
    values: the values of placeholders, each a name and an expression on an item. They can use $event.
    fetch: requests the present state; None: the item in the event is the state.
    delete: the condition on the event for a deletion; "": none. It can use $item.
    needed: the values that identify an item, so that none of them can be null.
    """

    when: str = ""
    items: str = ""
    values: tuple[tuple[str, str], ...] = ()
    fetch: Endpoint | None = None
    delete: str = ""
    needed: frozenset[str] = frozenset()
