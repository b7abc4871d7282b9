"""The environment is checked before Ocean reads it."""

from pathlib import Path

import pytest

from ocean_adapter.environment import prepare_environment

PREFIX = "OCEAN__INTEGRATION__CONFIG__"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, without files that Ocean reads settings from."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("url", ["api.getport.io", "api.getport.io:443", "https://", "ftp://api.getport.io"])
def test_a_port_url_without_scheme_or_host_is_rejected(url: str) -> None:
    with pytest.raises(SystemExit, match="OCEAN__PORT__BASE_URL") as stopped:
        prepare_environment(
            {"OCEAN__PORT__BASE_URL": url, "OCEAN__INTEGRATION__CONFIG__BASE_URL": "https://a"}
        )
    assert str(stopped.value) == (
        f"Ocean Custom cannot start: OCEAN__PORT__BASE_URL: got {url!r}, "
        "accepts the URL of Port's API, like https://api.getport.io"
    )


@pytest.mark.parametrize(
    "url", ["https://api.getport.io", "http://127.0.0.1:3010/", " https://api.us.getport.io ", ""]
)
def test_a_valid_or_unset_port_url_is_accepted(url: str) -> None:
    environ = {"ocean__port__base_url": url, "OCEAN__INTEGRATION__CONFIG__BASE_URL": "https://a"}
    prepare_environment(environ)
    assert environ["ocean__port__base_url"] == url


def test_empty_settings_are_removed() -> None:
    environ = {f"{PREFIX}BASE_URL": "https://a", f"{PREFIX}PAGE_SIZE": " "}
    prepare_environment(environ)
    assert f"{PREFIX}PAGE_SIZE" not in environ


def test_numbers_that_helm_printed_are_readable() -> None:
    environ = {f"{PREFIX}BASE_URL": "https://a", f"{PREFIX}MAX_PAGES": "1e+06"}
    prepare_environment(environ)
    assert environ[f"{PREFIX}MAX_PAGES"] == "1000000"


def test_a_missing_base_url_stops_the_start() -> None:
    with pytest.raises(SystemExit, match="baseUrl: is missing"):
        prepare_environment({"OCEAN__PORT__CLIENT_ID": "x"})


@pytest.mark.parametrize("name", [".env", "config.yaml"])
def test_a_base_url_can_be_in_a_file(empty_folder: Path, name: str) -> None:
    (empty_folder / name).touch()
    environ = {"OCEAN__PORT__CLIENT_ID": "x"}
    prepare_environment(environ)
    assert "OCEAN__PROCESSING_MODE" not in environ, "the file can set the mode too"


def test_the_processing_mode_is_ocean_core_unless_it_is_set() -> None:
    environ = {f"{PREFIX}BASE_URL": "https://a"}
    prepare_environment(environ)
    assert environ["OCEAN__PROCESSING_MODE"] == "ocean-core"
    environ = {f"{PREFIX}BASE_URL": "https://a", "ocean__processing_mode": "dsp"}
    prepare_environment(environ)
    assert "OCEAN__PROCESSING_MODE" not in environ
