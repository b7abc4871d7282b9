"""A model of the port-ocean chart (0.21): the environment and the image that it renders from values."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

type Values = Mapping[str, Any]

SETTING = "OCEAN__INTEGRATION__CONFIG__"
# The values that the files in helm/ may use. The chart has more.
_KNOWN = {
    "": "port imageRegistry imagePullSecrets initializePortResources allowEnvironmentVariablesJqAccess "
    "scheduledResyncInterval sendRawDataExamples lakehouseEnabled processingMode streamingEnabled "
    "clientTimeout secret workload integration incrementalSync extraEnv selfSignedCertificate resources "
    "service livenessProbe podSecurityContext containerSecurityContext terminationGracePeriodSeconds "
    "ingress liveEvents pathPrefix extraVolumes extraVolumeMounts",
    "port": "clientId clientSecret baseUrl",
    "integration": "identifier type version eventListener config secrets extraConfig",
    "workload": "kind cron",
    "incrementalSync": "enabled interval timeoutMinutes resources extraConfig",
    "secret": "create name",
    "ingress": "enabled className annotations host path pathType tls",
    "liveEvents": "baseUrl worker service ingress extraConfig initializePortResources",
}
_DEFAULTS: Values = {
    "port": {"baseUrl": "https://api.getport.io"},
    "initializePortResources": True,
    "allowEnvironmentVariablesJqAccess": True,
    "streamingEnabled": False,
    "secret": {"create": True},
    "workload": {"kind": "Deployment"},
    "integration": {"eventListener": {"type": "KAFKA"}},
    "incrementalSync": {"enabled": False, "interval": "*/15 * * * *"},
    "service": {"port": 8000},
    "ingress": {"enabled": False, "path": "/", "pathType": "Prefix"},
    "liveEvents": {
        "worker": {"enabled": False, "replicaCount": 1},
        "service": {"port": 8000},
        "ingress": {"enabled": False, "path": "/", "pathType": "Prefix"},
    },
}
_ONCE = '{"type":"ONCE"}'
_EXPONENT_FROM = 1_000_000
_SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
MOUNTED_CERTIFICATE = "/usr/local/share/ca-certificates/cert.crt"


def merged(lower: Values, upper: Values) -> dict[str, Any]:
    """Merge values files as Helm does: maps are merged, all other values are replaced."""
    both = {
        name: merged(lower[name], value)
        for name, value in upper.items()
        if isinstance(value, Mapping) and isinstance(lower.get(name), Mapping)
    }
    return {**lower, **upper, **both}


def setting_variables(integration: Values) -> dict[str, str]:
    """Return the variables for `integration.config` and `integration.secrets`."""
    return {
        **{_name(key): _config_text(value) for key, value in integration.get("config", {}).items()},
        **{_name(key): _secret_text(value) for key, value in integration.get("secrets", {}).items()},
    }


@dataclass(frozen=True, slots=True)
class Release:
    """A Helm release. Raises ValueError: values are missing or unknown to the chart."""

    values: Values
    name: str = "ocean-custom"

    def __post_init__(self) -> None:
        unknown = list(_unknown(self.values))
        if unknown:
            raise ValueError(f"the chart has no {', '.join(unknown)}")

    @property
    def image(self) -> str:
        """The image that Kubernetes pulls."""
        integration = self.values["integration"]
        version = integration.get("version") or "latest"
        return f"{self.values['imageRegistry']}/port-ocean-{integration['type']}:{version}"

    @property
    def labels(self) -> dict[str, str]:
        """The labels of all pods of the release."""
        return {"app.kubernetes.io/name": "port-ocean", "app.kubernetes.io/instance": self.name}

    @property
    def is_cron(self) -> bool:
        """Whether the main workload is a CronJob."""
        return bool(self._all["workload"]["kind"] == "CronJob")

    def environment(self) -> dict[str, str]:
        """Return the environment of the main workload's container."""
        values = self._all
        listener = _ONCE if self.is_cron else json.dumps(values["integration"]["eventListener"])
        more = {
            "OCEAN__EVENT_LISTENER": listener,
            "OCEAN__INITIALIZE_PORT_RESOURCES": _text(values["initializePortResources"]),
            "OCEAN__STREAMING__ENABLED": _text(values["streamingEnabled"]),
        }
        if values.get("scheduledResyncInterval") and not self.is_cron:
            more["OCEAN__SCHEDULED_RESYNC_INTERVAL"] = _text(values["scheduledResyncInterval"])
        if "baseUrl" in values["liveEvents"] and not self.is_cron and not self._has_worker:
            more["OCEAN__BASE_URL"] = values["liveEvents"]["baseUrl"]
        extra = values["integration"].get("extraConfig", {})
        more |= {_snake(key).upper(): _config_text(value) for key, value in extra.items()}
        return self._container(more)

    def incremental_environment(self) -> dict[str, str]:
        """Return the environment of the incremental CronJob's container.

        The chart passes neither the interval nor the main workload's `extraConfig`.
        """
        incremental = self._all["incrementalSync"]
        if not incremental["enabled"]:
            raise ValueError("incrementalSync.enabled is not set")
        more = {
            "OCEAN__EVENT_LISTENER": _ONCE,
            "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
            "OCEAN__INTEGRATION__INCREMENTAL_SYNC_ENABLED": "true",
        }
        return self._container(more | {n: _text(v) for n, v in incremental.get("extraConfig", {}).items()})

    def live_events_environment(self) -> dict[str, str]:
        """Return the environment of the live-events deployment's container.

        Here the chart writes objects and lists of `integration.config` in Go's format. Ocean cannot parse it.
        It does not pass the processing mode either.
        """
        if not self._has_worker:
            raise ValueError("liveEvents.worker.enabled is not set")
        config = self.values["integration"].get("config", {})
        more = {
            "OCEAN__EVENT_LISTENER": '{"type":"WEBHOOKS_ONLY"}',
            "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
            "OCEAN__BASE_URL": self._all["liveEvents"]["baseUrl"],
            **{_name(key): _go_text(value) for key, value in config.items()},
        }
        mode = "OCEAN__PROCESSING_MODE"
        extra = {each["name"] for each in self.values.get("extraEnv", [])}
        found = self._container(more)
        return found if mode in extra else {name: text for name, text in found.items() if name != mode}

    @property
    def ingresses(self) -> dict[str, Values]:
        """The ingress of each workload that has one, by its service: main or live-events."""
        values = self._all
        found = {"main": values["ingress"], "live-events": values["liveEvents"]["ingress"]}
        return {service: ingress for service, ingress in found.items() if ingress["enabled"]}

    @property
    def mounts(self) -> dict[str, str]:
        """The Kubernetes Secrets that all workloads mount, by folder."""
        volumes = {each["name"]: each["secret"]["secretName"] for each in self.values.get("extraVolumes", [])}
        mounted = self.values.get("extraVolumeMounts", [])
        return {each["mountPath"]: volumes[each["name"]] for each in mounted}

    @property
    def _has_worker(self) -> bool:
        return bool(self._all["liveEvents"]["worker"]["enabled"])

    @property
    def _all(self) -> dict[str, Any]:
        return merged(_DEFAULTS, self.values)

    def _container(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the variables of ConfigMap, Secret and `env`. Later ones override earlier ones."""
        values = self._all
        found = {
            "OCEAN__PORT__BASE_URL": values["port"]["baseUrl"],
            "OCEAN__INTEGRATION__IDENTIFIER": values["integration"]["identifier"],
            "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS": _text(
                values["allowEnvironmentVariablesJqAccess"]
            ),
            # The template's `default true` replaces false, too.
            "OCEAN__SEND_RAW_DATA_EXAMPLES": "true",
            "OCEAN__LAKEHOUSE_ENABLED": "true",
            "OCEAN__PROCESSING_MODE": values.get("processingMode") or "dsp",
            **setting_variables(values["integration"]),
            **more,
        }
        if values["secret"]["create"]:
            found["OCEAN__PORT__CLIENT_ID"] = values["port"]["clientId"]
            found["OCEAN__PORT__CLIENT_SECRET"] = values["port"]["clientSecret"]
        if values.get("clientTimeout"):
            found["OCEAN__CLIENT_TIMEOUT"] = _text(values["clientTimeout"])
        if values.get("selfSignedCertificate", {}).get("enabled"):
            found |= dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), _SYSTEM_CERTIFICATES)
        return found | {each["name"]: each["value"] for each in values.get("extraEnv", [])}


def _unknown(values: Values) -> Iterator[str]:
    for section, names in _KNOWN.items():
        used = values.get(section, {}) if section else values
        yield from (f"{section}.{name}".lstrip(".") for name in used if name not in names.split())


def _name(key: str) -> str:
    return SETTING + _snake(key).upper()


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key)


def _config_text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, dict | list) else _text(value)


def _secret_text(value: Any) -> str:
    """Return a secret as text. Lists are in Go's format, which Ocean cannot parse."""
    return _go_text(value) if isinstance(value, list) else _config_text(value)


def _go_text(value: Any) -> str:
    """Return a value as Go prints it, also an object or a list."""
    if isinstance(value, list):
        return f"[{' '.join(map(_go_text, value))}]"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{_go_text(each)}' for key, each in sorted(value.items()))}]"
    return _text(value)


def _text(value: Any) -> str:
    """Return a value as Go prints it: numbers from a million have an exponent."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float) and abs(value) >= _EXPONENT_FROM:
        digits, _, exponent = f"{value:.15e}".partition("e")
        return f"{digits.rstrip('0').rstrip('.')}e{exponent}"
    return str(value)
