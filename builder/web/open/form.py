"""The forms of the panel that opens existing work."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from builder.web.install.form import InstallationForm


@dataclass(frozen=True, slots=True)
class FileForm:
    """A mapping file or a draft, and optionally the blueprints of the mapping."""

    text: str = field(repr=False)
    blueprints: str = field(default="", repr=False)


def read_file(data: Mapping[str, str]) -> FileForm:
    """Return the posted file. A file takes precedence over pasted text."""
    text = data.get("open_file", "").strip() or data.get("open_text", "")
    return FileForm(text, data.get("open_blueprints", ""))


def read_port_access(form: InstallationForm, data: Mapping[str, str]) -> InstallationForm:
    """Return the installation with the posted access to Port. An empty secret keeps the stored one."""
    return replace(
        form,
        region=data.get("open_region", form.region),
        port_base_url=data.get("open_port_url", form.port_base_url),
        client_id=data.get("open_client_id", form.client_id).strip(),
        client_secret=data.get("open_client_secret", "").strip() or form.client_secret,
    )
