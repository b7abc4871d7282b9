"""What each request passes on its way, and where a large answer goes."""

from sending.answers import ends_with_its_connection, keep_small, unpacked
from sending.boundary import Boundary
from sending.breaker import Breaker
from sending.carrying_out import may_be_carried_out_after, may_be_carried_out_by
from sending.disk_body import DiskBody
from sending.failures import Failures, is_certificate_error
from sending.gate import Gate
from sending.request_guard import RequestGuard
from sending.unpacking import unpacker_for

__all__ = [
    "Boundary",
    "Breaker",
    "DiskBody",
    "Failures",
    "Gate",
    "RequestGuard",
    "ends_with_its_connection",
    "is_certificate_error",
    "keep_small",
    "may_be_carried_out_after",
    "may_be_carried_out_by",
    "unpacked",
    "unpacker_for",
]
