"""The builder: makes an integration from sample responses, in the browser or on the command line."""
