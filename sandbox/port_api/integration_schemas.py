"""Schemas of request bodies about integrations. Sources: Port's reference and Ocean's requests."""

from sandbox.port_api.blueprint_rules import CHANGELOG_DESTINATION
from sandbox.port_api.body_schema import BodySchema, one_of, record

_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_OBJECT = {"type": "object"}
_MOMENT = {"type": ["string", "null"]}
_IDENTIFIER = {
    "anyOf": [
        {"type": "string"},
        record({"combinator": _TEXT, "rules": {"type": "array", "items": _OBJECT}}),
    ]
}
_MAPPING = record(
    {"identifier": _IDENTIFIER, "blueprint": _TEXT},
    {"title": _TEXT, "properties": _OBJECT, "relations": _OBJECT},
    closed=False,
)
_MAPPINGS = {"anyOf": [{"type": "array", "items": _MAPPING}, _MAPPING]}
RESOURCE = record(
    {
        "kind": _TEXT,
        "port": record({"entity": record({"mappings": _MAPPINGS}, closed=False)}, closed=False),
    },
    # The reference calls the selector required. Port's own guide shows mappings without one.
    {"selector": record({}, {"query": _TEXT}, closed=False)},
    closed=False,
)
_CONFIG = {
    "type": ["object", "null"],
    "properties": {
        "deleteDependentEntities": _FLAG,
        "createMissingRelatedEntities": _FLAG,
        "enableMergeEntity": _FLAG,
        "entityDeletionThreshold": {"type": "number"},
        "resources": {"type": "array", "items": RESOURCE},
    },
}
_FIELDS = {
    "title": {"type": ["string", "null"]},
    "installationAppType": _TEXT,
    "version": _TEXT,
    "spec": _OBJECT,
    "config": _CONFIG,
    "changelogDestination": {
        "anyOf": [{"type": "object", "maxProperties": 0}, *CHANGELOG_DESTINATION["anyOf"]]
    },
    "actionsProcessingEnabled": _FLAG,
    "incrementalSyncEnabled": _FLAG,
    "processingMode": one_of("dsp", "ocean-core"),
    "createPortResourcesOrigin": one_of("Empty", "Ocean", "Default", "Port"),
    "arePortResourcesInitialized": _FLAG,
}

NEW_INTEGRATION = BodySchema(
    record(
        {
            "installationId": {"type": "string", "minLength": 1, "maxLength": 1000},
            "installationAppType": _TEXT,
            "version": _TEXT,
            "changelogDestination": _FIELDS["changelogDestination"],
            "config": _CONFIG,
        },
        _FIELDS,
        closed=False,
    )
)
CHANGE = BodySchema(record({}, _FIELDS, closed=False))
CHANGED_CONFIG = BodySchema(record({"config": _CONFIG}))
RESYNC_STATE = BodySchema(
    record(
        {},
        {
            "status": one_of("running", "completed", "failed", "aborted"),
            "lastResyncStart": _MOMENT,
            "lastResyncEnd": _MOMENT,
            "nextResync": _MOMENT,
            "intervalInMinuets": {"type": ["integer", "null"]},
        },
        closed=False,
    )
)
CURSOR = BodySchema(record({"primary": {"type": "string", "minLength": 1}}, closed=False))
EXAMPLES = BodySchema(record({"examples": {"type": "array", "maxItems": 5, "items": _OBJECT}}, closed=False))
LOGS = BodySchema(record({"logs": {"type": "array", "items": _OBJECT}}, closed=False))
_KIND_METRIC = record(
    {"kindIdentifier": _TEXT},
    {
        "kind": _TEXT,
        "eventId": _TEXT,
        "syncState": _TEXT,
        "kindIndex": {"type": "number"},
        "metrics": _OBJECT,
    },
    closed=False,
)
ALL_METRICS = BodySchema(record({"syncKindsMetrics": {"type": "array", "items": _KIND_METRIC}}, closed=False))
KIND_METRICS = BodySchema(record({"syncKindMetrics": _KIND_METRIC}, closed=False))
