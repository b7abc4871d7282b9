"""An OpenAPI document as nodes: objects that know their place in the document, with `$ref` resolved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from builder.imports.imported import DocumentError
from rest.bodies import Json

_REF = "$ref"


@dataclass(frozen=True, slots=True)
class DocumentNode:
    """An object of the document.

    root: the whole document. where: the place in the document, for messages. ref: the reference that was
    resolved to this object, empty if there was none.
    """

    root: dict[str, Json] = field(repr=False)
    value: Mapping[str, Json] = field(repr=False)
    where: str = ""
    ref: str = ""

    @classmethod
    def of(cls, document: dict[str, Json]) -> "DocumentNode":
        """Return the node of a whole document."""
        return cls(document, document)

    def child(self, key: str) -> "DocumentNode | None":
        """Return the object under a key, None if the key is missing.

        Raises DocumentError: the value is not an object, or a reference cannot be resolved.
        """
        value = self.value.get(key)
        return None if value is None else self._node(value, self._under(key))

    def fields(self, key: str) -> Iterator[tuple[str, "DocumentNode"]]:
        """Yield the objects in the object under a key, with their names. Raises DocumentError: as `child`."""
        holder = self.child(key)
        for name in holder.value if holder else ():
            if holder and (inner := holder.child(name)):
                yield name, inner

    def elements(self, key: str) -> list["DocumentNode"]:
        """Return the objects in the list under a key. Raises DocumentError: as `child`."""
        value = self.value.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise DocumentError(f"{self._under(key)} is not a list")
        return [self._node(each, f"{self._under(key)}[{number}]") for number, each in enumerate(value)]

    def text(self, key: str) -> str:
        """Return the text under a key, empty if there is none."""
        value = self.value.get(key)
        return value if isinstance(value, str) else ""

    def is_true(self, key: str) -> bool:
        """Return whether the value under a key is exactly true."""
        return self.value.get(key) is True

    def _under(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def _node(self, value: Json, where: str) -> "DocumentNode":
        if isinstance(value, bool):
            # JSON Schema's true and false do not describe a value.
            value = {}
        if not isinstance(value, dict):
            raise DocumentError(f"{where} is not an object")
        node = DocumentNode(self.root, value, where)
        seen: set[str] = set()
        # A property can be named $ref too. Its value is an object, not text.
        while isinstance(reference := node.value.get(_REF), str):
            if reference in seen:
                raise DocumentError(f"{where}: $ref {reference!r} refers to itself")
            seen.add(reference)
            node = self._target(node, reference)
        return node

    def _target(self, node: "DocumentNode", reference: str) -> "DocumentNode":
        """Resolve a reference. In OpenAPI 3.1, the keys beside $ref are added to the target."""
        if not reference.startswith("#"):
            raise DocumentError(
                f"{node.where}: $ref {reference!r} refers to another document, which is not read"
            )
        found: Json = self.root
        for part in unquote(reference[1:]).split("/")[1:]:
            found = _step(found, part.replace("~1", "/").replace("~0", "~"))
        if not isinstance(found, dict):
            raise DocumentError(
                f"{node.where}: $ref {reference!r} does not refer to an object in this document"
            )
        beside = {key: value for key, value in node.value.items() if key != _REF}
        return replace(node, value={**found, **beside} if beside else found, ref=reference)


def _step(value: Json, part: str) -> Json:
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list) and part in map(str, range(len(value))):
        return value[int(part)]
    return None
