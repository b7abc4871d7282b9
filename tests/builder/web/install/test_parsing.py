"""Parsing of the installation's inputs."""

from dataclasses import replace

import pytest

from builder.web.install.form import InstallationForm
from builder.web.install.parsing import parse_installation


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identifier": "my integration"}, "installation"),
        ({"resync_minutes": "often"}, "resync_minutes"),
        ({"resync_minutes": "0"}, "resync_minutes"),
        ({"region": "other", "port_base_url": "port"}, "port_base_url"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_issue_names_its_input(changes: dict[str, str], field: str) -> None:
    _, issues = parse_installation(replace(InstallationForm(), **changes))
    assert [issue.field for issue in issues] == [field]


def test_inputs_become_the_installation() -> None:
    form = InstallationForm("mine", "generic-http", "other", "https://port.example/ ", "ONCE", "")
    installation, issues = parse_installation(form)
    assert issues == ()
    assert (installation.identifier, installation.type) == ("mine", "generic-http")
    assert (installation.port_base_url, installation.resync_minutes) == ("https://port.example", None)
    assert installation.event_listener == "ONCE"


def test_a_region_has_its_own_url() -> None:
    installation, _ = parse_installation(InstallationForm(region="us", port_base_url="https://port.example"))
    assert installation.port_base_url == "https://api.us.getport.io"
