"""The control page of the sample API."""

from sandbox.sample_api.page.routes import add_page

__all__ = ["add_page"]
