"""The image runs as in Kubernetes: with the chart's environment, any user, and only /tmp/ocean writable."""

import re
import socket
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helm.chart import MOUNTED_CERTIFICATE, Release, Values, merged
from tests.helm.values import for_company
from tests.helm.waiting import is_synced, wait_for
from tests.image.authority import Authority
from tests.image.container import Container, Image
from tests.loopback_server import Response, serving

pytestmark = pytest.mark.process

type LocalValues = Callable[[str], dict[str, Any]]
type NewContainer = Callable[..., Container]

_ROOT = Path(__file__).parents[2]
_TYPE = "generic-http"
_JOB = {"workload": {"kind": "CronJob"}}
_MAX_MB = 260
_SECRET = "env.OCEAN__PORT__CLIENT_SECRET"
_JQ_ACCESS = "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS"


def _version() -> str:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def _mapping(kind: str, title: str = ".name", **selector: Any) -> dict[str, Any]:
    mappings = {"identifier": ".id", "title": title, "blueprint": '"user"'}
    return {"resources": [{"kind": kind, "selector": selector, "port": {"entity": {"mappings": mappings}}}]}


@pytest.fixture
def installed(port: Any) -> Callable[[dict[str, Any]], None]:
    """Return a function that creates blueprints and saves a mapping in Port."""

    def save(mapping: dict[str, Any]) -> None:
        port.prepare(mapping)
        port.install(_TYPE, mapping, _TYPE)

    return save


def test_the_image_has_the_expected_labels_and_configuration(image: Image) -> None:
    config = image.config
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", config["User"]), "runAsNonRoot needs a numeric user"
    assert config["WorkingDir"] == "/app"
    assert config["Cmd"] == ["sh", "/app/scripts/start.sh"]
    assert config["Labels"]["org.opencontainers.image.title"] == f"port-ocean-{_TYPE}"
    assert config["Labels"]["integration.version"] == _version()
    assert image.environ["PYTHONPATH"] == "/app"
    assert image.environ[_JQ_ACCESS] == "false"
    assert image.environ["OCEAN__PROCESSING_MODE"] == "ocean-core"


