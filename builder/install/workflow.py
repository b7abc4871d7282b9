"""A GitHub Actions workflow that resyncs on a schedule."""

from dataclasses import replace

from builder.draft import Draft
from builder.install.docker import image
from builder.install.environment import environment, is_secret_variable, secret_name
from builder.install.helm import release_name
from builder.install.quoting import command
from builder.install.schedule import cron
from builder.install.yaml_writer import yaml_text
from rest.bodies import Json

_HEAD = """\
# Resyncs on a schedule, with the mapping in Port.
# Set IMAGE to the image of this project in your registry.
# To see in pull requests what a sync would change, add the action that docs/pull-requests.md describes.
# Add these secrets to the repository (Settings > Secrets and variables > Actions):
"""


def workflow(draft: Draft) -> str:
    """Return the workflow file. It reads the secrets from the repository's secrets."""
    once = replace(draft, installation=replace(draft.installation, event_listener="ONCE"))
    variables = environment(once)
    secrets = {name: value for name, value in variables.items() if is_secret_variable(name)}
    listed = "".join(f"#   {secret_name(name)}: {value}\n" for name, value in secrets.items())
    return _HEAD + listed + yaml_text(_document(draft, variables))


def literal(text: str) -> str:
    """Return a text with ${{ escaped, which GitHub reads as the start of an expression."""
    return text.replace("${{", "${{ '${{' }}")


def _document(draft: Draft, variables: dict[str, str]) -> dict[str, Json]:
    # Values are passed through the environment, so that the shell does not interpret them.
    values: dict[str, Json] = {name: _value(name, text) for name, text in variables.items()}
    run = command("docker run --rm", [*(f"-e {name}" for name in variables), '"$IMAGE"'])
    minutes = draft.installation.resync_minutes
    schedule: dict[str, Json] = {"schedule": [{"cron": cron(minutes)}]} if minutes else {}
    return {
        "name": "Resync into Port",
        "on": {**schedule, "workflow_dispatch": {}},
        "concurrency": {"group": release_name(draft)},
        "permissions": {},
        "jobs": {
            "resync": {
                "runs-on": "ubuntu-latest",
                "env": {"IMAGE": image(draft), **values},
                "steps": [{"name": "Resync", "run": run}],
            }
        },
    }


def _value(name: str, text: str) -> str:
    return f"${{{{ secrets.{secret_name(name)} }}}}" if is_secret_variable(name) else literal(text)
