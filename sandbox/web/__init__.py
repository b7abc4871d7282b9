"""The catalog page: what the sandbox holds, to look at. On the API's own server, below `/catalog`."""
