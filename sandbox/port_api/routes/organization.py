"""Access tokens, the organization, and resources that are stored but not evaluated."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.errors import invalid, not_found
from sandbox.port_api.exchange import Name, answer, body_of, port_of, takes
from sandbox.port_api.jsontext import Document, Json, dump
from sandbox.port_api.shapes import Shape, record

router = APIRouter(tags=["Organization"])

_TEXT = {"type": "string"}
_CREDENTIALS = Shape(record({"clientId": _TEXT, "clientSecret": _TEXT}))
_EXTRA = Shape({"type": "object"})
_SCORECARD = Shape(
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
async def introduce() -> Response:
    """What this is."""
    return answer(
        name="Port sandbox",
        description="The part of Port's REST API that an Ocean integration calls. Loopback only.",
        api="/v1",
        inspection="/_sandbox",
    )


@router.post("/v1/auth/access_token", openapi_extra=takes(_CREDENTIALS))
async def create_token(request: Request) -> Response:
    """`{clientId, clientSecret}` -> `{accessToken, expiresIn, tokenType}`; expiresIn in seconds."""
    body = _CREDENTIALS.check(await body_of(request))
    token, lives_s = port_of(request).tokens.issue(body["clientId"], body["clientSecret"])
    return answer(accessToken=token, expiresIn=lives_s, tokenType="Bearer")


@router.get("/v1/organization")
async def get_organization(request: Request) -> Response:
    """One organization; its feature flags tell Ocean who makes entities of what it extracts."""
    flags = port_of(request).settings.processing.feature_flags
    return answer(
        organization={"id": "sandbox", "name": "Sandbox", "featureFlags": flags, "isBlocked": False}
    )


@router.get("/v1/kafka-credentials")
async def get_kafka_credentials() -> Response:
    """Made up: the sandbox has no broker."""
    return answer(credentials={"username": "sandbox", "password": "sandbox"})


@router.post("/v1/actions/runs/claim-pending")
async def claim_action_runs() -> Response:
    """Nothing ever runs here."""
    return answer(runs=[])


@router.post("/v1/workflows/runs/claim-pending")
async def claim_workflow_runs() -> Response:
    """Nothing ever runs here."""
    return answer(nodeRuns=[])


@router.post("/v1/actions", openapi_extra=takes(_EXTRA))
async def create_action(request: Request) -> Response:
    """Stored as it is."""
    return _stored(request, "action", None, _EXTRA.check(await body_of(request)))


@router.post("/v1/pages", openapi_extra=takes(_EXTRA))
async def create_page(request: Request) -> Response:
    """Stored as it is."""
    return _stored(request, "page", None, _EXTRA.check(await body_of(request)))


@router.post("/v1/blueprints/{blueprint:path}/scorecards", openapi_extra=takes(_SCORECARD))
async def create_scorecard(request: Request, blueprint: Name) -> Response:
    """Stored as it is; the blueprint must exist."""
    body = _SCORECARD.check(await body_of(request))
    port_of(request).blueprints.get(blueprint)
    return _stored(request, "scorecard", blueprint, body)


@router.patch("/v1/org/{organization}/integration/probe/{probe:path}", openapi_extra=takes(_EXTRA))
async def report_probe(request: Request, organization: Name, probe: Name) -> Response:
    """A probe's progress, stored as it is."""
    body: Json = _EXTRA.check(await body_of(request))
    if organization != "sandbox":
        raise not_found("Organization", organization)
    if not probe:
        raise invalid("the path must name the probe")
    return _stored(request, "probe", None, {"identifier": probe, "report": body}, status=200)


def _stored(
    request: Request, sort: str, blueprint: str | None, document: Document, status: int = 201
) -> Response:
    port_of(request).store.write(
        "INSERT INTO extras (sort, blueprint, document) VALUES (?, ?, ?)", (sort, blueprint, dump(document))
    )
    return answer(status, **{sort: document})
