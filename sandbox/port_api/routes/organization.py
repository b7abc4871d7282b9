"""Access tokens, the organization, and resources that are stored without evaluation."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.body_schema import BodySchema, record
from sandbox.port_api.errors import invalid, not_found
from sandbox.port_api.http_messages import Name, body_of, ok_response, port_of, request_body
from sandbox.port_api.json_codec import Document, Json, dump

router = APIRouter(tags=["Organization"])

_TEXT = {"type": "string"}
_CREDENTIALS = BodySchema(record({"clientId": _TEXT, "clientSecret": _TEXT}))
_EXTRA = BodySchema({"type": "object"})
_SCORECARD = BodySchema(
    record(
        {
            "identifier": {"type": "string", "minLength": 1, "maxLength": 100},
            "title": _TEXT,
            "rules": {"type": "array", "items": {"type": "object"}},
        },
        closed=False,
    )
)


@router.get("/")
async def describe() -> Response:
    """Describe the sandbox."""
    return ok_response(
        name="Port sandbox",
        description="The part of Port's REST API that an Ocean integration calls. Loopback only.",
        api="/v1",
        inspection="/_sandbox",
    )


@router.post("/v1/auth/access_token", openapi_extra=request_body(_CREDENTIALS))
async def create_token(request: Request) -> Response:
    """Issue a token: `{clientId, clientSecret}` -> `{accessToken, expiresIn, tokenType}`."""
    body = _CREDENTIALS.check(await body_of(request))
    token, lives_s = port_of(request).access_tokens.issue(body["clientId"], body["clientSecret"])
    return ok_response(accessToken=token, expiresIn=lives_s, tokenType="Bearer")


@router.get("/v1/organization")
async def get_organization(request: Request) -> Response:
    """Return the organization. Ocean derives its processing mode from the feature flags."""
    flags = port_of(request).settings.processing.feature_flags
    return ok_response(
        organization={"id": "sandbox", "name": "Sandbox", "featureFlags": flags, "isBlocked": False}
    )


@router.get("/v1/kafka-credentials")
async def get_kafka_credentials() -> Response:
    """Return made-up credentials. The sandbox has no Kafka broker."""
    return ok_response(credentials={"username": "sandbox", "password": "sandbox"})


@router.post("/v1/actions/runs/claim-pending")
async def claim_action_runs() -> Response:
    """Return no runs. The sandbox does not execute actions."""
    return ok_response(runs=[])


@router.post("/v1/workflows/runs/claim-pending")
async def claim_workflow_runs() -> Response:
    """Return no runs. The sandbox does not execute workflows."""
    return ok_response(nodeRuns=[])


@router.post("/v1/actions", openapi_extra=request_body(_EXTRA))
async def create_action(request: Request) -> Response:
    """Store an action."""
    return _store(request, "action", None, _EXTRA.check(await body_of(request)))


@router.post("/v1/pages", openapi_extra=request_body(_EXTRA))
async def create_page(request: Request) -> Response:
    """Store a page."""
    return _store(request, "page", None, _EXTRA.check(await body_of(request)))


@router.post("/v1/blueprints/{blueprint:path}/scorecards", openapi_extra=request_body(_SCORECARD))
async def create_scorecard(request: Request, blueprint: Name) -> Response:
    """Store a scorecard. The blueprint must exist."""
    body = _SCORECARD.check(await body_of(request))
    port_of(request).blueprints.get(blueprint)
    return _store(request, "scorecard", blueprint, body)


@router.patch("/v1/org/{organization}/integration/probe/{probe:path}", openapi_extra=request_body(_EXTRA))
async def report_probe(request: Request, organization: Name, probe: Name) -> Response:
    """Store the progress of a probe."""
    body: Json = _EXTRA.check(await body_of(request))
    if organization != "sandbox":
        raise not_found("Organization", organization)
    if not probe:
        raise invalid("the path must name the probe")
    return _store(request, "probe", None, {"identifier": probe, "report": body}, status=200)


def _store(
    request: Request, sort: str, blueprint: str | None, document: Document, status: int = 201
) -> Response:
    port_of(request).store.write(
        "INSERT INTO extras (sort, blueprint, document) VALUES (?, ?, ?)", (sort, blueprint, dump(document))
    )
    return ok_response(status, **{sort: document})
