"""The printed texts, in tabs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from builder.draft import Draft
from builder.install import bundle, steps

_SCRIPT_HEAD = "#!/bin/sh\nset -e\n"
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Output:
    """A printed text. name: its file in the archive. number: unique, for the ids of the page."""

    number: int
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Tab:
    """Texts that are used together."""

    name: str
    label: str
    outputs: tuple[Output, ...]


_LOCAL = ("local", "On this machine", (("run-here.sh", "One resync, with everything in Port"),))
_TABS = (
    ("helm", "Helm", (("helm-install.sh", "Command with all values"),)),
    (
        "values",
        "values.yaml",
        (("values.yaml", "Values"), ("helm-values.sh", "Command that uses them")),
    ),
    ("docker", "Docker", (("docker-run.sh", "Command with all variables"),)),
    (
        "env",
        "Env file",
        (("ocean-custom.env", "Variables"), ("docker-env-file.sh", "Command that uses them")),
    ),
    (
        "blueprints",
        "Blueprints",
        (("resources/blueprints.json", "Create these in Port's Builder, one at a time"),),
    ),
    (
        "mapping",
        "Mapping",
        (("resources/port-app-config.yml", "Paste this into the data source's mapping in Port"),),
    ),
    (
        "secret",
        "Kubernetes Secret",
        (
            ("kubernetes/secret.yaml", "Secrets, separate from the Helm values"),
            ("kubernetes/values.yaml", "Helm values without secrets"),
            ("kubernetes/install.sh", "Commands that use both"),
        ),
    ),
    (
        "argocd",
        "Argo CD",
        (
            ("argocd/application.yaml", "Application with the Helm values, without secrets"),
            ("argocd/install.sh", "Commands that use it, with the Kubernetes Secret"),
        ),
    ),
    (
        "terraform",
        "Terraform",
        (
            ("terraform/main.tf.json", "Blueprints and integration"),
            ("terraform/mapping.json", "The mapping that it reads"),
            ("terraform/import.sh", "Commands for what is in Port already"),
        ),
    ),
    (
        "workflow",
        "GitHub workflow",
        ((".github/workflows/resync.yml", "Resyncs on a schedule, without a server"),),
    ),
)


def tabs(*, local_first: bool = False) -> tuple[Tab, ...]:
    """Return the tabs. They are the same for all drafts, only their texts and their order differ.

    local_first: the commands for this machine come first instead of last.
    """
    numbers = iter(range(100))
    found = tuple(
        Tab(name, label, tuple(Output(next(numbers), file, description) for file, description in files))
        for name, label, files in (*_TABS, _LOCAL)
    )
    return (found[-1], *found[:-1]) if local_first else found


def output_texts(draft: Draft | None) -> Mapping[str, str]:
    """Return the texts by file name, scripts without their head; empty texts without a draft."""
    files = bundle(draft) if draft else {}
    texts = {name: text.removeprefix(_SCRIPT_HEAD) for name, text in files.items()}
    return {output.name: texts.get(output.name, "") for tab in tabs() for output in tab.outputs}


def install_steps(draft: Draft | None) -> list[tuple[str, Markup]]:
    """Return title and HTML of each step of the installation by hand."""
    return [(step.title, _as_html(step.text)) for step in steps(draft)] if draft else []


def _as_html(markdown: str) -> Markup:
    """Convert the Markdown of the steps: paragraphs, lists and code."""
    blocks = [block.strip() for block in markdown.split("\n\n")]
    return Markup("").join(_list(block) if block.startswith("- ") else _paragraph(block) for block in blocks)


def _list(block: str) -> Markup:
    lines = (line.removeprefix("- ") for line in block.splitlines())
    return Markup("<ul>{}</ul>").format(
        Markup("").join(Markup("<li>{}</li>").format(_with_code(line)) for line in lines)
    )


def _paragraph(block: str) -> Markup:
    return Markup("<p>{}</p>").format(_with_code(block))


def _with_code(line: str) -> Markup:
    parts = _CODE.split(line)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )
