"""The installation's secrets as a Kubernetes Secret, separate from the Helm values."""

from builder.draft import Draft
from builder.install.environment import environment, is_secret_variable
from builder.install.helm import secret_object_name
from builder.install.yaml_writer import yaml_text
from rest.bodies import Json

_HEAD = (
    "# Replace the placeholders in <...>, then run kubectl apply -f <this file> in the release's namespace.\n"
)


def kubernetes_secret(draft: Draft) -> str:
    """Return the Secret that the chart reads with `secret.create: false`. Its keys are the variables."""
    secrets: dict[str, Json] = {
        name: value for name, value in environment(draft).items() if is_secret_variable(name)
    }
    return _HEAD + yaml_text(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": secret_object_name(draft)},
            "type": "Opaque",
            "stringData": secrets,
        }
    )
