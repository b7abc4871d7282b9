"""What to do with the printed texts, and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from builder.draft import Draft
from builder.install.blueprints import creation
from builder.install.docker import ENV_FILE, RESOURCES_FOLDER, image
from builder.install.environment import PORT_CLIENT_ID, PORT_CLIENT_SECRET, env_file
from builder.install.helm import IMAGE_REGISTRY, VALUES_FILE
from builder.install.placeholders import placeholders_in

README = "README.md"
HELM_COMMAND = "helm-install.sh"
HELM_VALUES_COMMAND = "helm-values.sh"
DOCKER_COMMAND = "docker-run.sh"
DOCKER_ENV_FILE_COMMAND = "docker-env-file.sh"
BLUEPRINTS = f"{RESOURCES_FOLDER}/blueprints.json"
MAPPING = f"{RESOURCES_FOLDER}/port-app-config.yml"
SECRET = "kubernetes/secret.yaml"  # noqa: S105 - a file's name
SECRET_VALUES = "kubernetes/values.yaml"  # noqa: S105 - a file's name
SECRET_COMMAND = "kubernetes/install.sh"  # noqa: S105 - a file's name
WORKFLOW = ".github/workflows/resync.yml"

_ABOUT: Mapping[str, str] = MappingProxyType(
    {
        HELM_COMMAND: "Helm, with every value in the command",
        HELM_VALUES_COMMAND: f"Helm, with `{VALUES_FILE}`",
        SECRET_COMMAND: f"Helm, with the secrets in a Kubernetes Secret: `{SECRET}`, `{SECRET_VALUES}`",
        DOCKER_COMMAND: "Docker, with every variable in the command",
        DOCKER_ENV_FILE_COMMAND: f"Docker, with `{ENV_FILE}`",
        WORKFLOW: "GitHub Actions, in a repository of your own",
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. words: Markdown, a paragraph or a list. files: the bundle's files for it."""

    title: str
    words: str
    files: tuple[str, ...] = ()


def steps(draft: Draft) -> tuple[Step, ...]:
    """From the printed texts to entities in Port, where the builder itself created nothing there."""
    return (_fill_in(draft), _blueprints(draft), _run(draft), _mapping(draft))


def readme(draft: Draft) -> str:
    """The steps as one page of Markdown."""
    parts = [f"# {draft.installation.identifier}: install it"]
    for number, step in enumerate(steps(draft), 1):
        parts += [f"## {number}. {step.title}", step.words]
    return "\n\n".join(parts) + "\n"


def _fill_in(draft: Draft) -> Step:
    found = placeholders_in(env_file(draft))
    own = [f"`{name}`" for name in found if name not in (PORT_CLIENT_ID, PORT_CLIENT_SECRET)]
    api = f" Of your API: {', '.join(own)}." if own else ""
    return Step(
        "Fill in the secrets",
        f"Replace what stands in `<...>` in the files that you use. `{PORT_CLIENT_ID}` and "
        f"`{PORT_CLIENT_SECRET}` are in Port under Settings, Credentials.{api} "
        "Files with secrets in them belong into no repository.",
    )


def _blueprints(draft: Draft) -> Step:
    plan = creation(draft)
    names = ", ".join(f"`{each['identifier']}`" for each in plan.create)
    late = "".join(
        f" Leave out the relations of `{identifier}` to what is not there yet, and add them at the end."
        for identifier in plan.relate
    )
    return Step(
        "Create the blueprints in Port",
        f"{_not_needed(draft)}In Port's Builder, add a blueprint for each entry of `{BLUEPRINTS}`, "
        f"in this order: {names}.{late}",
        (BLUEPRINTS,),
    )


def _run(draft: Draft) -> Step:
    type_ = draft.installation.type
    argument = "" if type_ == "custom" else f" --build-arg INTEGRATION_TYPE={type_}"
    lines = [f"- {words}: `{file}`" for file, words in _ABOUT.items()]
    return Step(
        "Run the integration",
        f"The image is built in the project's folder with `docker build -t {image(draft)}{argument} .`. "
        f"For Helm, push it to a registry, and put that one's name in the place of `{IMAGE_REGISTRY}`: "
        f"`docker tag {image(draft)} {IMAGE_REGISTRY}/{image(draft)}`, "
        f"`docker push {IMAGE_REGISTRY}/{image(draft)}`. "
        "Then one of:\n\n" + "\n".join(lines),
        tuple(_ABOUT),
    )


def _mapping(draft: Draft) -> Step:
    return Step(
        "Give Port the mapping",
        f"{_not_needed(draft)}After the first start, open `{draft.installation.identifier}` under Data "
        f"sources in Port, and put the text of `{MAPPING}` into its mapping. "
        "Saving it asks the integration for a resync; one that runs only once is to be started again.",
        (MAPPING,),
    )


def _not_needed(draft: Draft) -> str:
    if not draft.installation.initialize_port_resources:
        return ""
    return f"Not needed with `{DOCKER_ENV_FILE_COMMAND}`: its first start does it where Port has none yet. "
