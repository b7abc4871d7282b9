"""The catalog page: a diagram and a list of all blueprints with live entity counts."""

from hashlib import blake2s

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.blueprints import Blueprint
from sandbox.port_api.json_codec import Document, sorted_dump
from sandbox.web.diagram import Relation, draw
from sandbox.web.site import Site, site_of
from sandbox.web.sync_views import latest_syncs

router = APIRouter()


@router.get("/")
async def show_catalog(request: Request) -> Response:
    """Show the diagram and the list."""
    site = site_of(request)
    blueprints = _visible_blueprints(site)
    documents = {blueprint.identifier: blueprint.document for blueprint in blueprints}
    drawing = draw(list(documents), _relations(blueprints))
    return site.page(
        "catalog.html",
        documents=documents,
        drawing=drawing,
        titles={name: document["title"] for name, document in documents.items()},
        counts=_counts(site, blueprints),
        syncs=latest_syncs(site.port, site.queries),
        seen=_fingerprint(site, blueprints),
        address=f"{request.url.scheme}://{request.headers['host']}",
    )


@router.get("/live")
async def show_changes(request: Request, seen: str = "") -> Response:
    """Return the changes since `seen`, or 204 if there are none."""
    site = site_of(request)
    blueprints = _visible_blueprints(site)
    now = _fingerprint(site, blueprints)
    if now == seen:
        return Response(status_code=204)
    old_blueprints, _, old_states = (seen.split(".") + [""] * 3)[:3]
    new_blueprints, _, new_states = now.split(".")
    if new_blueprints != old_blueprints:  # the diagram has changed
        return Response(headers={"HX-Refresh": "true"})
    syncs = latest_syncs(site.port, site.queries) if new_states != old_states else None
    return site.page("catalog_live.html", seen=now, counts=_counts(site, blueprints), syncs=syncs)


def _visible_blueprints(site: Site) -> list[Blueprint]:
    """Return all blueprints except unused system blueprints."""
    counts = site.queries.counts()
    used = {
        relation["target"]
        for each in site.port.blueprints
        for relation in each.document["relations"].values()
    }
    return [
        each
        for each in site.port.blueprints
        if not each.identifier.startswith("_") or each.identifier in used or counts.get(each.identifier)
    ]


def _relations(blueprints: list[Blueprint]) -> list[Relation]:
    return [
        Relation(blueprint.identifier, name, relation["target"])
        for blueprint in blueprints
        for name, relation in blueprint.document["relations"].items()
    ]


def _counts(site: Site, blueprints: list[Blueprint]) -> dict[str, int]:
    counts = site.queries.counts()
    return {blueprint.identifier: counts.get(blueprint.identifier, 0) for blueprint in blueprints}


def _fingerprint(site: Site, blueprints: list[Blueprint]) -> str:
    """Return the hashes of the blueprints, of the counts and of the integrations' states."""
    shapes: list[Document] = [blueprint.document for blueprint in blueprints]
    states = [
        [integration.identifier, integration.document.get("resyncState"), integration.resync_requested_at]
        for integration in site.port.integrations
    ]
    return ".".join(_hash(each) for each in (shapes, _counts(site, blueprints), states))


def _hash(value: object) -> str:
    return blake2s(sorted_dump(value).encode(), digest_size=6).hexdigest()
