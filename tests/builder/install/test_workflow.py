"""The GitHub Actions workflow."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.draft import Draft, Installation
from builder.install import environment, workflow
from builder.install.schedule import cron
from builder.install.workflow import literal

type Run = Callable[[str, str], list[list[str]]]

_EXPRESSION = re.compile(r"\$\{\{ (?:secrets\.(?P<secret>\w+)|'(?P<text>[^']*)') \}\}")
_PIECES = st.sampled_from(["${{", "}}", "'", " ", "secrets.A", "$", "{", "\n", "ä"])
_TEXTS = st.lists(_PIECES, min_size=1).map("".join) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1
)


def _as_github(text: str) -> str:
    """Return a value with its expressions replaced, as GitHub does."""
    found = _EXPRESSION.sub(lambda match: match["text"] or f"<{match['secret']}>", text)
    left = _EXPRESSION.sub("\0", text)  # what stands on both sides is never read as one
    assert "${{" not in left, text
    return found


def _read(draft: Draft) -> Any:
    document = yaml.safe_load(workflow(draft))
    return {"on": document.pop("on"), **document}


@given(_TEXTS)
def test_a_literal_text_is_never_an_expression(text: str) -> None:
    assert _as_github(literal(text)) == text


@pytest.mark.process
@settings(max_examples=settings().max_examples // 2, deadline=None)
@given(chosen=st.dictionaries(st.sampled_from(["username", "cursorPath", "clientId"]), _TEXTS))
def test_the_container_gets_the_variables_of_a_single_resync(
    draft: Draft, run_printed: Run, chosen: dict[str, Any]
) -> None:
    several = replace(draft, settings={**draft.settings, **chosen})
    job = _read(several)["jobs"]["resync"]
    given_to_job = {name: _as_github(text) for name, text in job["env"].items()}
    (words,) = run_printed(f"IMAGE=an-image\n{job['steps'][0]['run']}", "docker")
    assert words[:2] + words[-1:] == ["run", "--rm", "an-image"]
    wanted = environment(replace(several, installation=Installation(event_listener="ONCE")))
    assert words[3:-1:2] == list(wanted)
    assert {**given_to_job, "OCEAN__INTEGRATION__CONFIG__AUTH_VALUE": "<YOUR_API_TOKEN>"} == {
        "IMAGE": "port-ocean-custom",
        **wanted,
    }


def test_secrets_come_from_the_repository_and_are_listed_in_the_file(draft: Draft) -> None:
    chosen = replace(draft, settings={**draft.settings, "customHeaders": {"X-Team": "red"}})
    variables = _read(chosen)["jobs"]["resync"]["env"]
    assert variables["OCEAN__PORT__CLIENT_SECRET"] == "${{ secrets.PORT_CLIENT_SECRET }}"
    assert variables["OCEAN__INTEGRATION__CONFIG__AUTH_VALUE"] == "${{ secrets.AUTH_VALUE }}"
    assert variables["OCEAN__INTEGRATION__CONFIG__CUSTOM_HEADERS"] == "${{ secrets.CUSTOM_HEADERS }}"
    text = workflow(chosen)
    assert "#   AUTH_VALUE: <YOUR_API_TOKEN>\n" in text
    assert '#   CUSTOM_HEADERS: {"X-Team": "<X_TEAM>"}\n' in text


def test_the_job_has_no_permissions_for_the_repository(draft: Draft) -> None:
    assert _read(draft)["permissions"] == {}


def test_the_workflow_runs_on_a_schedule_and_on_request(draft: Draft) -> None:
    assert _read(draft)["on"] == {"schedule": [{"cron": "0 * * * *"}], "workflow_dispatch": {}}
    asked = replace(draft, installation=Installation(resync_minutes=None))
    assert _read(asked)["on"] == {"workflow_dispatch": {}}


@pytest.mark.parametrize(
    ("minutes", "expression"),
    [
        (1, "*/5 * * * *"),
        (5, "*/5 * * * *"),
        (45, "*/30 * * * *"),
        (59, "*/30 * * * *"),
        (60, "0 * * * *"),
        (90, "0 * * * *"),
        (120, "0 */2 * * *"),
        (300, "0 */4 * * *"),
        (1439, "0 */12 * * *"),
        (1440, "0 0 * * *"),
        (9999, "0 0 * * *"),
    ],
)
def test_a_schedule_is_at_least_as_frequent_as_the_interval(minutes: int, expression: str) -> None:
    assert cron(minutes) == expression
