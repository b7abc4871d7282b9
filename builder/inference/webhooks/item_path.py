"""Find an item in the response to `fetch`."""

from builder.inference.parent_matching import SampledSource
from builder.inference.webhooks.item_shape import ItemShape
from builder.inference.webhooks.payload import payload_objects
from builder.inference.webhooks.subject import LIKE_AN_ITEM
from rest.bodies import Json


def find_item_path(source: SampledSource, body: Json) -> str:
    """Return the data_path of the object that looks most like a sampled item, "" if none does."""
    if not source.items:
        return ""
    shape = ItemShape.of(source)
    ranked = [(shape.likeness(each.value), -len(each.keys), each) for each in payload_objects(body, "")]
    likeness, _, best = max(ranked, key=lambda each: each[:2], default=(0.0, 0, None))
    if best is None or likeness < LIKE_AN_ITEM:
        return ""
    return "".join(each.place for each in [*best.elements[:-1], best]) or "."
