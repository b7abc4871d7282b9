"""What each request passes on its way, and where a large answer goes."""

from client.body import ends_with_its_connection, keep_small, unpacked
from client.breaker import Breaker
from client.carried_out import may_be_carried_out_after, may_be_carried_out_by
from client.decompression import unpacker_for
from client.disk_body import DiskBody
from client.header_policy import HeaderPolicy
from client.rate_gate import RateGate
from client.request_errors import RequestErrors, is_certificate_error
from client.url_policy import UrlPolicy

__all__ = [
    "Breaker",
    "DiskBody",
    "HeaderPolicy",
    "RateGate",
    "RequestErrors",
    "UrlPolicy",
    "ends_with_its_connection",
    "is_certificate_error",
    "keep_small",
    "may_be_carried_out_after",
    "may_be_carried_out_by",
    "unpacked",
    "unpacker_for",
]
