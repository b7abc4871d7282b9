"""The text of docs/settings.md and docs/mapping.md around the tables that are generated from the models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from configuration.mapping_models import IncrementalInput, ParameterInput
from configuration.pagination import PaginationSettings


@dataclass(frozen=True, slots=True)
class Group:
    """A group of related settings."""

    title: str
    words: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the selector that has its own keys. kind, selector: of the example."""

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
        "[Pagination](pagination.md) shows each type. A resource of the mapping can override these settings.",
        ("paginationType", "pageSize", "paginationParam", "sizeParam", "startPage", "maxPages"),
    ),
    Group(
        "What a response says of its pages",
        "Without these settings, the usual places are checked.",
        (
            *("cursorPath", "cursorHeader", "hasMorePath", "lastPagePath", "totalPath", "totalPagesPath"),
            *("nextLinkPath", "nextLinkHeader", "headerLinkRel"),
        ),
    ),
    Group(
        "Limits",
        "Limits apply to the whole installation, not to each endpoint.",
        ("timeout", "maxConcurrentRequests", "requestsPerSecond", "maxRetries"),
    ),
    Group(
        "What answers mean",
        "[Reliability](reliability.md) explains when a listing is complete. A resource can override "
        "these settings.",
        ("responses", "accept"),
    ),
)

SECTIONS = (
    Section(
        "path_parameters",
        ParameterInput,
        "The source of the values of each placeholder in the kind: `endpoint` and `field`, or `values`.\n"
        "[Nested endpoints](nested-endpoints.md) explains them.",
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
        "Overrides the settings' pagination for this endpoint, or for a path parameter's endpoint.\n"
        "If `type` differs from `paginationType`, only `page_size` and `max_pages` are inherited.\n"
        "[Pagination](pagination.md) shows each type.",
        "/api/v1/events",
        {"pagination": {"type": "cursor", "param": "page[after]", "cursor_path": "meta.next"}},
    ),
    Section(
        "incremental",
        IncrementalInput,
        "Set either `param` or `field`. [Incremental sync](incremental-sync.md) explains them.",
        "/api/v1/tickets",
        {"incremental": {"param": "updated_since", "format": "epoch"}},
    ),
)

SETTINGS_HEAD = """# Settings

One installation connects to one API. The settings define the connection. [The mapping](mapping.md) defines
what to read.

| installation | where to set a setting | example |
|---|---|---|
| Helm | under `integration.config`; secrets under `integration.secrets` | `integration.config.pageSize` |
| Docker | environment variable in upper case | `OCEAN__INTEGRATION__CONFIG__PAGE_SIZE` |

- An empty text counts as unset.
- Numbers and booleans can be text. Objects and lists are JSON on one line.
- All settings are checked at startup. If one is wrong, the integration exits with a line that shows its name,
  its value (never a secret) and what it accepts.
- A misspelt name has no effect and causes no error: Ocean ignores it.
"""

MAPPING_HEAD = """# Mapping

The mapping defines what to read, and which entities the items become. You edit it in Port as the mapping of
the integration, or in a file, `port-app-config.yml`. A small complete mapping:

```yaml
resources:
  - kind: /api/v1/users             # the endpoint's path, appended to baseUrl; may have a query string
    selector:
      query: .is_active             # jq: which items become entities; 'true' selects all
      data_path: .users             # jq: where the items are in the response
    port:
      entity:
        mappings:
          identifier: .id           # numbers become text
          title: .name
          blueprint: '"user"'       # a fixed text needs both quotes
          properties:
            email: .email
          relations:
            team: .team_id          # the identifier of the related entity
```

- Several resources can have the same kind, so one endpoint can fill several blueprints.
- A mistake fails only its own kind. Unknown keys are mistakes. The message suggests the nearest known key.
- Without `data_path`, a list in the response contains the items, and an object is a single item.
- Each value under `mappings` is a jq expression over one item. Items of nested endpoints have
  [additional fields](nested-endpoints.md#what-the-items-get).
- A kind fails if no item has an identifier and a blueprint. It also fails if some selected items have none,
  unless `accept` has `skipped_items`.

`ocean-custom check` and `ocean-custom preview` [test a mapping](builder.md#in-the-terminal) before you save
it in Port. `ocean port-app-config schema .` prints this reference as JSON Schema for editors.
"""
