"""Webhooks as vendors send them: targets, signatures and one delivery over HTTP."""
