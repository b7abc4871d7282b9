"""Put a built site into the folder of all published versions, for GitHub Pages.

python scripts/site_versions.py SITE FOLDER VERSION

VERSION is `dev`, or a release such as 2.1.3. A release has the folder 2.1, which the next patch replaces. The
newest release is also in `latest`, to which the folder's index leads. versions.json is what the menu of
versions reads. Needs nothing but Python's own modules.
"""

import argparse
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

DEV = "dev"
LATEST = "latest"
_RELEASE = re.compile(r"(\d+)\.(\d+)\.\d+")
_INDEX = """<!doctype html>
<meta charset="utf-8">
<title>Ocean Custom</title>
<meta http-equiv="refresh" content="0; url={version}/">
<a href="{version}/">Documentation</a>
"""


def publish(site: Path, folder: Path, version: str) -> list[dict[str, Any]]:
    """Add or replace a version. Returns the content of versions.json: releases, newest first, then dev.

    Raises ValueError: the version is neither a release nor dev.
    """
    name = _folder_name(version)
    _replace(site, folder / name)
    file = folder / "versions.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    titles = {each["version"]: each["title"] for each in known} | {name: version}
    names = sorted(titles, key=_order, reverse=True)
    newest = names[0]
    entries = [
        {"version": each, "title": titles[each], "aliases": [LATEST] if each == newest != DEV else []}
        for each in names
    ]
    if name == newest != DEV:
        _replace(site, folder / LATEST)
    file.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    (folder / "index.html").write_text(
        _INDEX.format(version=DEV if newest == DEV else LATEST), encoding="utf-8"
    )
    # Otherwise Pages would leave out files that begin with an underscore.
    (folder / ".nojekyll").touch()
    return entries


def _folder_name(version: str) -> str:
    if version == DEV:
        return DEV
    found = _RELEASE.fullmatch(version)
    if not found:
        raise ValueError(f"{version} is neither {DEV} nor a release such as 2.1.3")
    return f"{found[1]}.{found[2]}"


def _order(name: str) -> tuple[int, ...]:
    return () if name == DEV else tuple(map(int, name.split(".")))


def _replace(site: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(site, target)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description="Put a built site into the folder of all published versions."
    )
    parser.add_argument("site", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("version")
    options = parser.parse_args()
    try:
        for each in publish(options.site, options.folder, options.version):
            print(each["version"], each["title"], *each["aliases"])
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
