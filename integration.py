"""Names our classes to Ocean, which executes this file first of all."""

from port_ocean.core.integrations.base import BaseIntegration

from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.comparison import ConcurrentComparison
from ocean_adapter.environment import prepare_environment
from ocean_adapter.marks import EarlierMarks
from ocean_adapter.processor import CustomEntityProcessor
from ocean_adapter.resync import CautiousResync
from ocean_adapter.selector import CustomAppConfigHandler

prepare_environment()


class CustomIntegration(CautiousResync, ConcurrentComparison, EarlierMarks, BaseIntegration):
    """Ocean's integration with our mapping models; it maps, compares, writes and deletes in our ways."""

    AppConfigHandlerClass = CustomAppConfigHandler
    EntityProcessorClass = CustomEntityProcessor
    EntitiesStateApplierClass = CustomStateApplier
