"""The installation's secrets as a Kubernetes Secret, for those who keep them apart from Helm's values."""

from builder.draft import Draft
from builder.install.environment import environment, is_secret_variable
from builder.install.helm import secret_object_name
from builder.install.yaml_writer import yaml_text
from rest.bodies import Json

_HEAD = (
    "# Replace what stands in <...>, then: kubectl apply -f <this file>, in the namespace of the release.\n"
)


def kubernetes_secret(draft: Draft) -> str:
    """The Secret that the chart reads with `secret.create: false`; its keys are the variables."""
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
