"""The integration class. Ocean executes this file before main.py."""

from port_ocean.core.integrations.base import BaseIntegration

from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.environment import prepare_environment
from ocean_adapter.incremental_cursor import CautiousCursor
from ocean_adapter.processor import CustomEntityProcessor
from ocean_adapter.registration import OverlappedRegistration
from ocean_adapter.resync import CautiousResync
from ocean_adapter.selector import CustomAppConfigHandler

prepare_environment()


class CustomIntegration(CautiousResync, OverlappedRegistration, CautiousCursor, BaseIntegration):
    """Ocean's integration with our mapping, comparison, loading and deletion."""

    AppConfigHandlerClass = CustomAppConfigHandler
    EntityProcessorClass = CustomEntityProcessor
    EntitiesStateApplierClass = CustomStateApplier
