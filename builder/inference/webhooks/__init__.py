"""Propose the `webhook` of a mapping entry from a payload that a sender of webhooks posted."""

from builder.inference.webhooks.item_path import find_item_path
from builder.inference.webhooks.payload import Payload
from builder.inference.webhooks.proposal import WebhookProposal, propose_webhooks
from builder.inference.webhooks.verification import FoundVerification, find_verification

__all__ = [
    "FoundVerification",
    "Payload",
    "WebhookProposal",
    "find_item_path",
    "find_verification",
    "propose_webhooks",
]
