"""The steps of an installation by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from builder.draft import Draft
from builder.install.argocd import ARGOCD, ARGOCD_COMMAND
from builder.install.blueprints import creation
from builder.install.docker import ENV_FILE, RESOURCES_FOLDER, image
from builder.install.environment import PORT_CLIENT_ID, PORT_CLIENT_SECRET, env_file
from builder.install.helm import IMAGE_REGISTRY, VALUES_FILE
from builder.install.live_events import (
    PORT,
    PUBLIC_HOST,
    PUBLIC_URL,
    receives_events,
    runs_permanently,
    webhook_path,
)
from builder.install.local import is_local
from builder.install.placeholders import placeholders_in
from builder.install.terraform import (
    TERRAFORM,
    TERRAFORM_FOLDER,
    TERRAFORM_IMPORT,
    TERRAFORM_MAPPING,
    configuration,
)

README = "README.md"
HELM_COMMAND = "helm-install.sh"
HELM_VALUES_COMMAND = "helm-values.sh"
DOCKER_COMMAND = "docker-run.sh"
DOCKER_ENV_FILE_COMMAND = "docker-env-file.sh"
LOCAL_COMMAND = "run-here.sh"
BLUEPRINTS = f"{RESOURCES_FOLDER}/blueprints.json"
MAPPING = f"{RESOURCES_FOLDER}/port-app-config.yml"
SECRET = "kubernetes/secret.yaml"  # noqa: S105 - a file's name
SECRET_VALUES = "kubernetes/values.yaml"  # noqa: S105 - a file's name
SECRET_COMMAND = "kubernetes/install.sh"  # noqa: S105 - a file's name
WORKFLOW = ".github/workflows/resync.yml"

_OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        HELM_COMMAND: "Helm, with all values in the command",
        HELM_VALUES_COMMAND: f"Helm, with `{VALUES_FILE}`",
        SECRET_COMMAND: f"Helm, with the secrets in a Kubernetes Secret: `{SECRET}`, `{SECRET_VALUES}`",
        ARGOCD_COMMAND: f"Argo CD, with the values in `{ARGOCD}`, and the secrets in `{SECRET}`",
        DOCKER_COMMAND: "Docker, with all variables in the command",
        DOCKER_ENV_FILE_COMMAND: f"Docker, with `{ENV_FILE}`",
        WORKFLOW: "GitHub Actions, in your own repository",
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step. text: Markdown paragraphs and lists. files: the files of the bundle that it uses."""

    title: str
    text: str
    files: tuple[str, ...] = ()


def steps(draft: Draft) -> tuple[Step, ...]:
    """Return all steps, for a user who did not create anything in Port with the builder."""
    events = (_live_events(draft),) if receives_events(draft) else ()
    return (_fill_in(draft), _blueprints(draft), _run(draft), _mapping(draft), *events)


def readme(draft: Draft) -> str:
    """Return the steps as a Markdown document."""
    parts = [f"# Install {draft.installation.identifier}"]
    for number, step in enumerate(steps(draft), 1):
        parts += [f"## {number}. {step.title}", step.text]
    return "\n\n".join(parts) + "\n"


def _fill_in(draft: Draft) -> Step:
    found = placeholders_in(env_file(draft))
    own = [f"`{name}`" for name in found if name not in (PORT_CLIENT_ID, PORT_CLIENT_SECRET, PUBLIC_URL)]
    sandbox = " In the sandbox, both are `sandbox`." if is_local(draft.installation.port_base_url) else ""
    api = f" From your API: {', '.join(own)}." if own else ""
    return Step(
        "Fill in the secrets",
        f"Replace the placeholders in `<...>` in the files that you use. You find `{PORT_CLIENT_ID}` and "
        f"`{PORT_CLIENT_SECRET}` in Port under Settings > Credentials.{sandbox}{api} "
        "Do not commit files that contain secrets.",
    )


