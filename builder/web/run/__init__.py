"""A resync of the built integration on this machine, and a sandbox to run it into."""
