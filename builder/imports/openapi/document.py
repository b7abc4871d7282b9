"""An OpenAPI document as nodes: objects that know where they stand, with `$ref` followed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from builder.imports.found import DocumentError
from rest.bodies import Json

_REF = "$ref"


@dataclass(frozen=True, slots=True)
class Node:
    """An object of the document.

    root: all of it. where: the place, for messages. ref: the reference that led here, empty for none.
    """

    root: dict[str, Json] = field(repr=False)
    value: Mapping[str, Json] = field(repr=False)
    where: str = ""
    ref: str = ""

    @classmethod
    def of(cls, document: dict[str, Json]) -> "Node":
        """The document itself."""
        return cls(document, document)

    def child(self, key: str) -> "Node | None":
        """The object under a key, None where there is none.

        Raises DocumentError: something else stands there, or a reference that leads nowhere.
        """
        value = self.value.get(key)
        return None if value is None else self._node(value, self._under(key))

    def fields(self, key: str) -> Iterator[tuple[str, "Node"]]:
        """The objects in the object under a key, by their names. Raises DocumentError: as `child`."""
        holder = self.child(key)
        for name in holder.value if holder else ():
            if holder and (inner := holder.child(name)):
                yield name, inner

    def elements(self, key: str) -> list["Node"]:
        """The objects in the list under a key. Raises DocumentError: as `child`."""
        value = self.value.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise DocumentError(f"{self._under(key)} is no list")
        return [self._node(each, f"{self._under(key)}[{number}]") for number, each in enumerate(value)]

    def text(self, key: str) -> str:
        """The text under a key, empty where there is none."""
        value = self.value.get(key)
        return value if isinstance(value, str) else ""

    def is_true(self, key: str) -> bool:
        """True where the document says true, and not only something like it."""
        return self.value.get(key) is True

    def _under(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def _node(self, value: Json, where: str) -> "Node":
        if isinstance(value, bool):
            # JSON Schema's true and false, which say nothing of what a value looks like.
            value = {}
        if not isinstance(value, dict):
            raise DocumentError(f"{where} is no object")
        node = Node(self.root, value, where)
        seen: set[str] = set()
        # A property may be called $ref too; then an object stands there.
        while isinstance(reference := node.value.get(_REF), str):
            if reference in seen:
                raise DocumentError(f"{where}: $ref {reference!r} leads to itself")
            seen.add(reference)
            node = self._target(node, reference)
        return node

    def _target(self, node: "Node", reference: str) -> "Node":
        """What a reference leads to; in 3.1 what stands beside it is said besides."""
        if not reference.startswith("#"):
            raise DocumentError(
                f"{node.where}: $ref {reference!r} leads to another document, which is not read"
            )
        found: Json = self.root
        for part in unquote(reference[1:]).split("/")[1:]:
            found = _step(found, part.replace("~1", "/").replace("~0", "~"))
        if not isinstance(found, dict):
            raise DocumentError(f"{node.where}: $ref {reference!r} leads to no object of this document")
        beside = {key: value for key, value in node.value.items() if key != _REF}
        return replace(node, value={**found, **beside} if beside else found, ref=reference)


def _step(value: Json, part: str) -> Json:
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list) and part in map(str, range(len(value))):
        return value[int(part)]
    return None
