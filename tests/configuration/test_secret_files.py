"""Secrets in files: each secret setting has one with a path."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from configuration.secret_files import FILE_SETTINGS
from configuration.secrets import SECRETS
from configuration.settings import Settings, setting_names, value_mistakes
from rest.errors import SettingsError

BASE = {"base_url": "https://x.io", "auth_type": "bearer_token"}


def settings(**config: Any) -> Settings:
    return Settings.from_config({**BASE, **config}, {})


def message(**config: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(**config)
    return str(caught.value)


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("t0ken-in-file\n")
    return path


def test_each_secret_has_a_setting_for_its_file() -> None:
    assert set(FILE_SETTINGS.values()) == SECRETS
    assert {"apiTokenFile", "privateKeyFile", "customHeadersFile"} < set(setting_names())


def test_the_secret_is_the_text_of_the_file(token: Path) -> None:
    read = settings(api_token_file=str(token))
    assert read.bearer_token == "t0ken-in-file"
    assert read.redactor("got t0ken-in-file") == "got ***"
    assert "t0ken-in-file" not in repr(read)


def test_a_byte_order_mark_and_white_space_are_not_part_of_the_secret(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_bytes(b"\xef\xbb\xbf  t0ken\r\n\r\n")
    assert settings(api_token_file=str(path)).bearer_token == "t0ken"


def test_the_path_can_have_blanks_around_it(token: Path) -> None:
    assert settings(api_token_file=f" {token} ").bearer_token == "t0ken-in-file"


@pytest.mark.usefixtures("token")
def test_a_file_behind_links_is_read(tmp_path: Path) -> None:
    """Kubernetes mounts each file as a link into a folder that is itself a link."""
    (tmp_path / "..data").symlink_to(tmp_path)
    (tmp_path / "linked").symlink_to("..data/token")
    assert settings(api_token_file=str(tmp_path / "linked")).bearer_token == "t0ken-in-file"


def test_an_object_can_be_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "headers.json"
    path.write_text(json.dumps({"X-Key": "in-${NAME}"}))
    config = {"base_url": "https://x.io", "custom_headers_file": str(path)}
    assert Settings.from_config(config, {"NAME": "variable"}).custom_headers == {"X-Key": "in-variable"}


def test_the_settings_can_be_read_again(token: Path) -> None:
    first = settings(api_token_file=str(token))
    token.write_text("second-token")
    assert first.reread().bearer_token == "second-token"
    assert first.bearer_token == "t0ken-in-file"


def test_settings_without_files_are_not_read_again() -> None:
    first = settings(api_token="t0ken")
    assert first.reread() is first


def test_a_secret_and_its_file_cannot_be_combined(token: Path) -> None:
    assert message(api_token="t0ken", api_token_file=str(token)) == (
        "apiTokenFile: cannot be combined with apiToken. Set one of them"
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none"
    assert message(api_token_file=str(path)) == (
        f"apiTokenFile: cannot be read (No such file or directory): {str(path)!r}"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b" \n", "is empty"), (b"\xff\xfe\x00", "is not text in UTF-8"), (b"x" * 2**21, "is larger than 1 MiB")],
    ids=["empty", "binary", "large"],
)
def test_a_file_without_a_secret_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    assert message(api_token_file=str(path)) == f"apiTokenFile: {reason}: {str(path)!r}"


def test_a_pipe_and_a_folder_are_not_read(tmp_path: Path) -> None:
    """Reading a pipe would not end."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        assert message(api_token_file=str(path)).startswith("apiTokenFile: is not a regular file")


def test_wrong_content_is_reported_with_the_setting_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "headers.json"
    path.write_text("X-Key: s3cret-in-file")
    config = {"base_url": "https://x.io", "custom_headers_file": str(path)}
    with pytest.raises(SettingsError) as caught:
        Settings.from_config(config, {})
    assert str(caught.value) == "customHeadersFile: accepts a JSON object of names and texts"
    assert [str(mistake) for mistake in value_mistakes(config)] == [str(caught.value)]


def test_a_mistake_inside_an_object_is_reported_with_the_setting_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "login.json"
    path.write_text('{"endpoint": "/login", "boddy": {}}')
    config = {"base_url": "https://x.io", "auth_type": "custom", "custom_auth_request_file": str(path)}
    with pytest.raises(SettingsError) as caught:
        Settings.from_config(config, {})
    assert str(caught.value) == "customAuthRequestFile.boddy: is unknown; did you mean body?"
