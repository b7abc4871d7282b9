"""The builder's web page. It is served on this machine only."""

DEFAULT_PORT = 3030
