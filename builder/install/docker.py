"""Running the image with Docker."""

from builder.draft import Draft
from builder.install.environment import beside_env_file, environment
from builder.install.quoting import command, shell_text

ENV_FILE = "ocean-custom.env"
RESOURCES_FOLDER = "resources"
_RUN = "docker run --rm"
_WHERE_OCEAN_LOOKS = "/app/.port/resources"


def docker_command(draft: Draft) -> str:
    """`docker run` with every variable of its own, secrets as placeholders."""
    return command(_RUN, [*_variables(environment(draft)), image(draft)])


def docker_env_file_command(draft: Draft, *, with_resources: bool = False) -> str:
    """`docker run` with the env file.

    with_resources: the first start also creates the blueprints and the mapping of the folder
    `resources` in Port, where `initialize_port_resources` allows it.
    """
    # --volume would make a folder that is missing, and so create nothing in silence.
    mount = f'--mount type=bind,source="$PWD/{RESOURCES_FOLDER}",target={_WHERE_OCEAN_LOOKS},readonly'
    options = [f"--env-file {ENV_FILE}", *_variables(beside_env_file(draft))]
    return command(_RUN, [*options, *([mount] if with_resources else []), image(draft)])


def image(draft: Draft) -> str:
    """The image as `docker build` of this project names it."""
    return f"port-ocean-{draft.installation.type}"


def _variables(variables: dict[str, str]) -> list[str]:
    return [f"-e {name}={shell_text(value)}" for name, value in variables.items()]
