from collections.abc import Iterator

import pytest
from loguru import logger


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Collect the log messages."""
    messages: list[str] = []
    sink = logger.add(lambda message: messages.append(str(message).rstrip("\n")), format="{message}")
    yield messages
    logger.remove(sink)
