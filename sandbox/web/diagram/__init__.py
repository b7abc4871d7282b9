"""Blueprints as boxes and relations as arrows: where each goes, without any drawing tool."""

from sandbox.web.diagram.drawing import Drawing, draw
from sandbox.web.diagram.layers import Relation

__all__ = ["Drawing", "Relation", "draw"]
