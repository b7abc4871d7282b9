"""One-time addresses, and the files that redirect to them."""

import re
import stat
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from builder.web.page.entrance import Entrance


def redirect_target(url: str) -> str:
    """Return the address that a file redirects to."""
    page = Path(unquote(urlsplit(url).path)).read_text(encoding="utf-8")
    found = re.search(r'<meta http-equiv="refresh" content="0;url=([^"]+)">', page)
    assert found
    return found[1]


def token_of(address: str) -> str:
    return address.partition("?token=")[2]


def test_a_token_is_admitted_once() -> None:
    entrance = Entrance(1)
    first, second = token_of(entrance.address()), token_of(entrance.address())
    assert first != second
    assert len(first) > 30
    assert [entrance.admits(each) for each in (second, second, first, first)] == [True, False, True, False]


@pytest.mark.parametrize("token", ["", "x", "ö", "\ud800".encode(errors="surrogatepass").decode("latin-1")])
def test_an_unknown_token_is_not_admitted(token: str) -> None:
    entrance = Entrance(1)
    entrance.address()
    assert not entrance.admits(token)


def test_the_redirect_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / 'a "home" & more'
    home.mkdir()
    with closing(Entrance(1234)) as entrance:
        url = entrance.file_url(home)
        address = redirect_target(url)
        assert re.fullmatch(r"http://127\.0\.0\.1:1234/\?token=[\w-]{30,}", address)
        # The URL is an argument of the browser, which every user can read.
        assert token_of(address) not in url
        folder = next(home.iterdir())
        assert not folder.name.startswith(".")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]
        assert entrance.admits(token_of(address))
        assert list(home.iterdir()) == []


def test_unused_files_are_removed_on_close(tmp_path: Path) -> None:
    entrance = Entrance(1)
    address = redirect_target(entrance.file_url(tmp_path))
    entrance.address()
    entrance.close()
    assert list(tmp_path.iterdir()) == []
    assert not entrance.admits(token_of(address))


def test_a_missing_file_is_not_an_error(tmp_path: Path) -> None:
    entrance = Entrance(1)
    url = entrance.file_url(tmp_path)
    token = token_of(redirect_target(url))
    file = Path(unquote(urlsplit(url).path))
    file.unlink()
    file.parent.rmdir()
    assert entrance.admits(token)


def test_without_a_home_the_file_is_in_the_folder_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with closing(Entrance(1)) as entrance:
        assert str(tmp_path) in unquote(entrance.file_url(Path("/nonexistent")))
