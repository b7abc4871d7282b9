"""Read the lean API's items with our extraction, as a separate program."""

import argparse
import asyncio
import time

from loguru import logger

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor


async def fetched(base_url: str, size: int) -> int:
    """Read all items and return their number."""
    pages = {"size_param": "per_page", "page_size": size, "total_path": ".total"}
    config = {"base_url": base_url, "pagination_type": "page", **pages}
    settings = Settings.from_config(config)
    resource = read_resource("/items", {"data_path": ".items"}, settings.pagination)
    async with open_extractor(settings, [resource]) as extractor:
        return sum([len(batch) async for batch in extractor.batches(resource)])


def main() -> None:
    """Print the number of items and the seconds."""
    logger.remove()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("pages", type=int)
    parser.add_argument("size", type=int)
    options = parser.parse_args()
    for _ in range(2):  # the first run includes lazy imports
        start = time.perf_counter()
        items = asyncio.run(fetched(options.url, options.size))
        seconds = time.perf_counter() - start
    print(items, seconds)


if __name__ == "__main__":
    main()
