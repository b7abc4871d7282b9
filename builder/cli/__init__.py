"""The builder in the terminal: `ocean-custom`."""
