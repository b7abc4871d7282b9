"""The files that the `init` command writes."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from builder.cli.init import Builder
from builder.draft import Draft
from builder.install import bundle
from builder.install.docker import ENV_FILE
from builder.install.steps import MAPPING, README
from rest.errors import ResourceError


def settle_pagination(builder: Builder) -> None:
    """Write the pagination that the samples show: into the settings if all endpoints agree, else into each.

    A pagination type that the user has set is kept.
    """
    if builder.settings.get("paginationType", "auto") != "auto":
        return
    found = [builder.pagination[each.source.kind] for each in builder.sampled]
    first = found[0].settings if found else {}
    if first and all(pages.settings == first for pages in found):
        builder.settings |= first
        return
    for number, (each, pages) in enumerate(zip(builder.sampled, found, strict=True)):
        if pages.is_recognised and "pagination" not in each.source.selector:
            selector = {**each.source.selector, "pagination": dict(pages.mapping)}
            builder.sampled[number] = replace(each, source=replace(each.source, selector=selector))


def check_output(folder: Path) -> None:
    """Raises ResourceError: the folder has files of an integration already."""
    _check_absent([folder / name for name in (ENV_FILE, MAPPING, README)], folder)


def write_files(draft: Draft, folder: Path) -> list[Path]:
    """Write the installation files, with placeholders for secrets. Raises ResourceError: a file exists."""
    files = {folder / name: text for name, text in bundle(draft).items()}
    _check_absent(files, folder)
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ResourceError(
            f"cannot write {folder}: {error.strerror}", hint="Choose another folder with --output"
        ) from error
    return list(files)


def _check_absent(paths: Iterable[Path], folder: Path) -> None:
    existing = [path for path in paths if path.exists()]
    if existing:
        raise ResourceError(
            f"{existing[0]} already exists",
            hint=f"Choose another folder with --output, or remove {folder}. Nothing is overwritten",
        )
