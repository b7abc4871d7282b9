"""Live events: verify what an API's webhooks deliver, and bring what changed into the catalog.

An event only says what changed. What it is now comes from the API, so order, duplicates and forged payloads
do no harm.
"""
