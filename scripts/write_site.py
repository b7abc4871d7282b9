"""Build the documentation site (`make site`): .site/html, made by zensical from the pages of the repository.

python -m scripts.write_site                  builds and checks the site
python -m scripts.write_site --folder FOLDER  does so in another folder than .site

The environment variables SITE_URL (where the newest version will be) and SITE_REPOSITORY (the URL of the
repository) are optional. The workflow sets them.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from scripts.site_check import mistakes
from scripts.site_pages import Site, SiteError, gather

ROOT = Path(__file__).parents[1]
# Options of zensical.toml that depend on where the site is published.
_PUBLISHED = {"site_url": "SITE_URL", "repo_url": "SITE_REPOSITORY"}
_COLOR = re.compile(r"\x1b\[[\d;]*m")


def build(folder: Path, environ: Mapping[str, str]) -> list[str]:
    """Build the site in folder/html. Returns what is wrong with it. Raises SiteError: it cannot be built."""
    shutil.rmtree(folder, ignore_errors=True)
    site = gather(ROOT)
    site.write(folder / "pages")
    shutil.copytree(ROOT / "scripts" / "site_theme", folder / "theme")
    configuration = folder / "zensical.toml"
    configuration.write_text(configured(site, environ), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(configuration)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SiteError(_COLOR.sub("", done.stdout + done.stderr))
    return list(mistakes(folder / "html"))


def configured(site: Site, environ: Mapping[str, str]) -> str:
    """Return the text of zensical.toml with the navigation, and with the addresses that are known."""
    options: dict[str, Any] = {name: environ[of] for name, of in _PUBLISHED.items() if environ.get(of)}
    options["nav"] = ["index.md", *site.navigation()]
    added = "".join(f"{name} = {_toml(value)}\n" for name, value in options.items())
    text = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    text = text.replace("[project]\n", f"[project]\n{added}", 1)
    # llms.txt, the site's index for assistants, has absolute links.
    return text + _sections(options["nav"]) if "site_url" in options else text


def _sections(navigation: Sequence[Any]) -> str:
    sections = {title: _paths(pages) for entry in navigation[1:] for title, pages in entry.items()}
    lines = [f"{_toml(title)} = {_toml(paths)}\n" for title, paths in sections.items()]
    return "\n[project.plugins.llmstxt.sections]\n" + "".join(lines)


def _paths(entries: Sequence[Any]) -> list[str]:
    """Return the paths of the navigation below a title in order."""
    found: list[str] = []
    for entry in entries:
        found += [entry] if isinstance(entry, str) else _paths([*chain(*entry.values())])
    return found


def _toml(value: object) -> str:
    """Return a text, a list or a dictionary in TOML. Its texts are written as in JSON."""
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_toml(key)} = {_toml(item)}' for key, item in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(description="Build the documentation site.")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / ".site", help="the folder to build in (default: .site)"
    )
    folder = parser.parse_args().folder.absolute()
    begin = time.monotonic()
    try:
        wrong = build(folder, os.environ)
    except SiteError as error:
        wrong = [str(error)]
    for each in wrong:
        print(each, file=sys.stderr)
    if wrong:
        return 1
    pages = len(list((folder / "html").rglob("*.html")))
    print(f"{pages} pages in {folder / 'html'}, {time.monotonic() - begin:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
