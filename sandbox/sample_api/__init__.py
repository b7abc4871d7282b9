"""A made-up company's API that speaks every way of authentication and of paging (`GET /` explains it)."""
