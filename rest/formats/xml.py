"""Read XML as JSON values: attributes as `@name`, text as `#text`, repeated elements as a list."""

from collections.abc import Collection
from dataclasses import dataclass, field
from xml.parsers import expat

from rest.bodies import Json

# Deeper documents are no data, and would exhaust the stack of whatever reads them next.
MAX_DEPTH = 200
_ATTRIBUTE, _TEXT = "@", "#text"


@dataclass(slots=True)
class _Element:
    """An element that is being read. texts: its text, in parts."""

    name: str
    members: dict[str, Json]
    texts: list[str] = field(default_factory=list)

    def value(self) -> Json:
        """The element as JSON: null if it is empty, its text if it has nothing else, or an object."""
        text = "".join(self.texts).strip()
        if not self.members:
            return text or None
        return {**self.members, _TEXT: text} if text else self.members


class _Reader:
    """Builds the value of a document from the events of a parser."""

    def __init__(self, lists: Collection[tuple[str, ...]]) -> None:
        self._lists = lists
        self._opened = [_Element("", {})]
        # One text for each name takes much less memory than one for each attribute.
        self._attributes: dict[str, str] = {}
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add_text
        # An entity can expand to gigabytes, or to a file. Without its value, the text would be incomplete.
        parser.EntityDeclHandler = _refuse_declaration
        parser.SkippedEntityHandler = _refuse_entity

    def read(self, text: str) -> Json:
        # Half of a surrogate pair is an error in XML, too.
        self.parser.Parse(text.encode("utf-8", "surrogatepass"), True)  # noqa: FBT003 - takes no names
        return self._opened[0].members

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._opened) > MAX_DEPTH:
            raise ValueError(f"nested more than {MAX_DEPTH} levels deep")
        keys = self._attributes
        members: dict[str, Json] = {
            keys.setdefault(key, _ATTRIBUTE + key): value for key, value in attributes.items()
        }
        self._opened.append(_Element(name, members))

    def _end(self, name: str) -> None:
        value = self._opened.pop().value()
        members = self._opened[-1].members
        if name not in members:
            members[name] = [value] if self._is_list(name) else value
        elif isinstance(known := members[name], list):
            known.append(value)
        else:
            members[name] = [known, value]

    def _add_text(self, text: str) -> None:
        self._opened[-1].texts.append(text)

    def _is_list(self, name: str) -> bool:
        """Return True if one of the lists is the end of the path to the element."""
        outer = tuple(element.name for element in self._opened)
        return any(end[-1] == name and outer[len(outer) - len(end) + 1 :] == end[:-1] for end in self._lists)


def parse_xml(text: str, lists: Collection[tuple[str, ...]] = ()) -> Json:
    """Return a document as an object with the root element's name as its only key.

    An element with neither attributes nor child elements is its text, or null. Otherwise it is an object.
    White space around text is removed. Comments and processing instructions are ignored. Names keep their
    namespace prefix as written. lists: the ends of the paths of elements that are lists if they occur once.

    Raises ValueError: the text is not XML, declares or uses an entity of its own, or is nested too deeply.
    """
    try:
        return _Reader(lists).read(text)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise ValueError(f"line {error.lineno}, column {error.offset + 1}: {reason}") from error


def _refuse_declaration(name: str, *_: object) -> None:
    raise ValueError(f"the document declares the entity {name}, which is refused")


def _refuse_entity(name: str, _: object) -> None:
    raise ValueError(f"the document does not declare the entity {name}")
