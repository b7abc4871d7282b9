"""The forms of step 3."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class InstallationForm:
    """The inputs of the installation. region: a known region, or `other` with its own URL."""

    identifier: str = "ocean-custom"
    type: str = "custom"
    region: str = "eu"
    port_base_url: str = ""
    event_listener: str = "POLLING"
    resync_minutes: str = "60"
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CreationForm:
    """The installation with the posted credentials.

    fingerprint: of the reviewed content of Port. overwrites: the user agreed to change what exists in Port.
    """

    installation: InstallationForm
    fingerprint: str = ""
    overwrites: bool = False


def read_installation(form: InstallationForm, data: Mapping[str, str]) -> InstallationForm:
    """Return the installation with the posted inputs."""
    return replace(
        form,
        identifier=data.get("installation", form.identifier),
        type=data.get("type", form.type),
        region=data.get("region", form.region),
        port_base_url=data.get("port_base_url", form.port_base_url),
        event_listener=data.get("event_listener", form.event_listener),
        resync_minutes=data.get("resync_minutes", form.resync_minutes),
    )


def read_creation(form: InstallationForm, data: Mapping[str, str]) -> CreationForm:
    """Return the posted credentials of Port. An empty secret keeps the stored one."""
    secret = data.get("client_secret", "").strip() or form.client_secret
    client_id = data.get("client_id", form.client_id).strip()
    installation = replace(form, client_id=client_id, client_secret=secret)
    return CreationForm(installation, data.get("fingerprint", ""), "overwrite" in data)
