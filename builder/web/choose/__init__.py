"""Step 2: choose endpoints and map their items."""
