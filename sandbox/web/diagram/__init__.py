"""Layout of the blueprint diagram: blueprints are boxes, relations are arrows."""

from sandbox.web.diagram.drawing import Drawing, draw
from sandbox.web.diagram.layers import Relation

__all__ = ["Drawing", "Relation", "draw"]
