"""Ocean's entity model without copies and validation that JSON values do not need."""

from typing import Any, override

from port_ocean.core.models import Entity

type Fields = dict[str, Any]


class JsonEntity(Entity):
    """An entity that is sent without a copy of its fields. Its values are JSON already."""

    @classmethod
    def of(cls, fields: Fields) -> Entity:
        """Return an entity. Ocean's slow validation runs only where it could change a value."""
        icon, team = fields.get("icon"), fields.get("team")
        if isinstance(icon, str | None) and isinstance(team, str | list | dict | None):
            return cls._of_json(fields)
        return Entity.parse_obj(fields)

    @classmethod
    def _of_json(cls, fields: Fields) -> Entity:
        """Return an entity as pydantic's `construct` makes it, which looks at each field of the model."""
        entity = cls.__new__(cls)
        defaults: Fields = {
            "identifier": None,
            "icon": None,
            "blueprint": None,
            "title": None,
            "team": [],
            "properties": {},
            "relations": {},
        }
        object.__setattr__(entity, "__dict__", defaults | fields)
        object.__setattr__(entity, "__fields_set__", set(fields))
        return entity

    @override
    def dict(self, **options: Any) -> Fields:
        """Return the fields. With Ocean's options for a request, they are not copied."""
        if options != {"exclude_unset": True, "by_alias": True}:
            return super().dict(**options)
        return {name: value for name, value in self.__dict__.items() if name in self.__fields_set__}
