"""Names our classes to Ocean, which executes this file first of all."""

from port_ocean.core.integrations.base import BaseIntegration

from ocean_adapter.environment import prepare_environment
from ocean_adapter.processor import CustomEntityProcessor
from ocean_adapter.selector import CustomAppConfigHandler

prepare_environment()


class CustomIntegration(BaseIntegration):
    """Ocean's integration with our mapping models and our way of mapping."""

    AppConfigHandlerClass = CustomAppConfigHandler
    EntityProcessorClass = CustomEntityProcessor
