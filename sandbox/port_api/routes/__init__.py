"""One module per group of Port's operations. Each has a `router`."""
