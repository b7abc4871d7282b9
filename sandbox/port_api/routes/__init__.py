"""One module for each family of Port's operations; each has a `router`."""
