"""The GitHub action and the GitLab job: their scripts run against the sandbox and a fake host."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.code_hosts import FakeGitHub, FakeGitLab
from tests.loopback_server import Response, serving
from tests.servers import ROOT, trusting_few

pytestmark = [pytest.mark.process, pytest.mark.slow]

ACTION = ROOT / "actions" / "plan"
GITLAB_JOB = ROOT / "ci" / "gitlab" / "plan.yml"
_EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")
_MAPPING: dict[str, Any] = {
    "resources": [
        {
            "kind": "/users",
            "selector": {"query": "true"},
            "port": {"entity": {"mappings": {"identifier": ".id", "title": ".name", "blueprint": '"user"'}}},
        }
    ]
}
# Executes what the container would.
_DOCKER = """\
#!/bin/bash
printf '%s\\n' "$@" >>"$DOCKER_LOG"
shift
kept=(PATH="$PATH" SSL_CERT_FILE="$SSL_CERT_FILE")
while true; do
    case $1 in
        --rm | --interactive) shift ;;
        --env) case $2 in *=*) kept+=("$2") ;; *) kept+=("$2=${!2-}") ;; esac; shift 2 ;;
        --volume | --workdir) shift 2 ;;
        *) break ;;
    esac
done
shift 2
exec env -i "${kept[@]}" PROGRAM "$@"
"""


@dataclass
class Job:
    """A job on GitHub that uses the action. Its steps run as GitHub runs them, except for the installation.

    github: the context of the workflow. inputs: what the workflow gives to the action.
    """

    folder: Path
    environment: dict[str, str]
    github: dict[str, str]
    inputs: dict[str, str] = field(default_factory=dict)
    output: str = ""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        return (self.folder / "summary.md").read_text(encoding="utf-8")

    def run(self, **inputs: str) -> int:
        """Run the steps of the action. Returns the exit code of the first that fails, or 0."""
        action = yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))
        defaults = {name: each.get("default", "") for name, each in action["inputs"].items()}
        given = {name.replace("_", "-"): text for name, text in inputs.items()}
        assert given.keys() <= defaults.keys()
        self.inputs = {**{name: self._filled(text) for name, text in defaults.items()}, **given}
        (self.folder / "summary.md").write_text("")
        self.output, self.outputs = "", {}
        for step in action["runs"]["steps"]:
            if "run" in step and "install.sh" not in step["run"] and self._is_chosen(step.get("if", "")):
                code = self._run_step(step)
                if code:
                    return code
        return 0

    def _run_step(self, step: Mapping[str, Any]) -> int:
        file = self.folder / "output.txt"
        file.write_text("")
        own = {name: self._filled(text) for name, text in step.get("env", {}).items()}
        command = ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        environ = {**self.environment, "GITHUB_OUTPUT": str(file), **own}
        done = subprocess.run(
            command, cwd=self.folder / "workspace", env=environ, capture_output=True, text=True, check=False
        )
        self.output += done.stdout + done.stderr
        lines = file.read_text().splitlines()
        self.outputs[step.get("id", "")] = dict(line.split("=", 1) for line in lines)
        return done.returncode

    def _filled(self, text: str) -> str:
        return _EXPRESSION.sub(lambda match: self._value(match[1]), str(text))

    def _value(self, expression: str) -> str:
        context, _, name = expression.partition(".")
        if context == "steps":
            step, _, output = name.split(".")
            return self.outputs.get(step, {}).get(output, "")
        return {"inputs": self.inputs, "github": self.github}[context][name]

    def _is_chosen(self, condition: str) -> bool:
        parts = [each.split() for each in condition.split(" && ")] if condition else []
        return all((self._value(left) == right.strip("'")) == (sign == "==") for left, sign, right in parts)


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    host = FakeGitHub()
    with serving(host.answer) as host.url:
        yield host


@pytest.fixture
def variables(port: Any, loopback: Any) -> dict[str, str]:
    """Return the variables of an integration whose API has two users. The blueprint exists in Port."""
    port.prepare(_MAPPING)
    api = loopback({"/users": [{"id": "amy", "name": "Amy @team"}, {"id": "bob", "name": "Bob"}]})
    return {
        "PATH": os.environ["PATH"],
        **trusting_few(),
        "OCEAN__PORT__BASE_URL": port.url,
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox",
        "OCEAN__INTEGRATION__CONFIG__BASE_URL": api.url,
        "OCEAN__INTEGRATION__CONFIG__MAX_RETRIES": "0",
    }


@pytest.fixture
def job(github: FakeGitHub, variables: dict[str, str], tmp_path: Path) -> Job:
    """Return a job of a pull request in the repository itself."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "mapping.yml").write_text(yaml.safe_dump(_MAPPING))
    # Modules of the pull request must not be imported.
    (workspace / "builder.py").write_text("raise SystemExit('imported from the pull request')")
    token = github.environment["GITHUB_TOKEN"]
    environment = {
        **variables,
        **{name: text for name, text in github.environment.items() if name != "GITHUB_TOKEN"},
        "GITHUB_ACTION_PATH": str(ACTION),
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_TEMP": str(tmp_path),
    }
    context = {
        "token": token,
        "actor": "amy",
        "event.pull_request.head.repo.full_name": "acme/catalog",
    }
    return Job(tmp_path, environment, context)


