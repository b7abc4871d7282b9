"""The Application of Argo CD."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import yaml

from builder.draft import Draft, Installation
from builder.install import argocd_application, argocd_command, bundle, environment, kubernetes_secret
from builder.install.environment import is_secret_variable
from tests.helm.chart import Release

type Run = Callable[[str, str], list[list[str]]]


def _read(draft: Draft) -> Any:
    return yaml.safe_load(argocd_application(draft))


def test_the_application_installs_the_chart_with_the_values_without_secrets(draft: Draft) -> None:
    application = _read(draft)
    assert (application["apiVersion"], application["kind"]) == ("argoproj.io/v1alpha1", "Application")
    assert application["metadata"] == {"name": "ocean-custom", "namespace": "argocd"}
    source = application["spec"]["source"]
    assert source["repoURL"] in bundle(draft)["helm-install.sh"]
    assert (source["chart"], source["targetRevision"]) == ("port-ocean", "0.21.*")
    assert source["helm"]["releaseName"] == "ocean-custom"
    assert source["helm"]["valuesObject"] == yaml.safe_load(bundle(draft)["kubernetes/values.yaml"])


@pytest.mark.parametrize("listener", ["POLLING", "KAFKA", "ONCE"])
def test_the_pod_gets_the_variables_of_docker(draft: Draft, listener: Any) -> None:
    several = replace(
        draft,
        settings={**draft.settings, "customHeaders": {"X-Team": "red"}},
        installation=Installation("My API", event_listener=listener),
    )
    helm = _read(several)["spec"]["source"]["helm"]
    secret = yaml.safe_load(kubernetes_secret(several))
    assert helm["valuesObject"]["secret"] == {"create": False, "name": secret["metadata"]["name"]}
    got = Release(helm["valuesObject"], helm["releaseName"]).environment()
    wanted = environment(several)
    assert {name for name in wanted if is_secret_variable(name)} == secret["stringData"].keys()
    plain = {
        name: text
        for name, text in wanted.items()
        if name.startswith("OCEAN__INTEGRATION__CONFIG__") and not is_secret_variable(name)
    }
    assert plain.items() <= got.items()
    assert secret["stringData"].keys().isdisjoint(got)


def test_no_secret_is_in_the_application(draft: Draft) -> None:
    several = replace(draft, settings={**draft.settings, "customHeaders": {"X-Team": "Walrus-1"}})
    text = argocd_application(several)
    for secret in ("Walrus-1", "sample-token", "authValue", "customHeaders", "clientSecret"):
        assert secret not in text


@pytest.mark.process
def test_the_commands_create_namespace_secret_and_application(draft: Draft, run_printed: Run) -> None:
    commands = run_printed(argocd_command(draft, "kubernetes/secret.yaml"), "kubectl")
    namespace = _read(draft)["spec"]["destination"]["namespace"]
    assert ["apply", "--namespace", namespace, "-f", "kubernetes/secret.yaml"] in commands
    assert ["apply", "-f", "argocd/application.yaml"] in commands
