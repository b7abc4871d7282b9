"""A Port, a sample API, and pods for them."""

from tests.end_to_end.conftest import ocean_command, port, port_server, sample, sample_server
from tests.helm.conftest import here, pod

__all__ = ["here", "ocean_command", "pod", "port", "port_server", "sample", "sample_server"]
