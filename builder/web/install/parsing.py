"""The inputs of step 3, parsed into an installation."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from builder.draft import EventListener, Installation
from builder.port_account import PORT_URL, PortError
from builder.port_names import installation_problem
from builder.web.install.form import InstallationForm
from builder.web.page.issues import Issue

_REGIONS: Mapping[str, str] = MappingProxyType(
    {"eu": PORT_URL, "us": "https://api.us.getport.io", "sandbox": "http://127.0.0.1:3010"}
)


def parse_installation(form: InstallationForm) -> tuple[Installation, tuple[Issue, ...]]:
    """Parse and check the inputs. Returns the installation and the issues."""
    issues: list[Issue] = []
    identifier, minutes = form.identifier.strip(), form.resync_minutes.strip()
    if message := installation_problem(identifier):
        issues.append(Issue("installation", "Installation identifier", message))
    is_number = minutes.isascii() and minutes.isdigit() and int(minutes) > 0
    if minutes and not is_number:
        issues.append(
            Issue(
                "resync_minutes",
                "Resync interval",
                "This is not a number of minutes",
                advice="Enter a whole number greater than 0, or nothing",
            )
        )
    url = _REGIONS.get(form.region, form.port_base_url.strip().rstrip("/"))
    if not url.startswith(("https://", "http://")):
        issues.append(
            Issue(
                "port_base_url",
                "Port API URL",
                "This is not a URL" if url else "Required",
                advice="Enter a URL, for example https://api.getport.io",
            )
        )
    installation = Installation(
        identifier,
        "generic-http" if form.type == "generic-http" else "custom",
        url,
        cast("EventListener", form.event_listener),
        int(minutes) if is_number else None,
    )
    return installation, tuple(issues)


def port_issue(form: InstallationForm, error: PortError) -> Issue:
    """Return an error of Port as an issue of the input to correct."""
    if error.status in (401, 403):
        advice = "Port shows them under Settings > Credentials. Each region has its own"
        return Issue("client_secret", "Client secret", error.what, advice=advice)
    if error.status in (None, 404):
        is_other = form.region == "other"
        advice = f"Correct the {'URL' if is_other else 'region'}, and check that this machine reaches it"
        field, label = ("port_base_url", "Port API URL") if is_other else ("region", "Port region")
        return Issue(field, label, error.what, advice=advice)
    return Issue.of("create", "Create in Port", error)
