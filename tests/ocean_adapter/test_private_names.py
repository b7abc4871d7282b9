"""Ocean's private names that we use. docs/dependencies.md lists them.

If a test fails after an upgrade, find the name in Ocean's new source, adapt the code that uses it, and update
its row here.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from port_ocean.core.handlers.entity_processor import base
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor
from port_ocean.core.integrations.mixins import SyncRawMixin, sync_raw, utils
from port_ocean.core.integrations.mixins.events import EventsMixin
from port_ocean.log.sensetive import SensitiveLogFilter, sensitive_log_filter

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
        "_map_entities_compared_with_port",
        "(self, entities, resource, user_agent_type)",
        called_in=sync_raw,
    ),
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


def used_names() -> Iterator[tuple[str, str]]:
    """Yield the file and name of each private attribute of Ocean that we override or call."""
    private = {name for owner in (SyncRawMixin, JQEntityProcessor) for name in dir(owner)}
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
