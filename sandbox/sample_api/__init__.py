"""The API of a fictitious company, with every authentication and paging style (`GET /` explains them)."""
