"""The masks of our secrets in Ocean's logs and examples."""

import re
from collections.abc import Callable
from typing import cast

from port_ocean.log.sensetive import sensitive_log_filter

from rest.origin import Redactor


class SecretMasks:
    """Our redactor, in the form of a pattern of Ocean's sensitive log filter.

    Ocean masks only settings that are declared as secrets, only in their literal form, and its own log shows
    their first six characters. The redactors also mask the tokens that logins return: `redact` those of a
    resync, and `redact_live` those of live events.
    """

    def __init__(self, redact: Redactor) -> None:
        self.redact = redact
        self.redact_live: Redactor | None = None

    def install(self) -> None:
        """Add the masks to Ocean's filter, before Ocean's own patterns, which then find nothing to show."""
        # Ocean calls only `sub` of a pattern.
        sensitive_log_filter.compiled_patterns.insert(0, cast("re.Pattern[str]", self))

    def sub(self, _replacement: Callable[[re.Match[str]], str] | str, text: str) -> str:
        """Return the text with all secrets masked. Ocean's replacement is ignored."""
        masked = self.redact(text)
        return self.redact_live(masked) if self.redact_live else masked
