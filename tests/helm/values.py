"""The values files of `helm/`, combined as in helm/README.md, with the URLs of local servers."""

from pathlib import Path
from typing import Any

import yaml

from tests.helm.chart import merged

HELM = Path(__file__).parents[2] / "helm"
# The files of each installation in README.md, by the name of the last file.
INSTALLATIONS = {
    "custom": ("common", "custom"),
    "generic-http": ("common", "generic-http"),
    "cronjob": ("common", "custom", "cronjob"),
    "incremental": ("common", "custom", "cronjob", "incremental"),
    "live-events/secret": ("common", "custom", "live-events/pod", "live-events/secret"),
    "live-events/secret-file": ("common", "custom", "live-events/pod", "live-events/secret-file"),
    "live-events/worker": (
        *("common", "custom", "cronjob", "live-events/secret-file"),
        "live-events/worker",
    ),
    "split/people": ("common", "custom", "split/people"),
    "split/work": ("common", "custom", "split/work"),
}
WEBHOOK_SECRET = "made-up-secret"
_PAGES, _CURSORS = "/bearer/page", "/bearer/cursor"


def values_of(name: str) -> dict[str, Any]:
    """Return the merged values of an installation."""
    values: dict[str, Any] = {}
    for layer in INSTALLATIONS[name]:
        file = HELM / f"{layer}.yaml"
        values = merged(values, yaml.safe_load(file.read_text(encoding="utf-8")))
    return values


def filled_in(values: dict[str, Any], port_url: str, sample_url: str) -> dict[str, Any]:
    """Return the values with the URLs and credentials of a local Port sandbox and sample API."""
    own = {
        "port": {"clientId": "sandbox", "clientSecret": "sandbox", "baseUrl": port_url},
        "imageRegistry": "registry.example",
        "integration": {
            "config": {"baseUrl": sample_url.rstrip("/") + _PAGES},
            "secrets": {"authValue": "sample-token"},
        },
        # Installations that run at the same time cannot share a port number or the disk cache.
        "extraEnv": [
            {"name": "APPLICATION__PORT", "value": "0"},
            {"name": "OCEAN__CACHING_STORAGE_MODE", "value": "memory"},
        ],
    }
    return merged(values, own)


def mounted(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the values with a file in this folder instead of the mounted secret of the webhook."""
    if "webhookSecretFile" not in values["integration"]["config"]:
        return values
    path = folder / "secret"
    path.write_text(WEBHOOK_SECRET, encoding="utf-8")
    return merged(values, {"integration": {"config": {"webhookSecretFile": str(path)}}})


def for_company(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values for the mapping of `examples/sample_company`, which uses cursors."""
    url = values["integration"]["config"]["baseUrl"].replace(_PAGES, _CURSORS)
    return merged(values, {"integration": {"config": {"baseUrl": url, "paginationType": "cursor"}}})
