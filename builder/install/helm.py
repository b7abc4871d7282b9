"""Installation with the port-ocean chart: one command with all values, or a values file and its command."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from builder.draft import Draft, Installation
from builder.install.chosen import is_secret, setting_text
from builder.install.environment import PORT_CLIENT_ID, PORT_CLIENT_SECRET, PROCESSING_MODE
from builder.install.live_events import chart_values
from builder.install.placeholders import shown_settings
from builder.install.quoting import command, helm_text, is_typed_by_helm, shell_text
from builder.install.schedule import cron
from builder.install.yaml_writer import yaml_text
from rest.bodies import Json

VALUES_FILE = "values.yaml"
# In the chart's default registry, an image of this name belongs to another integration.
IMAGE_REGISTRY = "<YOUR_REGISTRY>"
CHART_REPOSITORY = "https://port-labs.github.io/helm-charts"
CHART = "port-ocean"
# The versions of the chart that the values are for.
CHART_VERSIONS = "0.21.*"
_REPOSITORY = f"helm repo add --force-update port-labs {CHART_REPOSITORY}\n"
_CHART = f"port-labs/{CHART}"
_MAX_RELEASE_LENGTH = 53
# The chart prints numbers from here on with an exponent, which integer settings do not accept.
_EXPONENT_FROM = 1_000_000
_MAX_EXACT_INTEGER = 2**53


def helm_command(draft: Draft) -> str:
    """Return `helm install` with all values as options, with placeholders for secrets."""
    options = [_option(path, value) for path, value in _values(draft)]
    return _REPOSITORY + command(f"helm install {release_name(draft)} {_CHART}", options)


def helm_values_command(draft: Draft, file: str = VALUES_FILE) -> str:
    """Return the command for a values file. It installs, and later applies changes of the file."""
    upgrade = f"helm upgrade --install {release_name(draft)} {_CHART}"
    return _REPOSITORY + command(upgrade, [f"--values {shell_text(file)}"])


def values_file(draft: Draft) -> str:
    """Return `values.yaml`, with placeholders for the secrets under `integration.secrets`."""
    return "# Replace the placeholders in <...>.\n" + yaml_text(_nested(_values(draft)))


def values_file_without_secrets(draft: Draft) -> str:
    """Return `values.yaml` without secrets. They are in the Kubernetes Secret `secret_object_name`."""
    return "# The secrets are in a separate Kubernetes Secret.\n" + yaml_text(values_without_secrets(draft))


def values_without_secrets(draft: Draft) -> dict[str, Json]:
    """Return the chart's values for an installation whose secrets are in a Kubernetes Secret."""
    plain = ((path, value) for path, value in _values(draft) if not _is_secret_value(path))
    secret: list[tuple[str, Json]] = [("secret.create", False), ("secret.name", secret_object_name(draft))]
    return _nested([*plain, *secret])


def release_name(draft: Draft) -> str:
    """Return the installation's identifier as an RFC 1123 label, as Helm and Kubernetes require."""
    name = re.sub(r"[^a-z0-9]+", "-", draft.installation.identifier.lower())
    return name[:_MAX_RELEASE_LENGTH].strip("-") or "ocean-custom"


def secret_object_name(draft: Draft) -> str:
    """Return the name of the Kubernetes Secret that the chart reads if it does not create one."""
    return f"{release_name(draft)}-secrets"


def _values(draft: Draft) -> Iterator[tuple[str, Json]]:
    """Yield the chart's values by path, in the order of Port's manuals."""
    installation = draft.installation
    yield "port.clientId", PORT_CLIENT_ID
    yield "port.clientSecret", PORT_CLIENT_SECRET
    yield "port.baseUrl", installation.port_base_url
    yield "imageRegistry", IMAGE_REGISTRY
    # The chart allows it by default and overrides the image's variable.
    yield "allowEnvironmentVariablesJqAccess", False
    yield "processingMode", PROCESSING_MODE
    yield "initializePortResources", installation.initialize_port_resources
    if installation.event_listener == "ONCE":
        # Kubernetes would restart a finished pod of a Deployment at once. A CronJob runs on a schedule.
        yield "workload.kind", "CronJob"
    if installation.resync_minutes:
        yield "scheduledResyncInterval", _interval(installation)
    yield from chart_values(draft)
    yield "integration.identifier", installation.identifier
    yield "integration.type", installation.type
    yield "integration.eventListener.type", installation.event_listener
    for name, value in shown_settings(draft.settings).items():
        yield f"integration.{'secrets' if is_secret(name) else 'config'}.{name}", value


def _interval(installation: Installation) -> Json:
    """Return minutes for a Deployment, a cron expression for a CronJob."""
    minutes = installation.resync_minutes or 0
    return cron(minutes) if installation.event_listener == "ONCE" else minutes


def _is_secret_value(path: str) -> bool:
    return path.startswith(("integration.secrets.", "port.client"))


def _option(path: str, value: Json) -> str:
    if isinstance(value, dict | list):
        text = json.dumps(value)
        if _survives_helm(value):
            return f"--set-json {path}={shell_text(text)}"
        return f"--set-string {path}={shell_text(helm_text(text))}"
    if isinstance(value, str):
        option = "--set-string" if is_typed_by_helm(value) else "--set"
        return f"{option} {path}={shell_text(helm_text(value))}"
    if _is_large(value):
        return f"--set-string {path}={shell_text(setting_text(value))}"
    return f"--set {path}={setting_text(value)}"


def _nested(values: Iterable[tuple[str, Json]]) -> dict[str, Json]:
    """Return values by path as nested objects.

    Objects and lists become JSON text, because not all of the chart's workloads support them.
    """
    root: dict[str, Any] = {}
    for path, value in values:
        *parents, last = path.split(".")
        node = root
        for name in parents:
            node = node.setdefault(name, {})
        node[last] = setting_text(value) if isinstance(value, dict | list) or _is_large(value) else value
    return root


def _is_large(value: Json) -> bool:
    return isinstance(value, int | float) and abs(value) >= _EXPONENT_FROM


def _survives_helm(value: Json) -> bool:
    """Return False if Helm drops a null or rounds an integer that exceeds a double's precision."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return all(_survives_helm(each) for each in inner)
    return value is not None and not (isinstance(value, int) and abs(value) > _MAX_EXACT_INTEGER)
