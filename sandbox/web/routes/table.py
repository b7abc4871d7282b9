"""The entities of a blueprint, a page at a time."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.entities import targets_of
from sandbox.port_api.exchange import Name
from sandbox.web.addresses import blueprint_path
from sandbox.web.fields import fields_of
from sandbox.web.listing import read_listing
from sandbox.web.site import site_of
from sandbox.web.values import NOTHING, in_a_cell

router = APIRouter()


@router.get("/blueprints/{blueprint}")
async def show_table(request: Request, blueprint: Name) -> Response:
    """One page of the table; sorting, filters and columns are in the address."""
    site = site_of(request)
    found = site.port.blueprints.get(blueprint)
    listing = read_listing(fields_of(found), request.query_params.multi_items())
    page = site.queries.page(blueprint, listing)
    listing = listing.turned_to(page.number)
    answer = site.page(
        "table.html",
        blueprint=found.document,
        listing=listing,
        page=page,
        cell=in_a_cell,
        nothing=NOTHING,
        targets=targets_of,
    )
    answer.headers["HX-Push-Url"] = f"{blueprint_path(blueprint)}?{listing.address()}".rstrip("?")
    return answer
