"""Ocean's entity processor, with identifiers as Port wants them."""

from typing import Any, override

from port_ocean.context.event import event
from port_ocean.context.resource import resource
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.ocean_types import RAW_ITEM, CalculationResult

from ocean_adapter.mapped import MappedTally

# jq's own text of a number has all its digits, where its way back to Python has those of a double.
_AS_TEXT = (
    '\n) | if type == "number" then tostring '
    'elif type == "array" then map(if type == "number" then tostring else . end) '
    # Ocean drops an entity without a name in silence, and only for null says so.
    'elif . == "" then null else . end'
)


class CustomEntityProcessor(JQEntityProcessor):
    """Maps as Ocean does, but for numbers that stand as an identifier or a relation's target: Port's
    are strings, so these become strings, with all their digits.
    """

    @override
    async def _parse_items(
        self, mapping: ResourceConfig, raw_results: list[RAW_ITEM], parse_all: bool = False
    ) -> CalculationResult:
        result = await super()._parse_items(_with_texts(mapping), raw_results, parse_all)
        MappedTally.of(event.attributes, resource.index).note(result)
        return result

    @staticmethod
    @override
    def _extract_blueprint_identifier(mapping: ResourceConfig) -> str | None:
        return _as_written(mapping.port.entity.mappings.blueprint).strip().strip("'\"") or None

    @staticmethod
    @override
    def _notify_mapping_issues(
        entity_misconfigurations: dict[str, str],
        has_skipped_entities: bool,
        entity_mapping_fault_counter: int,
        required_fields: set[str],
    ) -> None:
        as_written = {field: _as_written(text) for field, text in entity_misconfigurations.items()}
        JQEntityProcessor._notify_mapping_issues(  # noqa: SLF001 - the method that this one stands for
            as_written, has_skipped_entities, entity_mapping_fault_counter, required_fields
        )


def _with_texts(mapping: ResourceConfig) -> ResourceConfig:
    mappings = mapping.port.entity.mappings
    changed: dict[str, Any] = {
        "identifier": _as_text(mappings.identifier),
        "blueprint": _as_text(mappings.blueprint),
    }
    if mappings.relations:
        changed["relations"] = {name: _as_text(target) for name, target in mappings.relations.items()}
    entity = mapping.port.entity.copy(update={"mappings": mappings.copy(update=changed)})
    return mapping.copy(update={"port": mapping.port.copy(update={"entity": entity})})


def _as_text(expression: Any) -> Any:  # noqa: ANN401 - a search rule stays as it is
    if not isinstance(expression, str):
        return expression
    return f"({JQEntityProcessor._format_filter(expression)}{_AS_TEXT}"  # noqa: SLF001 - Port's rule for quotes


def _as_written(text: str) -> str:
    return text.removeprefix("(").removesuffix(_AS_TEXT) if text.endswith(_AS_TEXT) else text
