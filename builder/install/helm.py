"""Installing with the port-ocean chart: the command with every value, or a values file and its command."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from builder.draft import Draft, Installation
from builder.install.chosen import is_secret, setting_text
from builder.install.environment import PORT_CLIENT_ID, PORT_CLIENT_SECRET, PROCESSING_MODE
from builder.install.placeholders import shown_settings
from builder.install.quoting import command, helm_text, is_typed_by_helm, shell_text
from builder.install.schedule import cron
from builder.install.yaml_writer import yaml_text
from rest.bodies import Json

VALUES_FILE = "values.yaml"
# The chart's own registry has an image of this name that is another integration.
IMAGE_REGISTRY = "<YOUR_REGISTRY>"
_REPOSITORY = "helm repo add --force-update port-labs https://port-labs.github.io/helm-charts\n"
_CHART = "port-labs/port-ocean"
_LONGEST_RELEASE = 53
# The chart writes a number from here on with an exponent, which no integer setting accepts.
_EXPONENT_FROM = 1_000_000
_LARGEST_EXACT = 2**53


def helm_command(draft: Draft) -> str:
    """`helm install` with every value of its own, secrets as placeholders."""
    options = [_option(path, value) for path, value in _values(draft)]
    return _REPOSITORY + command(f"helm install {release_name(draft)} {_CHART}", options)


def helm_values_command(draft: Draft, file: str = VALUES_FILE) -> str:
    """The command for a values file; it installs, and later brings changes of the file."""
    words = f"helm upgrade --install {release_name(draft)} {_CHART}"
    return _REPOSITORY + command(words, [f"--values {shell_text(file)}"])


def values_file(draft: Draft) -> str:
    """`values.yaml`, secrets as placeholders under `integration.secrets`."""
    return "# Replace what stands in <...>.\n" + yaml_text(_nested(_values(draft)))


def values_file_beside_secret(draft: Draft) -> str:
    """`values.yaml` without any secret: they are in the Kubernetes Secret of `secret_object_name`."""
    plain = ((path, value) for path, value in _values(draft) if not _is_secret_value(path))
    secret: list[tuple[str, Json]] = [("secret.create", False), ("secret.name", secret_object_name(draft))]
    return "# The secrets are in a Kubernetes Secret of their own.\n" + yaml_text(_nested([*plain, *secret]))


def release_name(draft: Draft) -> str:
    """The installation's identifier as a name that Helm and Kubernetes accept (RFC 1123 label)."""
    name = re.sub(r"[^a-z0-9]+", "-", draft.installation.identifier.lower())
    return name[:_LONGEST_RELEASE].strip("-") or "ocean-custom"


def secret_object_name(draft: Draft) -> str:
    """The Kubernetes Secret that the chart reads where it makes none of its own."""
    return f"{release_name(draft)}-secrets"


def _values(draft: Draft) -> Iterator[tuple[str, Json]]:
    """The chart's values by their paths, in the order that the manuals print them in."""
    installation = draft.installation
    yield "port.clientId", PORT_CLIENT_ID
    yield "port.clientSecret", PORT_CLIENT_SECRET
    yield "port.baseUrl", installation.port_base_url
    yield "imageRegistry", IMAGE_REGISTRY
    # The chart allows it unless this is false, and its word wins over the image's.
    yield "allowEnvironmentVariablesJqAccess", False
    yield "processingMode", PROCESSING_MODE
    yield "initializePortResources", installation.initialize_port_resources
    if installation.event_listener == "ONCE":
        # A pod that ends would be started again at once: the chart's job runs on a schedule.
        yield "workload.kind", "CronJob"
    if installation.resync_minutes:
        yield "scheduledResyncInterval", _interval(installation)
    yield "integration.identifier", installation.identifier
    yield "integration.type", installation.type
    yield "integration.eventListener.type", installation.event_listener
    for name, value in shown_settings(draft.settings).items():
        yield f"integration.{'secrets' if is_secret(name) else 'config'}.{name}", value


def _interval(installation: Installation) -> Json:
    """Minutes for a Deployment, a cron expression for a CronJob."""
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
    """Values by their paths as the file has them. Objects and lists become JSON text: not all of the
    chart's workloads write them out.
    """
    whole: dict[str, Any] = {}
    for path, value in values:
        *above, last = path.split(".")
        place = whole
        for name in above:
            place = place.setdefault(name, {})
        place[last] = setting_text(value) if isinstance(value, dict | list) or _is_large(value) else value
    return whole


def _is_large(value: Json) -> bool:
    return isinstance(value, int | float) and abs(value) >= _EXPONENT_FROM


def _survives_helm(value: Json) -> bool:
    """False for what Helm drops (null) or rounds (integers of more digits than a double has)."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return all(_survives_helm(each) for each in inner)
    return value is not None and not (isinstance(value, int) and abs(value) > _LARGEST_EXACT)
