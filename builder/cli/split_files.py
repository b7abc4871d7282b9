"""The files that the `split` command writes: for each installation, values for the chart and its mapping."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from builder.cli.inputs import Inputs
from builder.draft import Draft, KeptEntry
from builder.install import mapping_yaml, values_file
from builder.install.helm import VALUES_FILE
from configuration.setting_names import setting_name
from rest.bodies import Json
from rest.errors import ResourceError

MAPPING_FILE = "port-app-config.yml"
_RATE = "requestsPerSecond"


def share_identifier(identifier: str, number: int) -> str:
    """Return the identifier of one of the installations, counted from 1."""
    return f"{identifier}-{number}"


def check_absent(folder: Path, identifier: str, number: int) -> None:
    """Raises ResourceError: a file of the split exists already."""
    for share in range(1, number + 1):
        for name in (VALUES_FILE, MAPPING_FILE):
            path = folder / share_identifier(identifier, share) / name
            if path.exists():
                raise ResourceError(
                    f"{path} already exists",
                    hint="Choose another folder with --output, or replace the files with --overwrite",
                )


def write_shares(folder: Path, inputs: Inputs, mappings: Sequence[Mapping[str, Any]]) -> None:
    """Write the files, with placeholders for secrets. Raises ResourceError: a file cannot be written."""
    settings = {setting_name(name): text for name, text in inputs.config.items()}
    try:
        for number, mapping in enumerate(mappings, 1):
            draft = _draft(inputs, settings, mapping, number, len(mappings))
            target = folder / draft.installation.identifier
            target.mkdir(parents=True, exist_ok=True)
            (target / VALUES_FILE).write_text(values_file(draft), encoding="utf-8")
            (target / MAPPING_FILE).write_text(mapping_yaml(draft), encoding="utf-8")
    except OSError as error:
        raise ResourceError(
            f"cannot write {folder}: {error.strerror}", hint="Choose another folder with --output"
        ) from error


def _draft(
    inputs: Inputs, settings: Mapping[str, Json], mapping: Mapping[str, Any], number: int, of: int
) -> Draft:
    """Return the draft of one installation. Its rate is its share of the API's limit."""
    # A mapping must be in Port before the first start. The defaults of the image are for another API.
    installation = replace(
        inputs.installation,
        identifier=share_identifier(inputs.identifier, number),
        initialize_port_resources=False,
    )
    rate = inputs.settings.requests_per_second
    own = {**settings, _RATE: f"{rate / of:g}"} if rate else settings
    kept = tuple(KeptEntry(position, entry) for position, entry in enumerate(mapping["resources"]))
    others = {name: value for name, value in mapping.items() if name != "resources"}
    return Draft(own, (), installation, kept, others)
