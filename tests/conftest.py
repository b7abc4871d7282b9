"""How hypothesis runs here: no test is timed, and each run tries the same examples, so that what decides a
landing decides alike twice. `pytest --hypothesis-profile=search` tries others.

The table of faults is here too: pytest with workers asks for no summary in the folders below.
"""

import pytest
from hypothesis import HealthCheck, settings

from tests.faults.table import write_table

settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile("same")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Faults x pagination types: how each cell ended."""
    write_table(terminalreporter)
