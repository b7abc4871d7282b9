"""What mappings may do besides reading with GET and POST."""

from collections.abc import Mapping
from dataclasses import dataclass

from rest.errors import Mistake, ResourceError

_KEY = "exportEnvVariables"
# Ocean's models accept the key by its alias and by the name of its field.
_SPELLINGS = frozenset({_KEY, "export_env_variables"})
_READING_METHODS = frozenset({"GET", "POST"})


@dataclass(frozen=True, slots=True)
class Permissions:
    """The permissions of mappings, by default none.

    writes: PUT and PATCH (setting allowWrites).
    environment: environment variables in the raw data for Port (Ocean's flag for jq).
    unsigned_events: events come from a sender that cannot sign them (webhookVerify: hint), which makes the
    rules of selector.webhook stricter.
    """

    writes: bool = False
    environment: bool = False
    unsigned_events: bool = False

    def check_method(self, method: str, where: str) -> None:
        """Raise ResourceError if the method may write and writing is not permitted."""
        if self.writes or method in _READING_METHODS:
            return
        raise ResourceError.of(
            Mistake(f"{where}.method", f"{method} may change data in the API, but mappings may only read"),
            hint="Use GET or POST. If the endpoint only reads with it, set the setting allowWrites to true",
        )

    def without_exports(self, selector: object) -> object:
        """Return the selector without Ocean's key for environment variables.

        Raises ResourceError: the selector has this key, and it is not permitted.
        """
        if not isinstance(selector, Mapping):
            return selector  # reported when the selector is validated
        exported = [value for name, value in selector.items() if name in _SPELLINGS and value]
        if exported and not self.environment:
            raise ResourceError(
                f"selector.{_KEY} would send the integration's environment variables, even secrets, to Port",
                hint="Remove it. To permit it, set OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS to true",
            )
        for value in exported:
            if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
                raise ResourceError.of(
                    Mistake(f"selector.{_KEY}", f"got {value!r:.80}, accepts a list of names")
                )
        return {name: value for name, value in selector.items() if name not in _SPELLINGS}


NO_PERMISSIONS = Permissions()
