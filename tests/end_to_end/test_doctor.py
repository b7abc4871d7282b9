"""`ocean-custom doctor` as a process, with the sample API and the sandbox of Port."""

import json
import os
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.servers import ROOT, trusting_few

pytestmark = pytest.mark.process

CONFIG = "OCEAN__INTEGRATION__CONFIG__"
# Each is the token, or base64 of it at one of the three offsets.
_FORMS = ("sample-token", "c2FtcGxlLXRva2", "NhbXBsZS10b2tlb", "zYW1wbGUtdG9rZW")


def texts_of(path: Path) -> dict[str, str]:
    """Return the texts of a report by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture
def folder(port: Any, sample: httpx.Client, tmp_path: Path) -> Path:
    """Return a folder with the settings and the mapping of the sample API."""
    lines = {
        "OCEAN__PORT__BASE_URL": port.url,
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox",
        f"{CONFIG}BASE_URL": f"{str(sample.base_url).rstrip('/')}/bearer/cursor",
        f"{CONFIG}AUTH_TYPE": "bearer_token",
        f"{CONFIG}API_TOKEN": "sample-token",
        f"{CONFIG}PAGINATION_TYPE": "cursor",
        f"{CONFIG}CURSOR_PATH": "meta.after_cursor",
    }
    (tmp_path / "my.env").write_text("".join(f"{name}={text}\n" for name, text in lines.items()))
    mapping = ROOT / "examples" / "sample_company" / "port-app-config.yml"
    (tmp_path / "port-app-config.yml").write_text(mapping.read_text(encoding="utf-8"))
    return tmp_path


@pytest.mark.slow
def test_the_commands_of_the_page_work_as_printed(folder: Path) -> None:
    programs = folder / "bin"
    programs.mkdir()
    (programs / "ocean-custom").symlink_to(ROOT / "scripts" / "ocean-custom")
    environ = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", **trusting_few()}
    page = (ROOT / "docs" / "bug-reports.md").read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"```bash\n(.*?)```", page, re.DOTALL))
    done = subprocess.run(
        ["/bin/bash", "-ec", script], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    listed = {name.partition(",")[0] for name in re.findall(r"^\| `([\w/.-]+)`", page, re.MULTILINE)}
    read = folder / "report-to-read"
    written = {file.relative_to(read).as_posix() for file in read.rglob("*") if file.is_file()}
    assert listed <= written
    assert {name for name in written if "responses" not in name} <= listed
    assert not list((folder / "report").rglob("mapping.txt"))


def test_the_report_shows_what_a_developer_needs(folder: Path, ocean_custom_command: Any) -> None:
    words = ["doctor", "--env-file", "my.env", "--mapping", "port-app-config.yml"]
    done = ocean_custom_command.run(words, os.environ, folder)
    assert done.returncode == 0, done.stderr
    assert "Wrote ocean-custom-report.zip. Read it before you send it" in done.stdout
    path = folder / "ocean-custom-report.zip"
    texts = texts_of(path)
    assert not [form for form in _FORMS if form in str(texts)]
    found = {name: json.loads(text) for name, text in texts.items() if name.endswith(".json")}
    mapping = yaml.safe_load(texts["mapping.yml"])
    assert len([name for name in found if name.startswith("responses/")]) == 6
    assert all(each["isGood"] for each in found["check.json"])
    first = found["responses/01.json"]
    assert first["kind"] == "/api/v1/users"
    [exchange] = first["exchanges"]
    assert exchange["status"] == 200
    assert dict(exchange["requestHeaders"])["authorization"] == "***"
    users = exchange["body"]["users"]
    assert len(users) == 4
    assert re.fullmatch(r"… \d+ more", users[3])
    assert found["settings.json"]["settings"]["apiToken"] == {"isSet": True, "length": "8 to 15 characters"}
    assert found["settings.json"]["settings"]["paginationType"] == "cursor"
    assert mapping["resources"][0]["kind"] == "/api/v1/users"
    assert found["versions.json"]["packages"]["port-ocean"].startswith("0.")
    assert "none yet" in texts["README.md"]
    again = ocean_custom_command.run(words, os.environ, folder)
    assert again.returncode == 1
    assert "ocean-custom-report.zip already exists" in again.stderr
