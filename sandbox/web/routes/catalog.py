"""The first page: all blueprints, drawn and listed, with their counts as they are now."""

from hashlib import blake2s

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.blueprints import Blueprint
from sandbox.port_api.jsontext import Document, sorted_dump
from sandbox.web.diagram import Relation, draw
from sandbox.web.site import Site, site_of
from sandbox.web.sync import sync_views

router = APIRouter()


@router.get("/")
async def show_catalog(request: Request) -> Response:
    """Diagram and list."""
    site = site_of(request)
    blueprints = _shown(site)
    documents = {blueprint.identifier: blueprint.document for blueprint in blueprints}
    drawing = draw(list(documents), _relations(blueprints))
    return site.page(
        "catalog.html",
        documents=documents,
        drawing=drawing,
        titles={name: document["title"] for name, document in documents.items()},
        counts=_counts(site, blueprints),
        syncs=sync_views(site.port, site.queries),
        seen=_seen(site, blueprints),
        address=f"{request.url.scheme}://{request.headers['host']}",
    )


@router.get("/live")
async def show_changes(request: Request, seen: str = "") -> Response:
    """What differs from what the page has seen; 204 when nothing does."""
    site = site_of(request)
    blueprints = _shown(site)
    now = _seen(site, blueprints)
    if now == seen:
        return Response(status_code=204)
    blueprints_as_seen, _, states_as_seen = (seen.split(".") + [""] * 3)[:3]
    mark_of_blueprints, _, mark_of_states = now.split(".")
    if mark_of_blueprints != blueprints_as_seen:  # the diagram is another one
        return Response(headers={"HX-Refresh": "true"})
    syncs = sync_views(site.port, site.queries) if mark_of_states != states_as_seen else None
    return site.page("catalog_live.html", seen=now, counts=_counts(site, blueprints), syncs=syncs)


def _shown(site: Site) -> list[Blueprint]:
    """All but the system's own that nothing uses."""
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


def _seen(site: Site, blueprints: list[Blueprint]) -> str:
    """Three marks: of what the diagram shows, of the counts, of the integrations' states."""
    shapes: list[Document] = [blueprint.document for blueprint in blueprints]
    states = [
        [integration.identifier, integration.document.get("resyncState"), integration.resync_requested_at]
        for integration in site.port.integrations
    ]
    return ".".join(_mark(each) for each in (shapes, _counts(site, blueprints), states))


def _mark(value: object) -> str:
    return blake2s(sorted_dump(value).encode(), digest_size=6).hexdigest()