def test_the_image_is_small_and_has_only_runtime_files(image: Image) -> None:
    assert image.bytes_ < _MAX_MB * 10**6
    lines = (_ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    included = {line[1:].partition("/")[0] for line in lines if line.startswith("!")}
    files = {each.name for each in (image.root / "app").iterdir()}
    assert files == included - {"requirements.lock"} | {"__pycache__"}
    assert not list((image.root / "opt" / "venv" / "bin").glob("pip*"))


@pytest.mark.parametrize("user", ["12345:0", "1001:1001"], ids=["any user", "its own"])
def test_a_cron_job_syncs_the_sample_company(
    user: str,
    container: NewContainer,
    local_values: LocalValues,
    installed: Callable[[Values], None],
    port: Any,
    company: Values,
) -> None:
    installed(company)
    job = container(Release(merged(for_company(local_values(_TYPE)), _JOB)).environment(), user=user)
    assert job.run() == 0, job.log.read_text()
    assert {state for _, state in port.states(_TYPE)} == {"completed"}, job.log.read_text()
    assert len(port.states(_TYPE)) == len(company["resources"])
    users = port.entities("sampleUser")
    assert len(users) == 120
    assert {each["datasource"] for each in users.values()} == {
        f"port-ocean/{_TYPE}/{_version()}/{_TYPE}/exporter"
    }


def test_the_integration_type_is_the_name_in_pyproject(
    container: NewContainer, local_values: LocalValues, port: Any
) -> None:
    """An image of type `custom` has the repository's pyproject.toml unchanged."""
    port.prepare(_mapping("/api/v1/users", data_path=".users"))
    port.install("ocean-custom", _mapping("/api/v1/users", data_path=".users"))
    own = {"/app/pyproject.toml": _ROOT / "pyproject.toml"}
    job = container(Release(merged(local_values("custom"), _JOB)).environment(), mounts=own)
    assert job.run() == 0
    sources = {each["datasource"].split("/")[1] for each in port.entities("user").values()}
    assert sources == {"custom"}, job.log.read_text()


def test_a_deployment_answers_probes_and_ends_on_sigterm(
    container: NewContainer, local_values: LocalValues, installed: Callable[[Values], None], port: Any
) -> None:
    installed(_mapping("/api/v1/users", data_path=".users"))
    number = _free_port()
    other = {"extraEnv": [{"name": "APPLICATION__PORT", "value": str(number)}]}
    pod = container(Release(merged(local_values(_TYPE), other)).environment())
    probe = pod.image.config["Healthcheck"]["Test"]
    assert probe[0] == "CMD"
    with pod.running(), httpx.Client(base_url=f"http://127.0.0.1:{number}") as http:
        wait_for(lambda: is_synced(port.http, _TYPE), pod.log.read_text)
        assert http.get("/health/live").status_code == httpx.codes.OK
        assert http.get("/health/ready").status_code == httpx.codes.OK
        healthy = pod.inside(*probe[1:])
        assert healthy.returncode == 0, healthy.stderr
        first = pod.inside("cat", "/proc/1/cmdline").stdout.split("\0")
    assert [Path(word).name for word in first[1:3]] == ["ocean", "sail"]


def test_the_health_check_fails_if_nothing_answers(container: NewContainer) -> None:
    unreachable = container({"APPLICATION__PORT": str(_free_port())})
    assert unreachable.run(*unreachable.image.config["Healthcheck"]["Test"][1:]) != 0


@pytest.mark.parametrize(
    ("environ", "title"),
    [({}, "nothing"), ({_JQ_ACCESS: "true"}, "sandbox")],
    ids=["by default", "if the user allows it"],
)
def test_mappings_read_the_environment_only_if_the_user_allows_it(
    environ: dict[str, str],
    title: str,
    container: NewContainer,
    local_values: LocalValues,
    installed: Callable[[Values], None],
    port: Any,
) -> None:
    """The environment is Docker's: without the variable that the chart sets by default."""
    installed(_mapping("/api/v1/users", f'{_SECRET} // "nothing"', data_path=".users"))
    variables = Release(merged(local_values(_TYPE), _JOB)).environment()
    del variables[_JQ_ACCESS]
    job = container(variables | environ)
    job.run()
    assert {each["title"] for each in port.entities("user").values()} == {title}, job.log.read_text()


@pytest.fixture
def private(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Start an API with a certificate of a private authority. Yield its URL and the authority's PEM."""
    authority = Authority()
    users = Response([{"id": "1", "name": "Ann"}])
    with serving(lambda _: users, authority.server_context(tmp_path)) as url:
        yield url, authority.pem


@pytest.mark.parametrize("mounted", [True, False])
def test_a_private_authority_is_trusted_if_the_chart_mounts_it(
    mounted: bool,  # noqa: FBT001
    private: tuple[str, str],
    container: NewContainer,
    local_values: LocalValues,
    installed: Callable[[Values], None],
    port: Any,
    tmp_path: Path,
) -> None:
    """The chart sets SSL_CERT_FILE to the system's bundle, which does not have the mounted certificate."""
    url, authority = private
    file = tmp_path / "cert.crt"
    file.write_text(authority, encoding="ascii")
    file.chmod(0o644)
    installed(_mapping("/users"))
    config = {"baseUrl": url, "authType": "none", "paginationType": "none", "maxRetries": 0}
    own = {"integration": {"config": config}, "selfSignedCertificate": {"enabled": True}}
    job = container(
        Release(merged(merged(local_values(_TYPE), _JOB), own)).environment(),
        mounts={MOUNTED_CERTIFICATE: file} if mounted else {},
    )
    job.run()
    expected = ("completed", ["1"]) if mounted else ("failed", [])
    (_, state), *_ = port.states(_TYPE)
    assert (state, [*port.entities("user")]) == expected, job.log.read_text()


def test_the_image_has_the_command_line(
    container: NewContainer, local_values: LocalValues, installed: Callable[[Values], None], port: Any
) -> None:
    """Unlike with `ocean sail`, the exit code shows whether the resync succeeded."""
    mapping = _mapping("/api/v1/users", data_path=".users")
    mapping["resources"] += _mapping("/api/v1/nobody")["resources"]
    installed(mapping)
    job = container(Release(local_values(_TYPE)).environment())
    assert job.run("ocean-custom", "sync") == 1, job.log.read_text()
    assert "completed  /api/v1/users" in job.log.read_text()
    assert "failed     /api/v1/nobody" in job.log.read_text()
    assert len(port.entities("user")) == 120


def test_only_one_folder_is_writable(container: NewContainer) -> None:
    commands = "touch /app/x || touch /opt/venv/x || touch /tmp/x || touch /x"
    assert container({}).run("sh", "-c", commands) != 0
    assert container({}).run("sh", "-c", "touch /tmp/ocean/x") == 0


def test_a_folder_that_is_not_writable_is_reported(container: NewContainer) -> None:
    read_only = container({}, writable=False)
    assert read_only.run() == 1
    assert "user 12345 cannot write in /tmp/ocean" in read_only.log.read_text()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        number: int = listener.getsockname()[1]
        return number
