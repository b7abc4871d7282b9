"""All printed texts, as the files of one archive."""

import io
import zipfile
from collections.abc import Mapping

from builder.draft import Draft
from builder.install.argocd import ARGOCD, ARGOCD_COMMAND, argocd_application, argocd_command
from builder.install.blueprints import blueprints_json
from builder.install.docker import ENV_FILE, docker_command, docker_env_file_command
from builder.install.environment import env_file
from builder.install.helm import (
    VALUES_FILE,
    helm_command,
    helm_values_command,
    values_file,
    values_file_without_secrets,
)
from builder.install.kubernetes import kubernetes_secret
from builder.install.local import local_command
from builder.install.mapping import mapping_yaml
from builder.install.steps import (
    BLUEPRINTS,
    DOCKER_COMMAND,
    DOCKER_ENV_FILE_COMMAND,
    HELM_COMMAND,
    HELM_VALUES_COMMAND,
    LOCAL_COMMAND,
    MAPPING,
    README,
    SECRET,
    SECRET_COMMAND,
    SECRET_VALUES,
    WORKFLOW,
    readme,
)
from builder.install.terraform import (
    TERRAFORM,
    TERRAFORM_IMPORT,
    TERRAFORM_MAPPING,
    terraform,
    terraform_import,
    terraform_mapping,
)
from builder.install.workflow import workflow

# The earliest time of the format. A fixed time makes the archive reproducible.
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_FILE_MODE, _SCRIPT_MODE = 0o100644, 0o100755


def bundle(draft: Draft) -> dict[str, str]:
    """Return the content by file name, with placeholders for secrets."""
    with_resources = draft.installation.initialize_port_resources
    kubectl = f"kubectl apply -f {SECRET}\n"
    return {
        README: readme(draft),
        HELM_COMMAND: _script(helm_command(draft)),
        HELM_VALUES_COMMAND: _script(helm_values_command(draft)),
        VALUES_FILE: values_file(draft),
        SECRET: kubernetes_secret(draft),
        SECRET_VALUES: values_file_without_secrets(draft),
        SECRET_COMMAND: _script(kubectl + helm_values_command(draft, SECRET_VALUES)),
        ARGOCD: argocd_application(draft),
        ARGOCD_COMMAND: _script(argocd_command(draft, SECRET)),
        TERRAFORM: terraform(draft),
        TERRAFORM_MAPPING: terraform_mapping(draft),
        TERRAFORM_IMPORT: _script(terraform_import(draft)),
        DOCKER_COMMAND: _script(docker_command(draft)),
        DOCKER_ENV_FILE_COMMAND: _script(docker_env_file_command(draft, with_resources=with_resources)),
        ENV_FILE: env_file(draft),
        LOCAL_COMMAND: _script(local_command(draft)),
        BLUEPRINTS: blueprints_json(draft),
        MAPPING: mapping_yaml(draft),
        WORKFLOW: workflow(draft),
    }


def _script(commands: str) -> str:
    return f"#!/bin/sh\nset -e\n{commands}"


def zipped(files: Mapping[str, str]) -> bytes:
    """Return the files as a zip archive, identical bytes for identical files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = (_SCRIPT_MODE if name.endswith(".sh") else _FILE_MODE) << 16
            archive.writestr(entry, text)
    return content.getvalue()
