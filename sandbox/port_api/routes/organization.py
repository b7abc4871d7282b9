"""Access tokens, the organization, and resources that are stored but not evaluated."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.errors import invalid, not_found
from sandbox.port_api.exchange import Name, answer, body_of, port_of
from sandbox.port_api.jsontext import Document, Json, dump
from sandbox.port_api.shapes import Shape, record

router = APIRouter(tags=["Organization"])

_TEXT = {"type": "string"}
_CREDENTIALS = Shape(record({"clientId": _TEXT, "clientSecret": _TEXT}))
_EXTRA = Shape({"type": "object"})
_SCORECARD = Shape(
    record({"identifier": {"type": "string", "minLength": 1, "maxLength": 100}, "title": _TEXT}, closed=False)
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


@router.post("/v1/auth/access_token")
async def create_token(request: Request) -> Response:
    """`{clientId, clientSecret}` -> `{accessToken, expiresIn, tokenType}`; expiresIn in seconds."""
    body = _CREDENTIALS.check(await body_of(request))
    token, lives_s = port_of(request).tokens.issue(body["clientId"], body["clientSecret"])
    return answer(accessToken=token, expiresIn=lives_s, tokenType="Bearer")


@router.get("/v1/organization")
async def get_organization() -> Response:
    """One organization, without feature flags: Ocean then syncs by itself."""
    return answer(organization={"id": "sandbox", "name": "Sandbox", "featureFlags": [], "isBlocked": False})


@router.post("/v1/actions/runs/claim-pending")
async def claim_action_runs() -> Response:
    """Nothing ever runs here."""
    return answer(runs=[])


@router.post("/v1/workflows/runs/claim-pending")
async def claim_workflow_runs() -> Response:
    """Nothing ever runs here."""
    return answer(nodeRuns=[])


@router.post("/v1/actions")
async def create_action(request: Request) -> Response:
    """Stored as it is."""
    return _stored(request, "action", None, _EXTRA.check(await body_of(request)))


@router.post("/v1/pages")
async def create_page(request: Request) -> Response:
    """Stored as it is."""
    return _stored(request, "page", None, _EXTRA.check(await body_of(request)))


@router.post("/v1/blueprints/{blueprint:path}/scorecards")
async def create_scorecard(request: Request, blueprint: Name) -> Response:
    """Stored as it is; the blueprint must exist."""
    body = _SCORECARD.check(await body_of(request))
    port_of(request).blueprints.get(blueprint)
    return _stored(request, "scorecard", blueprint, body)


@router.get("/v1/migrations/{identifier}")
async def get_migration(request: Request, identifier: Name) -> Response:
    """Where the deletion of all entities of a blueprint stands: always completed."""
    row = port_of(request).store.row("SELECT document FROM migrations WHERE identifier = ?", (identifier,))
    if row is None:
        raise not_found("Migration", identifier)
    return Response(f'{{"ok":true,"migration":{row[0]}}}', media_type="application/json")


@router.patch("/v1/org/{organization}/integration/probe/{probe:path}")
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
