"""The addresses that let in, and the files that lead there."""

import re
import stat
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from builder.web.entrance import Entrance


def led_to(url: str) -> str:
    """Where a file leads, as a browser reads it."""
    page = Path(unquote(urlsplit(url).path)).read_text(encoding="utf-8")
    found = re.search(r'<meta http-equiv="refresh" content="0;url=([^"]+)">', page)
    assert found
    return found[1]


def token_of(address: str) -> str:
    return address.partition("?token=")[2]


def test_an_address_is_admitted_once() -> None:
    entrance = Entrance(1)
    first, second = token_of(entrance.address()), token_of(entrance.address())
    assert first != second
    assert len(first) > 30
    assert [entrance.admits(each) for each in (second, second, first, first)] == [True, False, True, False]


@pytest.mark.parametrize("token", ["", "x", "ö", "\ud800".encode(errors="surrogatepass").decode("latin-1")])
def test_what_is_no_token_is_not_admitted(token: str) -> None:
    entrance = Entrance(1)
    entrance.address()
    assert not entrance.admits(token)


def test_a_file_leads_to_an_address_and_says_it_to_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / 'a "home" & more'
    home.mkdir()
    with closing(Entrance(1234)) as entrance:
        url = entrance.file_url(home)
        address = led_to(url)
        assert re.fullmatch(r"http://127\.0\.0\.1:1234/\?token=[\w-]{30,}", address)
        # The browser's argument, which everybody can read.
        assert token_of(address) not in url
        folder = next(home.iterdir())
        assert not folder.name.startswith(".")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]
        assert entrance.admits(token_of(address))
        assert list(home.iterdir()) == []


def test_a_file_that_nobody_used_is_gone_with_the_builder(tmp_path: Path) -> None:
    entrance = Entrance(1)
    address = led_to(entrance.file_url(tmp_path))
    entrance.address()
    entrance.close()
    assert list(tmp_path.iterdir()) == []
    assert not entrance.admits(token_of(address))


def test_a_file_that_is_gone_already_is_no_error(tmp_path: Path) -> None:
    entrance = Entrance(1)
    url = entrance.file_url(tmp_path)
    token = token_of(led_to(url))
    file = Path(unquote(urlsplit(url).path))
    file.unlink()
    file.parent.rmdir()
    assert entrance.admits(token)


def test_without_a_home_the_file_is_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with closing(Entrance(1)) as entrance:
        assert str(tmp_path) in unquote(entrance.file_url(Path("/nonexistent")))
