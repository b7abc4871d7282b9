"""The builder's tools for an assistant, over the Model Context Protocol (MCP).

Only this package imports the protocol's SDK, which an extra of its own installs.
"""

from builder.assistant.server import serve

__all__ = ["serve"]
