"""The blueprints and the integration with its mapping, as a configuration for Port's Terraform provider.

Sources: the pages docs/index.md and docs/resources/integration.md of
https://github.com/port-labs/terraform-provider-port-labs, and
https://developer.hashicorp.com/terraform/language/syntax/json, all read on 2026-11-30.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from builder.draft import Draft
from builder.install.blueprints import JsonObject, blueprints, creation_of, json_text
from builder.install.mapping import integration_request, mapping
from builder.install.quoting import shell_text
from builder.install.terraform_blueprints import blueprint_arguments, relation_arguments
from builder.install.terraform_syntax import expression, literal, resource_names
from builder.json_values import as_object
from builder.project import read_project
from rest.bodies import Json

TERRAFORM_FOLDER = "terraform"
TERRAFORM = f"{TERRAFORM_FOLDER}/main.tf.json"
TERRAFORM_MAPPING = f"{TERRAFORM_FOLDER}/mapping.json"
TERRAFORM_IMPORT = f"{TERRAFORM_FOLDER}/import.sh"
# port_blueprint_relation is in the Pulumi package that is made from this version of the provider:
# https://www.pulumi.com/registry/packages/port/api-docs/blueprintrelation/ (read on 2026-11-30).
_PROVIDER = {"source": "port-labs/port-labs", "version": "~> 2.25"}
_CREDENTIALS = {
    "client_id": ("port_client_id", "Client ID of Port, under Settings > Credentials"),
    "secret": ("port_client_secret", "Client secret of Port"),
}
_INSTALLATION_ID = re.compile(r"[a-z0-9-]+")
# Equal to Port's own JSON, so that a plan shows changes only where the content differs.
_CONFIG = expression('jsonencode(jsondecode(file("${path.module}/mapping.json")))')
_ABOUT = (
    "Written by the builder. The mapping is in mapping.json.",
    "Set the credentials in the environment, as TF_VAR_port_client_id and TF_VAR_port_client_secret.",
    "For what is in Port already, run import.sh first.",
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What Terraform manages.

    resources: their arguments, by type and name. imports: the ids of what may exist, by address.
    not_imported: blueprints that Terraform can only create. left_out: what it cannot manage, a sentence each.
    """

    resources: Mapping[str, Mapping[str, JsonObject]]
    imports: Mapping[str, str]
    not_imported: tuple[str, ...]
    left_out: tuple[str, ...]


def terraform(draft: Draft) -> str:
    """Return `main.tf.json`, with variables instead of credentials."""
    found = configuration(draft)
    provider = {name: expression(f"var.{variable}") for name, (variable, _) in _CREDENTIALS.items()}
    variables: JsonObject = {
        variable: {"type": "string", "description": description, "sensitive": True}
        for variable, description in _CREDENTIALS.values()
    }
    resources: JsonObject = {kind: {**each} for kind, each in found.resources.items() if each}
    return json_text(
        {
            "//": [*_ABOUT, *found.left_out],
            "terraform": {"required_providers": {"port": {**_PROVIDER}}},
            "provider": {"port": {**provider, "base_url": literal(draft.installation.port_base_url)}},
            "variable": variables,
            **({"resource": resources} if resources else {}),
        }
    )


def terraform_mapping(draft: Draft) -> str:
    """Return `mapping.json`, the mapping that the configuration reads."""
    return json_text(mapping(draft))


def terraform_import(draft: Draft) -> str:
    """Return the commands that bring what is in Port already under Terraform's management."""
    found = configuration(draft)
    lines = ["# Only for what is in Port already. Remove the lines of what is not.\n"]
    if found.not_imported:
        names = ", ".join(found.not_imported)
        lines.append(f"# Left out: {names}. Terraform would delete their circular relations first.\n")
    program = f"terraform -chdir={TERRAFORM_FOLDER} import"
    lines += [
        f"{program} {shell_text(address)} {shell_text(identifier)}\n"
        for address, identifier in found.imports.items()
    ]
    return "".join(lines)


def configuration(draft: Draft) -> Configuration:
    """Return what Terraform manages of a draft."""
    documents = {str(each["identifier"]): each for each in blueprints(draft)}
    unknown = {name: blueprint_arguments(each, {})[1] for name, each in documents.items()}
    plan = creation_of([each for name, each in documents.items() if not unknown[name]])
    names = resource_names(str(each["identifier"]) for each in plan.create)
    created: dict[str, JsonObject] = {
        names[str(each["identifier"])]: blueprint_arguments(each, names)[0] for each in plan.create
    }
    imports = {
        f"port_blueprint.{names[str(each['identifier'])]}": str(each["identifier"])
        for each in plan.create
        if each["identifier"] not in plan.relate
    }
    left_out = [
        f"Left out is the blueprint {name}, because port_blueprint has no argument for {', '.join(parts)}."
        for name, parts in unknown.items()
        if parts
    ]
    integration, address, problem = _integration(draft)
    resources = {
        "port_blueprint": created,
        "port_blueprint_relation": _relations(plan.relate, names),
        "port_integration": integration,
    }
    identifier = draft.installation.identifier
    return Configuration(
        resources,
        imports | ({address: identifier} if integration else {}),
        tuple(plan.relate),
        (*left_out, *problem),
    )


def _relations(late: Mapping[str, JsonObject], names: Mapping[str, str]) -> dict[str, JsonObject]:
    """Return the relations that close a circle. Terraform creates them after the blueprints."""
    found = {
        (identifier, name): as_object(relation)
        for identifier, body in late.items()
        for name, relation in as_object(body["relations"]).items()
    }
    labels = resource_names(f"{names[identifier]}.{name}" for identifier, name in found)
    return {
        labels[f"{names[identifier]}.{name}"]: {
            "blueprint": expression(f"port_blueprint.{names[identifier]}.identifier"),
            "identifier": literal(name),
            **relation_arguments(relation, names, []),
        }
        for (identifier, name), relation in found.items()
    }


def _integration(draft: Draft) -> tuple[dict[str, JsonObject], str, list[str]]:
    """Return the integration by its name, its address, and why it is left out."""
    identifier = draft.installation.identifier
    if not _INSTALLATION_ID.fullmatch(identifier):
        reason = "the provider allows only lowercase letters, digits and dashes in its identifier"
        return {}, "", [f"Left out is the integration {identifier}, because {reason}."]
    request = integration_request(draft, read_project().version)
    kafka: JsonObject = {"kafka_changelog_destination": {}} if request["changelogDestination"] else {}
    name = resource_names([identifier])[identifier]
    # Each start of the integration updates its version in Port. `destroy` would delete the integration.
    lifecycle: Json = {"ignore_changes": ["version"], "prevent_destroy": True}
    body: JsonObject = {
        "installation_id": identifier,
        "installation_app_type": request["installationAppType"],
        "version": request["version"],
        "config": _CONFIG,
        **kafka,
        "lifecycle": lifecycle,
    }
    return {name: body}, f"port_integration.{name}", []