def test_the_plan_is_in_one_comment_and_in_the_summary(job: Job, github: FakeGitHub) -> None:
    assert job.run(mapping="mapping.yml") == 0, job.output
    assert job.outputs["plan"]["result"] == "changes"
    [body] = github.bodies
    marker, _, markdown = body.partition("\n")
    assert marker == "<!-- ocean-custom plan -->"
    assert markdown.startswith("**The sync would change 2 entities.** 2 to create")
    assert job.summary == markdown == Path(job.outputs["plan"]["markdown"]).read_text()
    job.environment["OCEAN__INTEGRATION__CONFIG__BASE_URL"] += "/nothing"
    assert job.run(mapping="mapping.yml") == 1
    [body] = github.bodies
    assert "**The sync would fail: 1 of 1 kinds cannot be synced.**" in body
    assert "::error title=The plan failed::" in job.output
    assert github.token not in job.output + job.summary + body


def test_the_plan_runs_in_an_image_with_its_own_variables_only(
    job: Job, github: FakeGitHub, tmp_path: Path
) -> None:
    programs, log = tmp_path / "bin", tmp_path / "docker.txt"
    programs.mkdir()
    docker = programs / "docker"
    docker.write_text(_DOCKER.replace("PROGRAM", str(ROOT / "scripts" / "ocean-custom")))
    docker.chmod(docker.stat().st_mode | stat.S_IXUSR)
    job.environment |= {
        "PATH": f"{programs}:{job.environment['PATH']}",
        "DOCKER_LOG": str(log),
        "OCEAN__INTEGRATION__CONFIG__CUSTOM_HEADERS": '{"X-Team": "${TEAM}"}',
        "TEAM": "red",
        "OTHER": "not for the container",
    }
    assert job.run(mapping="mapping.yml", image="an-image", variables="TEAM", name="users") == 0, job.output
    [body] = github.bodies
    assert body.startswith("<!-- ocean-custom users -->\n**The sync would change 2 entities.**")
    plan, comment = (words.splitlines() for words in log.read_text().split("run\n")[1:])
    assert {"TEAM", "OCEAN__PORT__CLIENT_SECRET"} <= set(plan)
    assert "OTHER" not in plan
    assert not {"GITHUB_TOKEN"} & set(plan)
    assert "GITHUB_TOKEN" in comment
    assert not [word for word in comment if word.startswith("OCEAN__")]
    assert f"{job.folder / 'workspace'}:/workspace:ro" in plan


@pytest.mark.parametrize(
    ("inputs", "code", "words"),
    [
        ({"fail_on_changes": "true"}, 1, "::error title=There are changes::"),
        ({"max_deletions": "0"}, 0, ""),
        ({"comment": "false"}, 0, ""),
    ],
    ids=["fail-on-changes", "max-deletions allows creations", "no comment"],
)
def test_the_job_fails_only_if_it_was_asked_to(
    job: Job, github: FakeGitHub, inputs: dict[str, str], code: int, words: str
) -> None:
    assert job.run(mapping="mapping.yml", **inputs) == code, job.output
    assert words in job.output
    assert len(github.bodies) == (inputs.get("comment") != "false")


