"""The command line `ocean-custom`."""
