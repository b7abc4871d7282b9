"""The report as files: a zip archive or a folder."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from builder.install.bundle import zipped
from builder.report.masking import Masking
from rest.bodies import Json
from rest.errors import ResourceError

_README = "README.md"
_HEAD = """\
# Report for a bug

Written by `ocean-custom doctor`. Secrets are masked as `***`. **Check each file before you send the report**:
what is secret to you may not look secret to a program.

| file | content |
|---|---|
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the report.

    summary: one line about it. content: JSON, or text for a name that ends with .txt. None: there is no file.
    """

    name: str
    summary: str
    content: Json = None

    @property
    def is_missing(self) -> bool:
        """Whether there is no file, only the reason."""
        return self.content is None


@dataclass(slots=True)
class Report:
    """The parts so far. They are masked at the end, because each request may show more secrets."""

    masking: Masking
    parts: list[Part] = field(default_factory=list)

    def add(self, *parts: Part) -> None:
        """Add parts."""
        self.parts += parts

    def lines(self) -> Sequence[tuple[str, str]]:
        """Return the name and the summary of each part, masked."""
        return [(each.name, self._line(each.summary)) for each in self.parts]

    def files(self) -> dict[str, str]:
        """Return the text of each file by name, masked."""
        rows = (f"| `{name}` | {summary.replace('|', '/')} |\n" for name, summary in self.lines())
        found = {_README: _HEAD + "".join(rows)}
        found |= {each.name: self._text(each) for each in self.parts if not each.is_missing}
        return found

    def write(self, path: Path, *, overwrites: bool) -> None:
        """Write a zip archive, or a folder if the name does not end with .zip.

        Raises ResourceError: it exists, or cannot be written.
        """
        if path.exists() and not overwrites:
            hint = "Choose another name with --output, or replace it with --overwrite"
            raise ResourceError(f"{path} already exists", hint=hint)
        files = self.files()
        try:
            if path.suffix == ".zip":
                path.write_bytes(zipped(files))
                return
            for name, text in files.items():
                file = path / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
        except OSError as error:
            hint = "Choose another name with --output"
            raise ResourceError(f"cannot write {path}: {error.strerror}", hint=hint) from error

    def _line(self, text: str) -> str:
        return " ".join(str(self.masking.sample(text)).split())

    def _text(self, part: Part) -> str:
        """Return the text of a file. It is masked again as a whole, in case a secret is of several values."""
        content = self.masking.leaves(part.content)
        if isinstance(content, str):
            text = content
        elif part.name.endswith(".yml"):
            text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=140)
        else:
            text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        return self.masking.text(text)
