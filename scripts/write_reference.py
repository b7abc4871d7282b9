"""Writes docs/settings.md and docs/mapping.md from the models that read settings and mappings.

python -m scripts.write_reference          writes both
python -m scripts.write_reference --check  writes nothing; exit code 1 where one of them is stale
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from configuration.accepted import accepted
from configuration.mapping_models import IncrementalInput, ParameterInput, SelectorInput
from configuration.pagination import PaginationSettings
from configuration.secrets import SECRETS
from configuration.setting_names import field_name, setting_name
from configuration.settings import Settings, setting_names

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
_WRITTEN = "<!-- Written by scripts/write_reference.py from the models: change those, and run it. -->\n"


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that a reader looks for together."""

    title: str
    words: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the mapping that has keys of its own. kind: of the example."""

    name: str
    model: type[BaseModel]
    words: str
    kind: str
    selector: Mapping[str, Any]


GROUPS = (
    Group(
        "The API",
        "Only `baseUrl` is required.",
        ("baseUrl", "customHeaders", "customQueryParams", "verifySsl", "trustedOrigins", "allowWrites"),
    ),
    Group(
        "Authentication",
        "[Authentication](authentication.md) has an example for each type.",
        (
            *("authType", "authValue", "apiToken", "bearerPrefix", "apiKey", "apiKeyHeader", "apiKeyParam"),
            *("username", "password", "tokenUrl", "clientId", "clientSecret", "tokenAuth", "tokenParams"),
            *("customAuthRequest", "customAuthRequestTemplate"),
        ),
    ),
    Group(
        "Pages",
        "[Pagination](pagination.md) shows each type. A resource of the mapping can have its own.",
        ("paginationType", "pageSize", "paginationParam", "sizeParam", "startPage", "maxPages"),
    ),
    Group(
        "What a response says of its pages",
        "Without these, the usual places are tried.",
        (
            *("cursorPath", "cursorHeader", "hasMorePath", "lastPagePath", "totalPath", "totalPagesPath"),
            *("nextLinkPath", "nextLinkHeader", "headerLinkRel"),
        ),
    ),
    Group(
        "Limits",
        "They hold for the whole installation, not for each endpoint.",
        ("timeout", "maxConcurrentRequests", "requestsPerSecond", "maxRetries"),
    ),
    Group(
        "What answers mean",
        "[Reliability](reliability.md) says when a listing counts as complete. A resource can have its own.",
        ("responses", "accept"),
    ),
)

SECTIONS = (
    Section(
        "path_parameters",
        ParameterInput,
        "Where the values of the kind's placeholders come from: an entry for each, with `endpoint` and\n"
        "`field`, or with `values`. [Nested endpoints](nested-endpoints.md) explains them.",
        "/api/v1/projects/{project_id}/tasks",
        {
            "path_parameters": {
                "project_id": {
                    "endpoint": "/api/v1/projects",
                    "data_path": ".data",
                    "field": ".id",
                    "filter": ".archived | not",
                    "parent_fields": {"project_name": ".name"},
                }
            }
        },
    ),
    Section(
        "pagination",
        PaginationSettings,
        "Instead of the settings', for this endpoint or for that of a path parameter. With the `type` of\n"
        "`paginationType`, or with none, the settings hold but for what stands here. With another type they\n"
        "do not, but for `page_size` and `max_pages`. [Pagination](pagination.md) shows each type.",
        "/api/v1/events",
        {"pagination": {"type": "cursor", "param": "page[after]", "cursor_path": "meta.next"}},
    ),
    Section(
        "incremental",
        IncrementalInput,
        "`param` or `field`, one of them. [Incremental sync](incremental-sync.md) explains them.",
        "/api/v1/tickets",
        {"incremental": {"param": "updated_since", "format": "epoch"}},
    ),
)

_SETTINGS_HEAD = """# Settings

One installation talks to one API. The settings say how to connect; [the mapping](mapping.md) says what to
read.

| you install by | a setting stands | for example |
|---|---|---|
| Helm | under `integration.config`, a secret under `integration.secrets` | `integration.config.pageSize` |
| Docker | in the environment, in capitals | `OCEAN__INTEGRATION__CONFIG__PAGE_SIZE` |

- An empty text counts as unset.
- Numbers and booleans may be given as text, objects and lists as JSON on one line.
- All of them are checked at the start. A wrong one ends the start with a line that names it, what it got
  (never a secret) and what it accepts.
- A misspelt name is no error, and has no effect: Ocean does not hand it on.
"""

_MAPPING_HEAD = """# Mapping

The mapping says what to read, and what becomes of it. In Port it is the mapping of the integration, in a file
it is `port-app-config.yml`. A small one, whole:

