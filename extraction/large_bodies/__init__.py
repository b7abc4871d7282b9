"""Items of bodies that are too large for memory. They stay on disk and are read one at a time."""

from extraction.large_bodies.jq_items import JqOutputs, fits_jq, read_jq_outputs
from extraction.large_bodies.json_stream import ValueTooLargeError
from extraction.large_bodies.large_items import LargeItems
from extraction.large_bodies.position import find_position
from extraction.large_bodies.splitting import SplitResponse, split_response, too_large_value_error

__all__ = [
    "JqOutputs",
    "LargeItems",
    "SplitResponse",
    "ValueTooLargeError",
    "find_position",
    "fits_jq",
    "read_jq_outputs",
    "split_response",
    "too_large_value_error",
]
