"""YAML that all parsers read the same way: PyYAML, Helm, Kubernetes and Port."""

import math
import re

import yaml

from rest.bodies import Json

# Parsers differ on numbers, and on y and n.
_AMBIGUOUS = re.compile(r"[-+]?\.?[0-9].*|[yn]", re.IGNORECASE | re.DOTALL)
_PLACEHOLDER = "<"


def yaml_text(value: Json) -> str:
    """Return a document in block style. Keys keep their order, and lines are not folded."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=math.inf)


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as in Port's manuals, and writes no aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's own signature
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - no aliases for any data
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
    # Quoted, so that the value stays a text once the user replaces the placeholder.
    if text.startswith(_PLACEHOLDER):
        return '"'
    return "'" if _AMBIGUOUS.fullmatch(text) else None
