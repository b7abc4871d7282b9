"""One module per page. Each has a `router`."""
