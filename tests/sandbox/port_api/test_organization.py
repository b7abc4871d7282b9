"""Resources that are stored without evaluation, and runs that never exist."""

import httpx
import pytest


@pytest.mark.parametrize(("kind", "field"), [("actions", "runs"), ("workflows", "nodeRuns")])
async def test_there_are_no_runs_to_claim(port: httpx.AsyncClient, kind: str, field: str) -> None:
    response = await port.post(f"/v1/{kind}/runs/claim-pending")
    assert response.json() == {"ok": True, field: []}


async def test_scorecard_requires_an_existing_blueprint(catalog: httpx.AsyncClient) -> None:
    scorecard = {"identifier": "s", "title": "S", "rules": []}
    created = await catalog.post("/v1/blueprints/team/scorecards", json=scorecard)
    assert (created.status_code, created.json()["scorecard"]) == (201, scorecard)
    assert (await catalog.post("/v1/blueprints/none/scorecards", json=scorecard)).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"), [("sandbox/integration/probe/p", 200), ("none/integration/probe/p", 404)]
)
async def test_probe_requires_the_organization(port: httpx.AsyncClient, path: str, status: int) -> None:
    assert (await port.patch(f"/v1/org/{path}", json={"state": "done"})).status_code == status