def _blueprints(draft: Draft) -> Step:
    plan = creation(draft)
    names = ", ".join(f"`{each['identifier']}`" for each in plan.create)
    late = "".join(
        f" Leave out the relations of `{identifier}` to missing blueprints, and add them at the end."
        for identifier in plan.relate
    )
    return Step(
        "Create the blueprints in Port",
        f"{_skip_note(draft)}In Port's Builder, add a blueprint for each entry of `{BLUEPRINTS}`, "
        f"in this order: {names}.{late}\n\n{_by_terraform(draft)}",
        (BLUEPRINTS, TERRAFORM, TERRAFORM_MAPPING, TERRAFORM_IMPORT),
    )


def _by_terraform(draft: Draft) -> str:
    run = f"terraform -chdir={TERRAFORM_FOLDER}"
    left_out = "".join(f"\n\n{each}" for each in configuration(draft).left_out)
    return (
        f"Or let Terraform create the blueprints and the mapping before the first start. `{TERRAFORM}` has "
        f"the blueprints and the integration, `{TERRAFORM_MAPPING}` the mapping:\n\n"
        "- Set `TF_VAR_port_client_id` and `TF_VAR_port_client_secret` in the environment.\n"
        f"- Run `{run} init`.\n"
        f"- If some of it is in Port already, remove the other lines from `{TERRAFORM_IMPORT}`, and run "
        f"`sh {TERRAFORM_IMPORT}`.\n"
        f"- Run `{run} apply`, and read the plan before you confirm it. Then skip the step for the mapping."
        f"{left_out}"
    )


def _run(draft: Draft) -> Step:
    type_ = draft.installation.type
    argument = "" if type_ == "custom" else f" --build-arg INTEGRATION_TYPE={type_}"
    lines = [f"- {description}: `{file}`" for file, description in _OPTIONS.items()]
    here = (
        f"`{LOCAL_COMMAND}` runs one resync on this machine, without an image, once the blueprints and the "
        f"mapping are in Port. `ocean-custom apply --env-file {ENV_FILE} --mapping {MAPPING} "
        f"--blueprints {BLUEPRINTS}` creates them."
    )
    by_image = (
        f"Build the image in the project's folder with `docker build -t {image(draft)}{argument} .`. "
        f"For Helm and Argo CD, push it to your registry, and replace `{IMAGE_REGISTRY}` by its name: "
        f"`docker tag {image(draft)} {IMAGE_REGISTRY}/{image(draft)}`, "
        f"`docker push {IMAGE_REGISTRY}/{image(draft)}`. "
        "Then choose one of:\n\n" + "\n".join(lines)
    )
    parts = [here, by_image] if is_local(draft.installation.port_base_url) else [by_image, here]
    return Step("Run the integration", "\n\n".join(parts), (*_OPTIONS, LOCAL_COMMAND))


def _mapping(draft: Draft) -> Step:
    return Step(
        "Add the mapping in Port",
        f"{_skip_note(draft)}After the first start, open `{draft.installation.identifier}` under Data "
        f"sources in Port, and paste the text of `{MAPPING}` into its mapping. "
        "Saving the mapping starts a resync. If the integration runs only once, start it again.",
        (MAPPING,),
    )


def _live_events(draft: Draft) -> Step:
    path = webhook_path(draft)
    once = (
        "\n\nWith this event listener, the integration ends after each resync. Helm adds a second deployment "
        "that receives the events. Docker and GitHub Actions receive none."
    )
    return Step(
        "Receive live events",
        f"Replace `{PUBLIC_URL}` by the public address of the integration without a path, such as "
        f"`https://webhooks.example.com`, and `{PUBLIC_HOST}` by its host name. In your API, add a webhook "
        f"with the URL `{PUBLIC_URL}{path}` and the same secret.\n\n"
        f"Let your API reach `{path}` only: HTTPS from its addresses to your proxy or ingress, and from "
        f"there port {PORT} of the container. Metrics and health checks are on the same port, and are "
        f"not for the public.{'' if runs_permanently(draft) else once}\n\n"
        "To see what a payload would do, run `ocean-custom event --file payload.json "
        f'--header "<NAME>: <VALUE>" --env-file {ENV_FILE} --mapping {MAPPING}`.',
    )


def _skip_note(draft: Draft) -> str:
    if not draft.installation.initialize_port_resources:
        return ""
    return f"Skip this step with `{DOCKER_ENV_FILE_COMMAND}`: its first start does it unless they exist. "
