"""Read the lean API's items with dlt's rest_api source, in a separate environment with dlt."""

import sys
import time
from typing import Any

from dlt.sources.rest_api import rest_api_source


def main(url: str, pages: str, size: str) -> None:
    """Print the number of items and the seconds."""
    config: Any = {
        "client": {"base_url": url},
        "resources": [
            {
                "name": "items",
                "endpoint": {
                    "path": "/items",
                    "params": {"per_page": int(size)},
                    "data_selector": "items",
                    "paginator": {
                        "type": "page_number",
                        "base_page": 1,
                        "page_param": "page",
                        "total_path": None,
                        "maximum_page": int(pages) + 1,
                    },
                },
            }
        ],
    }
    for _ in range(2):  # the first run includes lazy imports
        start = time.perf_counter()
        count = sum(1 for _ in rest_api_source(config).resources["items"])
        seconds = time.perf_counter() - start
    print(count, seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
