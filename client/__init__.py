"""Rules for each request: where it may go, when it starts, when it is retried, how much it may return."""

from client.attempt import Attempt
from client.body import Body, has_no_framing, read_body
from client.breaker import Breaker
from client.building import RequestBuilder
from client.classification import is_success
from client.conditional import ConditionalRequests, Identity, ResponseFolder
from client.connections import Connections, has_proxies
from client.default_headers import headers_for
from client.delivery import may_be_processed_after, may_be_processed_despite
from client.disk_body import DiskBody
from client.exchange import Exchange
from client.header_policy import HeaderPolicy
from client.limits import DEFAULT_LIMITS, Limits
from client.marker import MARKER
from client.rate_gate import Gate, GateLane, RateGate
from client.reception import Reception
from client.redirects import redirected, retried
from client.repeatability import check_rereading, is_repeatable
from client.request_errors import RequestErrors
from client.retry import RetryPolicy
from client.small_body import bound_small_body
from client.tls import tls_rules
from client.traffic import RETRY_REASONS, Traffic
from client.transport_errors import TRANSIENT_ERRORS, explanation, permanent_error
from client.url_policy import UrlPolicy

__all__ = [
    "DEFAULT_LIMITS",
    "MARKER",
    "RETRY_REASONS",
    "TRANSIENT_ERRORS",
    "Attempt",
    "Body",
    "Breaker",
    "ConditionalRequests",
    "Connections",
    "DiskBody",
    "Exchange",
    "Gate",
    "GateLane",
    "HeaderPolicy",
    "Identity",
    "Limits",
    "RateGate",
    "Reception",
    "RequestBuilder",
    "RequestErrors",
    "ResponseFolder",
    "RetryPolicy",
    "Traffic",
    "UrlPolicy",
    "bound_small_body",
    "check_rereading",
    "explanation",
    "has_no_framing",
    "has_proxies",
    "headers_for",
    "is_repeatable",
    "is_success",
    "may_be_processed_after",
    "may_be_processed_despite",
    "permanent_error",
    "read_body",
    "redirected",
    "retried",
    "tls_rules",
]
