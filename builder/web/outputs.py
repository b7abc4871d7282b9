"""What is printed, in tabs: each text with what it is for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from builder.draft import Draft
from builder.install import bundle, steps

_HEAD_OF_PROGRAM = "#!/bin/sh\nset -e\n"
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Printed:
    """One text. name: its file in the archive. number: of all texts, for the page's ids."""

    number: int
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Tab:
    """Texts that belong together."""

    name: str
    label: str
    texts: tuple[Printed, ...]


_TABS = (
    ("helm", "Helm", (("helm-install.sh", "The command, with every value in it"),)),
    (
        "values",
        "values.yaml",
        (("values.yaml", "The values"), ("helm-values.sh", "The command that takes them")),
    ),
    ("docker", "Docker", (("docker-run.sh", "The command, with every variable in it"),)),
    (
        "env",
        "Env file",
        (("ocean-custom.env", "The variables"), ("docker-env-file.sh", "The command that takes them")),
    ),
    ("blueprints", "Blueprints", (("resources/blueprints.json", "For Port's Builder, one after the other"),)),
    ("mapping", "Mapping", (("resources/port-app-config.yml", "For the data source's page in Port"),)),
    (
        "secret",
        "Kubernetes Secret",
        (
            ("kubernetes/secret.yaml", "The secrets, apart from Helm's values"),
            ("kubernetes/values.yaml", "The values beside it"),
            ("kubernetes/install.sh", "The commands that take both"),
        ),
    ),
    (
        "workflow",
        "GitHub workflow",
        ((".github/workflows/resync.yml", "Resyncs on a schedule, without a server"),),
    ),
)


def tabs() -> tuple[Tab, ...]:
    """The same for every draft, so that only their texts change."""
    numbers = iter(range(100))
    return tuple(
        Tab(name, label, tuple(Printed(next(numbers), file, words) for file, words in files))
        for name, label, files in _TABS
    )


def texts(draft: Draft | None) -> Mapping[str, str]:
    """The texts by file, commands as they are pasted; empty without a draft."""
    files = bundle(draft) if draft else {}
    shown = {name: text.removeprefix(_HEAD_OF_PROGRAM) for name, text in files.items()}
    return {printed.name: shown.get(printed.name, "") for tab in tabs() for printed in tab.texts}


def things_to_do(draft: Draft | None) -> list[tuple[str, Markup]]:
    """Title and words of each step from the texts to entities in Port."""
    return [(step.title, _as_html(step.words)) for step in steps(draft)] if draft else []


def _as_html(words: str) -> Markup:
    """The Markdown that the steps are written in: paragraphs, lists and code."""
    blocks = [block.strip() for block in words.split("\n\n")]
    return Markup("").join(_list(block) if block.startswith("- ") else _paragraph(block) for block in blocks)


def _list(block: str) -> Markup:
    lines = (line.removeprefix("- ") for line in block.splitlines())
    return Markup("<ul>{}</ul>").format(
        Markup("").join(Markup("<li>{}</li>").format(_code(line)) for line in lines)
    )


def _paragraph(block: str) -> Markup:
    return Markup("<p>{}</p>").format(_code(block))


def _code(line: str) -> Markup:
    parts = _CODE.split(line)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )
