"""The pages of the documentation site, before they are built."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scripts.site_check import mistakes
from scripts.site_pages import SiteError, gather
from scripts.write_site import configured

_ROOT = Path(__file__).parents[2]


def _flat(entries: Any) -> list[str]:
    """Return the paths of a navigation in order."""
    if isinstance(entries, str):
        return [entries]
    found = entries.values() if isinstance(entries, dict) else entries
    return [path for entry in found for path in _flat(entry)]


def _repository(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_every_page_is_in_the_navigation_once() -> None:
    site = gather(_ROOT)
    listed = _flat(site.navigation())
    assert sorted(["index.md", *listed]) == sorted(map(site.path, site.pages))


def test_all_documentation_is_on_the_site(pages: dict[str, Any]) -> None:
    written = {name for name in pages if name.startswith(("docs/", "examples/", "helm/"))}
    assert written | {"SECURITY.md", "CHANGELOG.md", "CONTRIBUTING.md"} <= gather(_ROOT).pages.keys()


def test_the_sections_follow_the_tasks_of_a_reader() -> None:
    titles = [title for section in gather(_ROOT).navigation() for title in section]
    assert titles == ["Start", "Connect", "Map", "Run", "Trust", "Reference"]


def test_the_configuration_has_the_navigation_and_the_known_addresses() -> None:
    site = gather(_ROOT)
    url = "https://owner.github.io/repository/latest/"
    project = tomllib.loads(configured(site, {"SITE_URL": url, "SITE_REPOSITORY": ""}))["project"]
    assert project["nav"] == ["index.md", *site.navigation()]
    assert project["site_url"] == url
    assert "repo_url" not in project


def test_links_lead_to_the_same_pages_on_the_site(tmp_path: Path) -> None:
    files = {
        "README.md": "# Repository\n",
        "LICENSE": "Free\n",
        "docs/README.md": "# Home\n\n## Start\n\n- [Guide](guide.md), [rules](../RULES.md), "
        "[all](../examples/README.md)\n",
        "docs/guide.md": "# Guide\n\n[Rules](../RULES.md#one), [a](../examples/a), [home](README.md), "
        "[top](../README.md), [license](../LICENSE), [there](https://a.example/b.md), [here](#guide)\n\n"
        "`[code](nowhere.md)`\n\n```text\n[code](nowhere.md)\n```\n",
        "RULES.md": "# Rules\n\n## One\n\n[Guide](docs/guide.md)\n",
        "examples/README.md": "# Examples\n",
        "examples/a/README.md": "# A\n\n[Guide](../../docs/guide.md)\n",
    }
    site = gather(_repository(tmp_path / "repository", files))
    site.write(tmp_path / "pages")

    def written(name: str) -> str:
        return (tmp_path / "pages" / name).read_text(encoding="utf-8")

    links = re.findall(r"\]\((.*?)\)", written("guide.md"))
    assert links == [
        *("rules.md#one", "examples/a.md", "index.md", "index.md", "files/LICENSE"),
        *("https://a.example/b.md", "#guide", "nowhere.md", "nowhere.md"),
    ]
    assert "[Guide](guide.md)" in written("rules.md")
    assert "[Guide](../guide.md)" in written("examples/a.md")
    assert written("files/LICENSE") == "Free\n"
    nested = {"Examples": ["examples/index.md", "examples/a.md"]}
    assert site.navigation() == [{"Start": ["guide.md", "rules.md", nested]}]


def test_a_linked_folder_without_a_readme_becomes_a_list_of_its_files(tmp_path: Path) -> None:
    files = {
        "docs/README.md": "# Home\n\n[all](../rules), [one](../rules/b.yaml)\n",
        "rules/b.yaml": "",
        "rules/a.yaml": "",
    }
    site = gather(_repository(tmp_path / "repository", files))
    site.write(tmp_path / "pages")
    home, listed = (tmp_path / "pages" / name for name in ("index.md", "files/rules/index.md"))
    assert "[all](files/rules/index.md), [one](files/rules/b.yaml)" in home.read_text(encoding="utf-8")
    assert listed.read_text(encoding="utf-8") == "# rules/\n\n- [a.yaml](a.yaml)\n- [b.yaml](b.yaml)\n"
    assert (tmp_path / "pages" / "files" / "rules" / "a.yaml").exists()
    assert site.navigation() == []


def test_a_link_that_leads_nowhere_stops_the_build(tmp_path: Path) -> None:
    files = {"docs/README.md": "# Home\n\n## Start\n\n[A](a.md)\n"}
    with pytest.raises(SiteError, match=r"docs/README\.md links to a\.md, which is no file"):
        gather(_repository(tmp_path, files))


def test_a_page_outside_the_navigation_stops_the_build(tmp_path: Path) -> None:
    files = {
        "docs/README.md": "# Home\n\n## Start\n\n[A](a.md)\n",
        "docs/a.md": "# A\n",
        "docs/b.md": "# B\n",
    }
    site = gather(_repository(tmp_path, files))
    with pytest.raises(SiteError, match=r"link these pages in docs/README\.md: docs/b\.md"):
        site.navigation()


def test_two_files_with_one_address_stop_the_build(tmp_path: Path) -> None:
    files = {
        "docs/README.md": "# Home\n\n[A](../RULES.md), [B](rules.md)\n",
        "docs/rules.md": "",
        "RULES.md": "",
    }
    with pytest.raises(SiteError, match=r"several files would have the address rules$"):
        gather(_repository(tmp_path, files))


@pytest.mark.parametrize(
    ("html", "mistake"),
    [
        ('<a href="b/">b</a>', "a/index.html links to b/, which does not exist"),
        ('<a href="../#two">b</a>', "a/index.html links to ../#two, but that page has no such heading"),
        ('<a href="#two">b</a>', "a/index.html links to #two, but that page has no such heading"),
        ('<img src="x.png">', "a/index.html links to x.png, which does not exist"),
        ('<script src="https://cdn.example/x.js"></script>', "a/index.html loads https://cdn.example/x.js"),
        ('<link rel="preconnect" href="https://cdn.example">', "a/index.html loads https://cdn.example"),
        ("<style>@import '//cdn.example/x.css'</style>", "a/index.html loads //cdn.example/x.css"),
        ('<p style="background: url(https://cdn.example/x)">', "a/index.html loads https://cdn.example/x"),
    ],
)
def test_a_mistake_in_the_built_site_is_reported(html: str, mistake: str, tmp_path: Path) -> None:
    _repository(tmp_path, {"index.html": '<h1 id="one">One</h1>', "a/index.html": html})
    assert list(mistakes(tmp_path)) == [mistake]


def test_a_style_sheet_that_loads_from_elsewhere_is_reported(tmp_path: Path) -> None:
    _repository(
        tmp_path,
        {"a.css": "p { background: url(data:image/png;base64,aa) } @import url(https://cdn.example/b.css)"},
    )
    assert list(mistakes(tmp_path)) == ["a.css loads https://cdn.example/b.css"]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="../">up</a> <a href="../#one">one</a> <a href="https://a.example/">there</a>',
        '<a href="?x=1#b" id="b">b</a>',
        '<link rel="canonical" href="https://a.example/"> <a href="../x%20y.txt">file</a>',
        '<code>&lt;img src="https://a.example"&gt;</code> <script>let a = \'<a href="none">\'</script>',
    ],
)
def test_good_links_are_not_reported(html: str, tmp_path: Path) -> None:
    _repository(tmp_path, {"index.html": '<h1 id="one">One</h1>', "x y.txt": "", "a/index.html": html})
    assert list(mistakes(tmp_path)) == []