def test_too_many_deletions_fail_the_job(job: Job, install: Callable[..., Any], loopback: Any) -> None:
    before = loopback({"/users": [{"id": name, "name": name} for name in ("amy", "bob", "old")]})
    installation = install({"baseUrl": before.url})
    assert installation.sync({**_MAPPING, "entityDeletionThreshold": 1}).failed == []
    job.environment["OCEAN__INTEGRATION__IDENTIFIER"] = installation.identifier
    mapping = {**_MAPPING, "entityDeletionThreshold": 1}
    (job.folder / "workspace" / "mapping.yml").write_text(yaml.safe_dump(mapping))
    assert job.run(mapping="mapping.yml", max_deletions="1") == 0
    assert job.run(mapping="mapping.yml", max_deletions="0") == 1
    assert job.outputs["plan"]["result"] == "deletions"
    assert job.summary.startswith("**The sync would delete 1 entity, more than the limit of 0.**")


def test_a_comment_that_is_rejected_is_a_warning(job: Job, github: FakeGitHub) -> None:
    github.rejection = Response({"message": "Resource not accessible by integration"}, 403)
    assert job.run(mapping="mapping.yml") == 0
    assert "Resource not accessible by integration" in job.output
    assert "::warning title=The plan is not in a comment::" in job.output
    assert job.summary.startswith("**The sync would change 2 entities.**")


@pytest.mark.parametrize(
    ("repository", "actor"), [("stranger/catalog", "stranger"), ("acme/catalog", "dependabot[bot]")]
)
def test_a_pull_request_without_secrets_is_skipped(
    job: Job, github: FakeGitHub, repository: str, actor: str
) -> None:
    job.github |= {"event.pull_request.head.repo.full_name": repository, "actor": actor}
    job.environment["OCEAN__PORT__CLIENT_SECRET"] = ""
    assert job.run(mapping="mapping.yml") == 0
    assert job.outputs == {"": {}, "check": {"result": "skipped"}} or job.outputs == {
        "check": {"result": "skipped"}
    }
    assert "GitHub gives no secrets to pull requests of forks" in job.summary
    assert github.bodies == []


def test_missing_secrets_of_the_own_repository_fail_the_job(job: Job) -> None:
    job.environment["OCEAN__PORT__CLIENT_SECRET"] = ""
    assert job.run(mapping="mapping.yml") == 1
    assert "**The plan could not be made.**" in job.summary
    assert "OCEAN&#95;&#95;PORT&#95;&#95;CLIENT&#95;SECRET" in job.summary


def test_an_event_with_secrets_for_forks_is_refused(job: Job) -> None:
    job.environment["GITHUB_EVENT_NAME"] = "pull_request_target"
    assert job.run(mapping="mapping.yml") == 1
    assert job.outputs == {"check": {}}


def test_a_push_has_a_plan_but_no_comment(job: Job, github: FakeGitHub) -> None:
    job.environment["GITHUB_EVENT_NAME"] = "push"
    assert job.run(mapping="mapping.yml") == 0
    assert github.bodies == []
    assert job.summary.startswith("**The sync would change 2 entities.**")


def test_inputs_are_never_part_of_a_script(job: Job) -> None:
    text = "$(touch pwned)`touch pwned`;touch pwned"
    job.run(mapping=text, env_file=text, image="", variables=text, name=text, max_deletions=text)
    job.run(mapping="mapping.yml", name=text, fail_on_changes=text)
    assert not list(job.folder.rglob("pwned"))
    action = yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))
    assert [step for step in action["runs"]["steps"] if "${{" in step.get("run", "")] == []


def test_texts_of_the_api_are_no_commands_to_the_runner(job: Job, loopback: Any) -> None:
    body = "x\n::add-mask::everything\n::error::made up"
    api = loopback({"/users": [{"id": body}]})
    job.environment["OCEAN__INTEGRATION__CONFIG__BASE_URL"] = api.url
    job.run(mapping="mapping.yml")
    output = job.output
    _, _, after = output.partition("::stop-commands::")
    resume, _, log = after.partition("\n")
    assert f"::{resume}::" in log


def test_the_action_is_described_for_github() -> None:
    """What GitHub requires of action.yml, and that the page lists each input with its default."""
    action = yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))
    assert action["runs"]["using"] == "composite"
    assert all(step["shell"] == "bash" for step in action["runs"]["steps"] if "run" in step)
    assert all(each["description"] for each in (*action["inputs"].values(), *action["outputs"].values()))
    page = (ROOT / "docs" / "pull-requests.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \|.*\| ([^|]+) \|$", page, re.MULTILINE))
    assert rows.keys() == action["inputs"].keys()
    for name, each in action["inputs"].items():
        if each["default"] and "${{" not in each["default"]:
            assert rows[name] == f"`{each['default']}`"


