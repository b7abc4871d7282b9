"""Ocean's private names that we use. docs/dependencies.md lists them.

If a test fails after an upgrade, find the name in Ocean's new source, adapt the code that uses it, and update
its row here.
"""

import ast
import inspect
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from port_ocean.core.handlers.entity_processor import base
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor
from port_ocean.core.handlers.webhook.webhook_event import WebhookEvent
from port_ocean.core.integrations.mixins import SyncRawMixin, live_events, sync_raw, utils
from port_ocean.core.integrations.mixins.events import EventsMixin
from port_ocean.core.integrations.mixins.live_events import LiveEventsMixin
from port_ocean.helpers.metric import metric
from port_ocean.log.sensetive import SensitiveLogFilter, sensitive_log_filter
from port_ocean.version import __integration_version__

from ocean_adapter.metric_reports import MetricReports

ROOT = Path(__file__).parents[2]
ADAPTER = ROOT / "ocean_adapter"


@dataclass(frozen=True, slots=True)
class PrivateName:
    """A private method of Ocean that we override or call.

    signature: the one that our code expects. called_in: the module of Ocean that calls an overridden method.
    """

    owner: type
    name: str
    signature: str
    called_in: ModuleType | None = None

    def __str__(self) -> str:
        return f"{self.owner.__name__}.{self.name}"


NAMES = (
    PrivateName(
        SyncRawMixin,
        "_register_in_batches",
        "(self, resource_config, user_agent_type, index, dsp_enabled=False)",
        called_in=sync_raw,
    ),
    PrivateName(
        SyncRawMixin,
        "_register_resource_raw",
        "(self, resource, results, user_agent_type, parse_all=False, batch_index=1)",
        called_in=sync_raw,
    ),
    PrivateName(SyncRawMixin, "_calculate_raw", "(self, raw_diff, parse_all=False)"),
    PrivateName(
        SyncRawMixin, "_fetch_entities_batch_from_port", "(self, entities_batch, resource, user_agent_type)"
    ),
    PrivateName(
        SyncRawMixin,
        "_sync_incremental_kind",
        "(self, resource, index, cursor, next_cursor, cursor_store, user_agent_type, integration_type, "
        "integration_id, kind_identifier)",
        called_in=sync_raw,
    ),
    PrivateName(
        JQEntityProcessor,
        "_parse_items",
        "(self, mapping, raw_results, parse_all=False)",
        called_in=base,
    ),
    PrivateName(JQEntityProcessor, "_search", "(self, data, pattern, field=None)", called_in=utils),
    PrivateName(
        LiveEventsMixin,
        "_parse_raw_event_results_to_entities",
        "(self, webhook_events_raw_result)",
        called_in=live_events,
    ),
    PrivateName(LiveEventsMixin, "_delete_entities", "(self, entities)", called_in=live_events),
    PrivateName(LiveEventsMixin, "_does_entity_exists", "(self, entity)"),
    PrivateName(JQEntityProcessor, "_log_search_failure", "(pattern, exc, field=None)"),
    PrivateName(JQEntityProcessor, "_resolve_required_fields", "(self, mapping, entity_misconfigurations)"),
    PrivateName(
        JQEntityProcessor,
        "_notify_mapping_issues",
        "(entity_misconfigurations, has_skipped_entities, entity_mapping_fault_counter, required_fields)",
    ),
)


def signature_of(method: Callable[..., Any]) -> str:
    """Return the parameter names and defaults, without types."""
    parameters = [
        each.replace(annotation=inspect.Parameter.empty)
        for each in inspect.signature(method).parameters.values()
    ]
    return str(inspect.Signature(parameters))


@pytest.mark.parametrize("method", NAMES, ids=str)
def test_a_private_method_is_unchanged(method: PrivateName) -> None:
    assert signature_of(getattr(method.owner, method.name)) == method.signature
    if method.called_in:
        assert f".{method.name}(" in inspect.getsource(method.called_in), "Ocean no longer calls it"


def test_private_attributes_are_unchanged() -> None:
    assert isinstance(sensitive_log_filter.compiled_patterns, list)
    # SecretMasks implements only `sub` of a pattern.
    methods = re.findall(r"pattern\.(\w+)\(", inspect.getsource(SensitiveLogFilter))
    assert set(methods) == {"sub"}
    assert EventsMixin().event_strategy.incremental == {}
    assert WebhookEvent("trace", {}, {})._original_request is None
    # What mapping and blueprint became is remembered for one version of the integration.
    assert (
        __integration_version__ == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    )


def test_all_that_oceans_metrics_call_of_ports_client_is_in_our_reports() -> None:
    """`MetricReports` takes the client's place in Ocean's metrics."""
    called = set(re.findall(r"self\.port_client\.(\w+)", inspect.getsource(metric)))
    assert called
    assert called <= {name for name in vars(MetricReports) if not name.startswith("_")}


def used_names() -> Iterator[tuple[str, str]]:
    """Yield the file and name of each private attribute of Ocean that we override or call."""
    private = {name for owner in (SyncRawMixin, LiveEventsMixin, JQEntityProcessor) for name in dir(owner)}
    for file in sorted(ADAPTER.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = getattr(node, "attr", None) or (
                node.name if isinstance(node, ast.AsyncFunctionDef) else ""
            )
            if re.match("_[a-z]", name) and name in private:
                yield file.name, name


def test_every_private_name_is_in_the_table_and_in_the_documentation() -> None:
    used = {name for _, name in used_names()}
    assert used == {each.name for each in NAMES}
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    _, _, section = page.partition("## Ocean's private names")
    assert {name for name in used if f"`{name}`" in section} == used
