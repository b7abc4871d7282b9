"""The printed texts of a draft. They never contain a secret."""

from builder.install.argocd import argocd_application, argocd_command
from builder.install.blueprints import (
    Creation,
    blueprints,
    blueprints_json,
    creation,
    creation_of,
    describe_blueprint,
    json_text,
)
from builder.install.bundle import bundle, zipped
from builder.install.chosen import is_secret, split_settings
from builder.install.docker import docker_command, docker_env_file_command
from builder.install.environment import env_file, environment
from builder.install.helm import (
    helm_command,
    helm_values_command,
    release_name,
    values_file,
    values_file_without_secrets,
)
from builder.install.kubernetes import kubernetes_secret
from builder.install.local import is_local
from builder.install.mapping import (
    describe_entry,
    entry_positions,
    integration_request,
    mapping,
    mapping_yaml,
)
from builder.install.placeholders import placeholders_in, shown_settings
from builder.install.steps import Step, steps
from builder.install.terraform import terraform, terraform_import, terraform_mapping
from builder.install.workflow import workflow

__all__ = [
    "Creation",
    "Step",
    "argocd_application",
    "argocd_command",
    "blueprints",
    "blueprints_json",
    "bundle",
    "creation",
    "creation_of",
    "describe_blueprint",
    "describe_entry",
    "docker_command",
    "docker_env_file_command",
    "entry_positions",
    "env_file",
    "environment",
    "helm_command",
    "helm_values_command",
    "integration_request",
    "is_local",
    "is_secret",
    "json_text",
    "kubernetes_secret",
    "mapping",
    "mapping_yaml",
    "placeholders_in",
    "release_name",
    "shown_settings",
    "split_settings",
    "steps",
    "terraform",
    "terraform_import",
    "terraform_mapping",
    "values_file",
    "values_file_without_secrets",
    "workflow",
    "zipped",
]
