"""The commands know the variables that the installed Ocean reads."""

from port_ocean.config.settings import IntegrationConfiguration, IntegrationSettings, PortSettings

from builder.cli.variable_names import OCEAN_FIELDS


def test_the_known_names_are_those_of_ocean() -> None:
    models = {"": IntegrationConfiguration, "INTEGRATION": IntegrationSettings, "PORT": PortSettings}
    for section, model in models.items():
        fields = vars(model)["__pydantic_fields__"]
        assert {name.upper() for name in fields} == OCEAN_FIELDS[section]
