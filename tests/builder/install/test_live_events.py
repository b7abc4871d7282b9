"""What the printed installation has to receive webhooks."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
import yaml

from builder.draft import Draft, EventListener
from builder.install import docker_command, docker_env_file_command, env_file, environment
from builder.install.chosen import chosen
from builder.install.helm import helm_command, values_file
from builder.install.local import local_command
from builder.install.steps import readme
from rest.bodies import Json

_SETTINGS: Mapping[str, Json] = {
    "baseUrl": "https://api.example.com",
    "webhookVerify": "github",
    "webhookSecret": "sender and receiver know it",
    "webhookPath": "/hooks",
}


@pytest.fixture
def receiving(draft: Draft) -> Draft:
    """A draft with live events."""
    return replace(draft, settings=_SETTINGS)


def test_docker_publishes_the_port_and_has_the_public_url(receiving: Draft) -> None:
    """Both commands, and the env file, have what the integration needs to receive events."""
    for text in (docker_command(receiving), docker_env_file_command(receiving)):
        assert "-p 8000:8000" in text
    variables = env_file(receiving)
    assert "OCEAN__BASE_URL=<PUBLIC_URL>\n" in variables
    assert "OCEAN__INTEGRATION__CONFIG__WEBHOOK_VERIFY=github\n" in variables
    assert "OCEAN__INTEGRATION__CONFIG__WEBHOOK_SECRET=<YOUR_WEBHOOK_SECRET>\n" in variables
    assert "OCEAN__INTEGRATION__CONFIG__WEBHOOK_PATH=/hooks\n" in variables
    assert "sender and receiver" not in variables


@pytest.mark.parametrize(("listener", "ingress"), [("POLLING", ()), ("ONCE", ("liveEvents",))])
def test_chart_has_an_ingress_for_the_path_of_the_webhook(
    receiving: Draft, listener: EventListener, ingress: tuple[str, ...]
) -> None:
    """A CronJob ends after each resync, so a second deployment receives the events."""
    installation = replace(receiving.installation, event_listener=listener)
    values = yaml.safe_load(values_file(replace(receiving, installation=installation)))
    assert values["liveEvents"]["baseUrl"] == "<PUBLIC_URL>"
    assert values["liveEvents"].get("worker", {}).get("enabled", False) == bool(ingress)
    own = values[ingress[0]]["ingress"] if ingress else values["ingress"]
    assert own == {
        "enabled": True,
        "host": "<PUBLIC_HOST>",
        "path": "/integration/hooks",
        "pathType": "Exact",
    }
    assert values["integration"]["secrets"]["webhookSecret"] == "<YOUR_WEBHOOK_SECRET>"
    assert "liveEvents.baseUrl" in helm_command(receiving)


def test_steps_say_what_to_open_and_what_to_register(receiving: Draft) -> None:
    """The last step is about live events. With ONCE, it says who receives none."""
    text = readme(receiving)
    assert "Receive live events" in text
    assert "`<PUBLIC_URL>/integration/hooks`" in text
    assert "port 8000" in text
    assert "ends after each resync" not in text
    once = replace(receiving, installation=replace(receiving.installation, event_listener="ONCE"))
    assert "ends after each resync" in readme(once)
    assert "OCEAN__BASE_URL" not in env_file(once)


def test_run_on_this_machine_receives_no_events(receiving: Draft) -> None:
    """One resync needs neither a public URL nor the secret of webhooks."""
    assert "WEBHOOK" not in local_command(receiving)
    assert "OCEAN__BASE_URL" not in local_command(receiving)
    names = " ".join(environment(receiving, with_secrets=True))
    assert "WEBHOOK" not in names
    assert "OCEAN__BASE_URL" not in names


def test_installation_without_a_webhook_has_nothing_of_it(draft: Draft) -> None:
    """Without webhookVerify, nothing is published."""
    plain = replace(draft, settings={"baseUrl": "https://api.example.com"})
    texts = (docker_command(plain), env_file(plain), values_file(plain), readme(plain))
    assert not any("8000" in text or "PUBLIC_URL" in text or "liveEvents" in text for text in texts)


def test_path_of_the_webhook_is_printed_only_if_it_differs() -> None:
    """The other settings of webhooks are compared with their defaults, too."""
    assert "webhookPath" not in chosen({**_SETTINGS, "webhookPath": "/webhook"})
    assert chosen(_SETTINGS)["webhookPath"] == "/hooks"
    assert chosen({**_SETTINGS, "webhookMaxBytes": 5000})["webhookMaxBytes"] == 5000
