"""Read the lean API's items with Airbyte's low-code CDK, in a separate environment with airbyte-cdk."""

import logging
import sys
import time

from airbyte_cdk.models import (
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
    Type,
)
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource


def manifest(url: str, page_size: int) -> dict:
    """Return a declarative source with one stream that is paginated by page number."""
    stream = {
        "type": "DeclarativeStream",
        "name": "items",
        "retriever": retriever(url, page_size),
        "schema_loader": {
            "type": "InlineSchemaLoader",
            "schema": {"type": "object", "properties": {}},
        },
    }
    return {
        "version": "6.0.0",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["items"]},
        "streams": [stream],
        "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
    }


def retriever(url: str, page_size: int) -> dict:
    """Return the request, the record selector and the paginator of the stream."""
    return {
        "type": "SimpleRetriever",
        "requester": {
            "type": "HttpRequester",
            "url_base": url,
            "path": "/items",
            "http_method": "GET",
        },
        "record_selector": {
            "type": "RecordSelector",
            "extractor": {"type": "DpathExtractor", "field_path": ["items"]},
        },
        "paginator": {
            "type": "DefaultPaginator",
            "page_token_option": query_parameter("page"),
            "page_size_option": query_parameter("per_page"),
            "pagination_strategy": {
                "type": "PageIncrement",
                "start_from_page": 1,
                "page_size": page_size,
                "inject_on_first_request": True,
            },
        },
    }


def query_parameter(name: str) -> dict:
    """Return an option that adds a query parameter to each request."""
    return {"type": "RequestOption", "inject_into": "request_parameter", "field_name": name}


def main(url: str, _pages: str, size: str) -> None:
    """Print the number of items and the seconds."""
    logger = logging.getLogger("airbyte")
    logger.setLevel(logging.ERROR)
    stream = AirbyteStream(name="items", json_schema={}, supported_sync_modes=[SyncMode.full_refresh])
    catalog = ConfiguredAirbyteCatalog(
        streams=[
            ConfiguredAirbyteStream(
                stream=stream,
                sync_mode=SyncMode.full_refresh,
                destination_sync_mode=DestinationSyncMode.append,
            )
        ]
    )
    for _ in range(2):  # the first run includes lazy imports
        source = ConcurrentDeclarativeSource(
            catalog=catalog, config={}, state=[], source_config=manifest(url, int(size))
        )
        start = time.perf_counter()
        count = sum(message.type == Type.RECORD for message in source.read(logger, {}, catalog, []))
        seconds = time.perf_counter() - start
    print(count, seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