```yaml
resources:
  - kind: /api/v1/users             # the endpoint's path, appended to baseUrl; it may have a query string
    selector:
      query: .is_active             # jq: which items become entities; 'true' takes all
      data_path: .users             # jq: where the items are in the response
    port:
      entity:
        mappings:
          identifier: .id           # a number becomes text
          title: .name
          blueprint: '"user"'       # a fixed text has both quotes
          properties:
            email: .email
          relations:
            team: .team_id          # the identifier of the related entity
```

- Several resources may have the same kind: one endpoint can fill several blueprints.
- A mistake fails its own kind, and no other. An unknown key is a mistake; the message names the nearest one.
- Without `data_path`, a response that is a list is the items, and one that is an object is a single item.
- Each value under `mappings` is jq over one item. The items of a nested endpoint have
  [more](nested-endpoints.md#what-the-items-get).
- A kind none of whose items gets an identifier and a blueprint fails. Single items are left out, with a line
  in the log.

`ocean-custom check` and `ocean-custom preview` [try a mapping](builder.md#in-the-terminal) before it is in
Port. `ocean port-app-config schema .` prints this reference as JSON Schema, for editors.
"""


def settings_page() -> str:
    """docs/settings.md."""
    spec = yaml.safe_load((ROOT / ".port" / "spec.yaml").read_text(encoding="utf-8"))
    described = {entry["name"]: entry for entry in spec["configurations"]}
    grouped = [name for group in GROUPS for name in group.names]
    if sorted(grouped) != sorted(setting_names()):
        raise SystemExit(f"in no group, or in two: {sorted({*grouped} ^ {*setting_names()})}")
    parts = [_WRITTEN, _SETTINGS_HEAD]
    for group in GROUPS:
        rows = [_setting_row(described[name]) for name in group.names]
        parts.append(f"\n## {group.title}\n\n{group.words}\n\n{_table('setting', rows)}")
    return "".join(parts)


def mapping_page() -> str:
    """docs/mapping.md."""
    links = {section.name: f": see [below](#{section.name})" for section in SECTIONS}
    selector = _table("key", _key_rows(SelectorInput, links))
    parts = [_WRITTEN, _MAPPING_HEAD, f"\n## selector\n\nOptional as a whole.\n\n{selector}"]
    for section in SECTIONS:
        example = yaml.safe_dump(_example(section), sort_keys=False)
        table = _table("key", _key_rows(section.model, {}))
        parts.append(f"\n## {section.name}\n\n{section.words}\n\n```yaml\n{example}```\n\n{table}")
    return "".join(parts)


PAGES: Mapping[str, Callable[[], str]] = {"settings.md": settings_page, "mapping.md": mapping_page}


def _example(section: Section) -> dict[str, Any]:
    mappings = {"identifier": ".id", "title": ".name", "blueprint": '"example"'}
    port = {"entity": {"mappings": mappings}}
    return {"resources": [{"kind": section.kind, "selector": dict(section.selector), "port": port}]}


def _setting_row(described: Mapping[str, Any]) -> list[str]:
    name = described["name"]
    field = field_name(name)
    model: type[BaseModel] = Settings if field in Settings.model_fields else PaginationSettings
    field = field if model is Settings else _pagination_key(name)
    default = "*required*" if described.get("required") else _default(model, field)
    secret = " (a secret)" if field in SECRETS else ""
    words = "a URL of http or https" if name == "baseUrl" else accepted(model, field)
    return [f"`{name}`{secret}", words, default, described["description"]]


def _pagination_key(name: str) -> str:
    """paginationParam is `param` in a mapping, cursorPath is cursor_path."""
    keys = PaginationSettings.model_fields
    return next(key for key in keys if name in (setting_name(key), setting_name(f"pagination_{key}")))


def _key_rows(model: type[BaseModel], links: Mapping[str, str]) -> list[list[str]]:
    rows = []
    for name, field in model.model_fields.items():
        words = str(field.description)
        # What has a section of its own is told there.
        words = words.partition(". ")[0] + links[name] if name in links else words
        rows.append([f"`{name}`", accepted(model, name), _default(model, name), words])
    return rows


def _default(model: type[BaseModel], field: str) -> str:
    value = model.model_fields[field].get_default(call_default_factory=True, validated_data={})
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"`{value:g}`"
    return f"`{value}`" if value else ""


def _table(first: str, rows: Iterable[list[str]]) -> str:
    lines = [f"| {first} | accepts | default | meaning |", "|---|---|---|---|"]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description="Writes settings.md and mapping.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 where one is stale")
    parser.add_argument("--folder", type=Path, default=DOCS, help="where they are (default: docs)")
    options = parser.parse_args()
    stale = 0
    for name, text in PAGES.items():
        page, wanted = options.folder / name, text()
        if page.exists() and page.read_text(encoding="utf-8") == wanted:
            continue
        stale += 1
        if not options.check:
            page.write_text(wanted, encoding="utf-8")
        print(f"{name}: {'is stale' if options.check else 'written'}")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
