"""Step 1: connect to the API."""
