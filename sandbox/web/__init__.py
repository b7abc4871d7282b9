"""The web pages that show the sandbox's catalog. The API's server serves them at `/catalog`."""