def test_the_workflow_of_the_page_is_valid(tmp_path: Path) -> None:
    """The action's inputs, too: actionlint reads action.yml of a local action."""
    page = (ROOT / "docs" / "pull-requests.md").read_text(encoding="utf-8")
    [workflow] = (
        text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "pull_request:" in text
    )
    local = re.sub(r"OWNER/REPOSITORY/(actions/plan)@v\S+", r"./\1", workflow)
    assert local != workflow
    assert "pull_request_target" not in workflow
    target = tmp_path / ".github" / "workflows" / "plan.yml"
    target.parent.mkdir(parents=True)
    target.write_text(local)
    (tmp_path / ".git").mkdir()
    (tmp_path / "actions").symlink_to(ROOT / "actions")
    program = Path(sys.executable).with_name("actionlint")
    done = subprocess.run([program, target], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    target.write_text(local.replace("max-deletions", "max-delections"))
    done = subprocess.run([program, target], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert 'input "max-delections" is not defined' in done.stdout


@dataclass
class GitLabJob:
    """The job of ci/gitlab/plan.yml."""

    folder: Path
    environment: dict[str, str]

    def run(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the script of the job, as the runner does: line by line in one shell that stops at an error."""
        job = yaml.safe_load(GITLAB_JOB.read_text(encoding="utf-8"))["port-plan"]
        environ = {**self.environment, **job["variables"], **variables}
        script = "\n".join(["set -eo pipefail", *job["script"]])
        return subprocess.run(
            ["/bin/bash", "-c", script],
            cwd=self.folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def gitlab(variables: dict[str, str], tmp_path: Path) -> Iterator[tuple[GitLabJob, FakeGitLab]]:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "ocean-custom").symlink_to(ROOT / "scripts" / "ocean-custom")
    (tmp_path / "port-app-config.yml").write_text(yaml.safe_dump(_MAPPING))
    host = FakeGitLab()
    with serving(host.answer) as host.url:
        path = {"PATH": f"{programs}:{variables['PATH']}"}
        yield GitLabJob(tmp_path, {**variables, **host.environment, **path}), host


def test_the_plan_is_in_one_note_on_gitlab(gitlab: tuple[GitLabJob, FakeGitLab]) -> None:
    job, host = gitlab
    done = job.run()
    assert done.returncode == 0, done.stderr
    [body] = host.bodies
    assert body.startswith("<!-- ocean-custom plan -->\n**The sync would change 2 entities.** 2 to create")
    assert (job.folder / "plan.md").read_text() == body.partition("\n")[2]
    assert job.run(PLAN_FAIL_ON_CHANGES="true").returncode == 3
    assert job.run(PLAN_MAPPING="$(touch pwned)").returncode == 2
    assert "The plan could not be made" in host.bodies[0]
    assert len(host.bodies) == 1
    assert not (job.folder / "pwned").exists()


def test_the_commands_of_the_page_work_as_printed(
    gitlab: tuple[GitLabJob, FakeGitLab], variables: dict[str, str]
) -> None:
    job, host = gitlab
    own = {name: text for name, text in variables.items() if name.startswith("OCEAN__")}
    (job.folder / "my.env").write_text("".join(f"{name}={text}\n" for name, text in own.items()))
    page = (ROOT / "docs" / "pull-requests.md").read_text(encoding="utf-8")
    codes = []
    for block in re.findall(r"```bash\n(.*?)```", page, re.DOTALL):
        command = ["/bin/bash", "-c", block]
        done = subprocess.run(command, cwd=job.folder, env=job.environment, capture_output=True, check=False)
        codes.append(done.returncode)
    assert codes == [3, 0]
    assert host.bodies[0].startswith("<!-- ocean-custom plan -->\n**The sync would change 2 entities.**")


def test_a_note_that_is_rejected_does_not_fail_the_job(gitlab: tuple[GitLabJob, FakeGitLab]) -> None:
    job, host = gitlab
    host.rejection = Response({"message": "403 Forbidden"}, 403)
    done = job.run(PLAN_MAX_DELETIONS="5")
    assert done.returncode == 0
    assert "The plan is not in a note" in done.stdout


def test_the_job_never_runs_with_the_files_of_a_fork() -> None:
    [rule] = yaml.safe_load(GITLAB_JOB.read_text(encoding="utf-8"))["port-plan"]["rules"]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in rule["if"]
