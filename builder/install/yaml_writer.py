"""YAML that every reader takes for the same: PyYAML here, Helm's and Kubernetes', Port's page."""

import math
import re

import yaml

from rest.bodies import Json

# Readers differ on what is a number, and on y and n.
_MAYBE_NO_TEXT = re.compile(r"[-+]?\.?[0-9].*|[yn]", re.IGNORECASE | re.DOTALL)
_PLACEHOLDER = "<"


def yaml_text(value: Json) -> str:
    """A document in block style, in the given order; no line is folded."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=math.inf)


class _Dumper(yaml.SafeDumper):
    """Lists are indented below their key, as the manuals print them, and nothing is a reference."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's own signature
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the same object twice is written twice
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


_Dumper.add_representer(str, _Dumper.represent_text)


def _style(text: str) -> str | None:
    lines = text.split("\n")
    if not all(line.isprintable() for line in lines):
        return '"'
    if len(lines) > 1:
        is_simple = text[0].strip() and all(line == line.rstrip() for line in lines)
        return "|" if is_simple else '"'
    # Whoever fills in a placeholder should find the quotes there already.
    if text.startswith(_PLACEHOLDER):
        return '"'
    return "'" if _MAYBE_NO_TEXT.fullmatch(text) else None
