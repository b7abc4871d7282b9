"""AWS' Resource Groups Tagging API: the operation in a header, the cursor in the body, requests signed."""

import hashlib
import hmac
import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.examples.simulations.vendor import Item

_KEY_ID, _SECRET = "AKIDEXAMPLE", "examplesecret"
_TARGET = "ResourceGroupsTaggingAPI_20170126."
_CREDENTIAL = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8}/eu-central-1/tagging/aws4_request), "
    r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)
_TAG_KEYS = [f"Key {number}" for number in range(1, 12)] + ["aws:cloudformation:stack-name"]


def _resource(number: int) -> Item:
    tags = [{"Key": f"Key {1 + number % 11}", "Value": f"value {number}"}]
    return {"ResourceARN": f"arn:aws:sqs:eu-central-1:123456789012:queue-{number}", "Tags": tags}


_LISTS: dict[str, tuple[str, list[Any], int]] = {
    "GetTagKeys": ("TagKeys", _TAG_KEYS, 5),
    "GetResources": ("ResourceTagMappingList", [_resource(number) for number in range(1, 251)], 100),
}


def _is_signed(request: Request, body: bytes) -> bool:
    found = _CREDENTIAL.fullmatch(request.headers.get("authorization", ""))
    if not found or found[1] != _KEY_ID:
        return False
    names = found[3].split(";")
    headers = "".join(f"{name}:{request.headers[name]}\n" for name in names)
    canonical = "\n".join(
        [
            request.method,
            request.scope["raw_path"].decode(),
            request.url.query,
            headers,
            found[3],
            hashlib.sha256(body).hexdigest(),
        ]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], found[2], digest])
    key = f"AWS4{_SECRET}".encode()
    for part in found[2].split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex() == found[4]


async def _endpoint(request: Request) -> Response:
    body = await request.body()
    if not _is_signed(request, body):
        return JSONResponse({"__type": "InvalidSignatureException", "message": "wrong signature"}, 400)
    operation = request.headers.get("x-amz-target", "").removeprefix(_TARGET)
    if operation not in _LISTS or request.headers["content-type"] != "application/x-amz-json-1.1":
        return JSONResponse({"__type": "UnknownOperationException"}, 400)
    name, items, size = _LISTS[operation]
    start = int(json.loads(body).get("PaginationToken") or 0)
    following = str(start + size) if start + size < len(items) else ""
    page = {name: items[start : start + size], "PaginationToken": following}
    return JSONResponse(page, media_type="application/x-amz-json-1.1")


ROUTES: list[Route] = [Route("/aws/", _endpoint, methods=["POST"])]
