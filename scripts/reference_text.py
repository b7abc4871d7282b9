"""The text of docs/settings.md and docs/mapping.md around the tables that are generated from the models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from configuration.job import JobInput
from configuration.mapping_models import IncrementalInput, ParameterInput, PartitionInput
from configuration.pagination import PaginationSettings
from configuration.secret_files import FILE_SETTINGS
from configuration.setting_names import setting_name
from configuration.then_request import ThenInput
from configuration.webhook_input import FetchInput, WebhookInput
from configuration.windows import WindowsInput


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
        (
            *("baseUrl", "customHeaders", "customQueryParams", "trustedOrigins", "followOrigins"),
            *("rewriteLinks", "allowWrites"),
        ),
    ),
    Group(
        "TLS",
        "[Client certificates](authentication.md#client-certificates) shows an example.",
        ("verifySsl", "clientCertificate", "clientKey", "clientKeyPassword", "caCertificate"),
    ),
    Group(
        "Authentication",
        "[Authentication](authentication.md) has an example for each type.",
        (
            *("authType", "authValue", "apiToken", "bearerPrefix", "apiKey", "apiKeyHeader", "apiKeyParam"),
            *("username", "password", "tokenUrl", "clientId", "clientSecret", "tokenAuth", "tokenParams"),
            *("signature", "aws", "awsAccessKeyId", "awsSecretAccessKey", "awsSessionToken"),
            *("grant", "clientAuth", "refreshToken", "privateKey", "privateKeyPassword", "jwt"),
            *("tokenFormat", "tokenPath", "expiresPath"),
            *("customAuthRequest", "customAuthRequestTemplate"),
        ),
    ),
    Group(
        "Pages",
        "[Pagination](pagination.md) shows each type. A resource of the mapping can override these settings.",
        ("paginationType", "pageSize", "paginationParam", "sizeParam", "startPage", "maxPages"),
    ),
    Group(
        "Pagination signals in the response",
        "Without these settings, common names are detected.",
        (
            *("cursorPath", "cursorHeader", "hasMorePath", "lastPagePath", "totalPath", "totalPagesPath"),
            *("nextLinkPath", "nextLinkHeader", "headerLinkRel"),
        ),
    ),
    Group(
        "Limits",
        "Limits apply to the whole installation, not to each endpoint. [Conditional "
        "requests](operating.md#conditional-requests) explains `conditionalRequests`.",
        (
            *("timeout", "maxConcurrentRequests", "requestsPerSecond", "maxRetries"),
            *("rememberEntities", "conditionalRequests"),
        ),
    ),
    Group(
        "Interpretation of responses",
        "[Reliability](reliability.md) explains when a listing is complete. A resource can override "
        "these settings.",
        ("responses", "accept"),
    ),
    Group(
        "Live events",
        "Without `webhookVerify`, no events are received.",
        ("webhookVerify", "webhookSecret", "webhookPath", "webhookMaxBytes"),
    ),
    Group(
        "Secrets in files",
        "Each secret can be in a file instead, for example one that Kubernetes mounts. [Secrets in "
        "files](authentication.md#secrets-in-files) explains when a file is read again.",
        tuple(map(setting_name, FILE_SETTINGS)),
    ),
)

SECTIONS = (
    Section(
        "path_parameters",
        ParameterInput,
        "The source of the values of each placeholder: `endpoint` and `field`, or `values`. For several\n"
        "sources, use a list. [Nested endpoints](nested-endpoints.md) explains them.",
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
        "pagination.then",
        ThenInput,
        "The request for later pages, for APIs that expect the cursor at another path or with another body.\n"
        "Headers and `body_type` are the same as in the first request. [Requests](requests.md)\n"
        "shows examples.",
        "/my-index/_search?scroll=1m",
        {
            "method": "POST",
            "pagination": {
                "type": "cursor",
                "param": "scroll_id",
                "param_location": "body",
                "cursor_path": "_scroll_id",
                "then": {"path": "/_search/scroll", "body": {"scroll": "1m"}},
            },
        },
    ),
    Section(
        "incremental",
        IncrementalInput,
        "Set either `param` or `field`. [Incremental sync](incremental-sync.md) explains them.",
        "/api/v1/tickets",
        {"incremental": {"param": "updated_since", "format": "epoch"}},
    ),
    Section(
        "windows",
        WindowsInput,
        "Each time window is read as a separate listing. "
        "[Windows and jobs](windows-and-jobs.md) explains them.",
        "/api/v1/events",
        {"windows": {"from": "90d", "size": "7d", "start_param": "since", "end_param": "until"}},
    ),
    Section(
        "partition",
        PartitionInput,
        "The share of the parents in `path_parameters` that this installation reads.\n"
        "[Several installations](several-installations.md) explains it.",
        "/api/v1/projects/{project_id}/tasks",
        {
            "path_parameters": {"project_id": {"endpoint": "/api/v1/projects", "field": ".id"}},
            "partition": {"index": 0, "of": 3},
        },
    ),
    Section(
        "job",
        JobInput,
        "The API prepares an export, and the integration reads its result. The jq expressions can use the\n"
        "body of a response, `$status` and `$headers` (names in lower case). "
        "[Windows and jobs](windows-and-jobs.md) explains them.",
        "/api/v1/exports",
        {
            "job": {
                "request": {"body": {"dataset": "users"}},
                "id": ".id",
                "poll": "/api/v1/exports/{id}",
                "done": '.status == "done"',
                "failed": '.status == "error"',
                "result": ".url",
            }
        },
    ),
    Section(
        "webhook",
        WebhookInput,
        "How to find the changed items in an event. The event only says what changed, and `fetch` returns\n"
        "the current state. With `webhookVerify: hint`, `fetch` is required. [Live events](live-events.md)\n"
        "explains them.",
        "/repos/{+repo}/pulls",
        {
            "path_parameters": {"repo": {"endpoint": "/orgs/acme/repos", "field": ".full_name"}},
            "webhook": {
                "when": '.headers["x-github-event"] == "pull_request"',
                "items": ".body.pull_request",
                "values": {"repo": "$event.body.repository.full_name", "number": ".number"},
                "fetch": "/repos/{+repo}/pulls/{number}",
                "delete": '.body.action == "deleted"',
            },
        },
    ),
    Section(
        "webhook.fetch",
        FetchInput,
        "The keys of `fetch` if it is an object. If `fetch` is a string, it is the `path`. With the path of\n"
        "the kind, it inherits the method, parameters, body, `data_path` and pagination of the selector,\n"
        "unless it sets them.",
        "/api/v1/incidents",
        {
            "webhook": {
                "values": {"id": ".incident.id"},
                "fetch": {"path": "/api/v1/incidents/search", "method": "POST", "body": {"ids": ["{id}"]}},
                "data_path": ".results",
            }
        },
    ),
)

SETTINGS_HEAD = """# Settings

