"""The settings that Ocean has read, validated at startup."""

from datetime import UTC, datetime

from loguru import logger
from port_ocean.context.ocean import ocean

from auth import auth_for
from configuration.certificates import certificate_warning
from configuration.settings import Settings
from ocean_adapter.transport import uses_proxies
from rest.errors import SettingsError


def read_settings() -> Settings:
    """Return the validated settings. Raises SystemExit: a setting is wrong. The message is one line."""
    try:
        settings = Settings.from_config(ocean.integration_config)
        auth_for(settings)
    except SettingsError as error:
        raise SystemExit(f"Ocean Custom cannot start: {error}") from None
    if not settings.verify_ssl:
        logger.warning("verifySsl is false: anyone between this process and the API can read the credentials")
    if warning := certificate_warning(settings.certificates, datetime.now(UTC)):
        logger.warning(warning)
    if uses_proxies():
        _warn_about_proxies(settings)
    return settings


def _warn_about_proxies(settings: Settings) -> None:
    """Log a warning only: sending credentials unencrypted can be intended."""
    for origin, proxy in settings.plain_proxies().items():
        logger.warning(
            "The proxy {} can read the credentials: requests to {} are not encrypted. Use https, or add the "
            "host to NO_PROXY",
            proxy,
            origin,
        )
