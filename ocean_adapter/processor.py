"""The entity processor: Ocean's interface to our Mapper."""

import asyncio
from typing import Any, override

from loguru import logger
from port_ocean.context.event import event
from port_ocean.context.ocean import PortOceanContext, ocean
from port_ocean.context.resource import resource
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.ocean_types import RAW_ITEM, CalculationResult, EntitySelectorDiff
from port_ocean.exceptions.context import ResourceContextNotFoundError
from port_ocean.exceptions.core import EntityProcessorException
from port_ocean.utils.signal import signal_handler

from expressions.process import JqLimits, jq_process
from mapping import EntityMapping, Mapper, Outcome, Refusal, WorkerLimits, message_of
from ocean_adapter.json_entity import JsonEntity
from ocean_adapter.mapped_entities import MappedEntities
from ocean_adapter.mapping_check import entity_tally
from ocean_adapter.processing_mode import processing_record


class CustomEntityProcessor(JQEntityProcessor):
    """Ocean's jq entity processor with our mapping. Errors are logged in Ocean's words."""

    def __init__(self, context: PortOceanContext) -> None:
        super().__init__(context)
        self._mapper = Mapper(
            WorkerLimits(
                count=max(1, ocean.config.process_in_queue_max_workers),
                timeout_s=ocean.config.process_in_queue_timeout,
                sees_environment=ocean.config.allow_environment_variables_jq_access,
            )
        )
        signal_handler.register(self._mapper.close)
        signal_handler.register(jq_process(JqLimits()).close)

    @override
    async def _parse_items(
        self, mapping: ResourceConfig, raw_results: list[RAW_ITEM], parse_all: bool = False
    ) -> CalculationResult:
        logger.info(f"Parsing {len(raw_results)} raw results into entities")
        processing_record(event.attributes).mappings += 1
        expressions: dict[str, Any] = mapping.port.entity.mappings.dict(exclude_unset=True)
        entity_mapping = EntityMapping(expressions, mapping.selector.query)
        mapped = await self._mapper.map(entity_mapping, raw_results, every=parse_all)
        await asyncio.sleep(0)
        noted = entity_tally(event.attributes, resource.index).note(mapped, raw_results)
        errors = [_query_error(refusal) for refusal in mapped.refused]
        logger.debug(
            f"Finished parsing raw results into entities with {len(errors)} errors. errors: {errors}"
        )
        for failure in mapped.failures:
            self._log_search_failure(failure.expression, ValueError(failure.message), failure.field)
        for error in errors:
            logger.error(f"Failed to calculate entities with 1 errors. errors: {[error]}")
        await asyncio.sleep(0)  # each of these steps takes long enough for a turn of the event loop
        passed = MappedEntities(map(JsonEntity.of, mapped.passed), noted, mapped.places)
        await asyncio.sleep(0)
        failed = list(map(JsonEntity.of, mapped.failed))
        required = await self._resolve_required_fields(mapping, mapped.misconfigured)
        self._notify_mapping_issues(mapped.misconfigured, mapped.skipped > 0, mapped.skipped, required)
        return CalculationResult(
            EntitySelectorDiff(passed, failed), errors, misconfigured_entity_keys=mapped.misconfigured
        )

    @override
    async def _search(self, data: dict[str, Any], pattern: str, field: str | None = None) -> Any:
        """Return the first result of an expression. None, with a log line, if jq fails or has no result."""
        outcome = await self._mapper.first(pattern, data)
        if _is_items_to_parse(pattern):
            processing_record(event.attributes).mappings += 1
            if not _is_list(outcome):
                entity_tally(event.attributes, resource.index).note_unparsed(data)
        match outcome:
            case [value]:
                return value
            case _:
                self._log_search_failure(pattern, _jq_exception(outcome), field)
                return None


def _is_items_to_parse(pattern: str) -> bool:
    """Return whether the expression is the current entry's `itemsToParse`. Ocean searches for others too."""
    try:
        return bool(pattern == resource.resource_config.port.items_to_parse)
    except ResourceContextNotFoundError:
        return False


def _is_list(outcome: Outcome) -> bool:
    return isinstance(outcome, list) and bool(outcome) and isinstance(outcome[0], list)


def _query_error(refusal: Refusal) -> Exception:
    match refusal.outcome:
        case [value]:
            return EntityProcessorException(
                f"Expected boolean value for pattern {refusal.query!r}, "
                f"got value:{value} of type: {type(value)} instead"
            )
        case outcome:
            return _jq_exception(outcome)


def _jq_exception(outcome: Outcome) -> Exception:
    """Return the exception that Python's jq library would raise."""
    return ValueError(message_of(outcome)) if isinstance(outcome, dict) else StopIteration()