This page lists all settings. One installation connects to one API, and the settings define the connection.
[The mapping](mapping.md) defines what to read.

| installation | where to set a setting | example |
|---|---|---|
| Helm | `integration.config`, and `integration.secrets` for secrets | `integration.config.pageSize` |
| Docker | environment variable in upper case | `OCEAN__INTEGRATION__CONFIG__PAGE_SIZE` |

- An empty string is the same as no value.
- You can write numbers and booleans as strings. Write objects and lists as JSON on one line.
- All settings are checked at startup. If a setting is invalid, the integration exits with a message that
  contains its name, its value (unless it is a secret) and the allowed values.
- A misspelled name has no effect and causes no error, because Ocean ignores unknown names.
"""

MAPPING_HEAD = """# Mapping

This page lists all keys of the mapping. The mapping defines what to read from the API, and how items become
entities. Edit it in Port as the mapping of the integration, or in a file, `port-app-config.yml`. This is a
small complete mapping:

```yaml
resources:
  - kind: /api/v1/users             # the endpoint's path, appended to baseUrl; can have a query string
    selector:
      query: .is_active             # jq: the items that become entities; 'true' selects all
      data_path: .users             # jq: the items in the response
    port:
      entity:
        mappings:
          identifier: .id           # numbers are converted to strings
          title: .name
          blueprint: '"user"'       # a fixed text needs both quotes
          properties:
            email: .email
          relations:
            team: .team_id          # the identifier of the related entity
```

- Several resources can have the same kind, so one endpoint can create entities of several blueprints.
- A mistake only fails its own kind. Unknown keys are mistakes, and the message suggests the closest known
  key.
- Without `data_path`, the items are the elements of the response if it is a list. If the response is an
  object, it is a single item.
- Responses can be JSON, XML, CSV, YAML or text. See [Response formats](formats.md).
- Each value under `mappings` is a jq expression that is evaluated for each item. Items of nested endpoints
  have [additional fields](nested-endpoints.md#what-the-items-get).
- A kind fails if no item has an identifier and a blueprint. It also fails if some selected items have none,
  unless `accept` contains `skipped_items`.

`ocean-custom check` and `ocean-custom preview` [test a mapping](builder.md#in-the-terminal) before you save
it in Port. `ocean port-app-config schema .` prints this reference as JSON Schema for editors.
"""
