"""Commands that run the image with Docker."""

from builder.draft import Draft
from builder.install.environment import environment, multiline_variables
from builder.install.live_events import PORT, receives_events, runs_permanently
from builder.install.quoting import command, shell_text

ENV_FILE = "ocean-custom.env"
RESOURCES_FOLDER = "resources"
_RUN = "docker run --rm"
_PUBLISH = f"-p {PORT}:{PORT}"
_OCEAN_RESOURCES = "/app/.port/resources"


def docker_command(draft: Draft) -> str:
    """Return `docker run` with all variables as options, with placeholders for secrets."""
    return command(_RUN, [*_ports(draft), *_variables(environment(draft)), image(draft)])


def docker_env_file_command(draft: Draft, *, with_resources: bool = False) -> str:
    """Return `docker run` with the env file.

    with_resources: mount the folder `resources`. The first start then creates its blueprints and mapping
    in Port, if `initialize_port_resources` is set.
    """
    # Not --volume: it creates a missing folder, and the start would silently create nothing in Port.
    mount = f'--mount type=bind,source="$PWD/{RESOURCES_FOLDER}",target={_OCEAN_RESOURCES},readonly'
    options = [*_ports(draft), f"--env-file {ENV_FILE}", *_variables(multiline_variables(draft))]
    return command(_RUN, [*options, *([mount] if with_resources else []), image(draft)])


def image(draft: Draft) -> str:
    """Return the name of the image, as in this project's `docker build` command."""
    return f"port-ocean-{draft.installation.type}"


def _ports(draft: Draft) -> list[str]:
    return [_PUBLISH] if receives_events(draft) and runs_permanently(draft) else []


def _variables(variables: dict[str, str]) -> list[str]:
    return [f"-e {name}={shell_text(value)}" for name, value in variables.items()]
