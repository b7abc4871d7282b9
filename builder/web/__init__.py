"""The builder as a page in the browser, on this machine alone."""
