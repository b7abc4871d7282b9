"""The installation as an Application of Argo CD.

Source: https://argo-cd.readthedocs.io/en/stable/user-guide/helm/ and
https://argo-cd.readthedocs.io/en/stable/user-guide/tracking_strategies/, read on 2026-11-30.
"""

from builder.draft import Draft
from builder.install.helm import (
    CHART,
    CHART_REPOSITORY,
    CHART_VERSIONS,
    release_name,
    values_without_secrets,
)
from builder.install.quoting import shell_text
from builder.install.yaml_writer import yaml_text

ARGOCD = "argocd/application.yaml"
ARGOCD_COMMAND = "argocd/install.sh"
# Where Argo CD runs, and where it looks for Applications by default.
_ARGOCD_NAMESPACE = "argocd"
_THIS_CLUSTER = "https://kubernetes.default.svc"


def argocd_application(draft: Draft) -> str:
    """Return the Application. It has no secrets: they are in a Kubernetes Secret in the same namespace."""
    name = release_name(draft)
    head = (
        "# Replace the placeholders in <...>. The secrets are in a Kubernetes Secret. Create it before the\n"
        f"# first sync, in the namespace {name}.\n"
    )
    return head + yaml_text(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": name, "namespace": _ARGOCD_NAMESPACE},
            "spec": {
                "project": "default",
                "source": {
                    "repoURL": CHART_REPOSITORY,
                    "chart": CHART,
                    "targetRevision": CHART_VERSIONS,
                    "helm": {"releaseName": name, "valuesObject": values_without_secrets(draft)},
                },
                "destination": {"server": _THIS_CLUSTER, "namespace": name},
                "syncPolicy": {"syncOptions": ["CreateNamespace=true"]},
            },
        }
    )


def argocd_command(draft: Draft, secret: str) -> str:
    """Return the commands that create the namespace, the Secret and the Application. secret: its file."""
    name = release_name(draft)
    return (
        f"kubectl create namespace {name} --dry-run=client --output yaml | kubectl apply -f -\n"
        f"kubectl apply --namespace {name} -f {shell_text(secret)}\n"
        f"kubectl apply -f {shell_text(ARGOCD)}\n"
    )
