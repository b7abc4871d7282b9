"""What each request passes on its way, and where a large answer goes."""

from sending.boundary import Boundary
from sending.disk_body import DiskBody
from sending.gate import Gate
from sending.unpacking import unpacker_for

__all__ = ["Boundary", "DiskBody", "Gate", "unpacker_for"]
