"""Ocean's entity, made of what is JSON already."""

from typing import Any, override

from port_ocean.core.models import Entity

type Fields = dict[str, Any]


class JsonEntity(Entity):
    """Ocean asks an entity for its fields to send it, and copies every value of them. These need no copy."""

    @classmethod
    def of(cls, found: Fields) -> Entity:
        """Ocean's model. What its slow validation would leave as it is has no need of it."""
        icon, team = found.get("icon"), found.get("team")
        if isinstance(icon, str | None) and isinstance(team, str | list | dict | None):
            return cls.construct(**found)
        return Entity.parse_obj(found)

    @override
    def dict(self, **asked: Any) -> Fields:
        """The fields; where Ocean asks for those that were set, to send them, the entity's own."""
        if asked != {"exclude_unset": True, "by_alias": True}:
            return super().dict(**asked)
        return {name: value for name, value in self.__dict__.items() if name in self.__fields_set__}
