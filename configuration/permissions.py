"""What the operator lets mappings do besides reading by GET and POST."""

from collections.abc import Mapping
from dataclasses import dataclass

from rest.errors import ResourceError

_KEY = "exportEnvVariables"
# Ocean's models admit the key by its alias and, beside it, by the name of its field.
_SPELLINGS = frozenset({_KEY, "export_env_variables"})
_READS = frozenset({"GET", "POST"})


@dataclass(frozen=True, slots=True)
class Permissions:
    """By default none.

    writes: PUT and PATCH, by the setting `allowWrites`.
    environment: variables of the process in the raw data for Port, by Ocean's flag for jq.
    """

    writes: bool = False
    environment: bool = False

    def check_method(self, method: str, where: str) -> None:
        """Raises ResourceError: the method is there to write, and mappings only read."""
        if self.writes or method in _READS:
            return
        raise ResourceError(
            f"{where}.method: {method} may change data in the API, and mappings only read",
            hint="Use GET or POST. If the endpoint only reads by it, set the setting allowWrites to true",
        )

    def without_exports(self, selector: object) -> object:
        """The selector without Ocean's key for environment variables, which is not ours to read.

        Raises ResourceError: it asks for variables that the operator keeps from mappings.
        """
        if not isinstance(selector, Mapping):
            return selector  # the reader says what is wrong with it
        exported = [value for name, value in selector.items() if name in _SPELLINGS and value]
        if exported and not self.environment:
            raise ResourceError(
                f"selector.{_KEY} would send environment variables of the integration to Port, secrets too",
                hint="Take it out. To permit it, set OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS to true",
            )
        for value in exported:
            if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
                raise ResourceError(f"selector.{_KEY}: got {value!r:.80}, accepts a list of names")
        return {name: value for name, value in selector.items() if name not in _SPELLINGS}


NO_PERMISSIONS = Permissions()
