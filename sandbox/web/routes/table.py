"""The table of a blueprint's entities."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.port_api.entities import targets_of
from sandbox.port_api.http_messages import Name
from sandbox.web.display_values import NO_VALUE, cell_value
from sandbox.web.fields import fields_of
from sandbox.web.site import site_of
from sandbox.web.table_query import parse_table_query
from sandbox.web.urls import blueprint_path

router = APIRouter()


@router.get("/blueprints/{blueprint}")
async def show_table(request: Request, blueprint: Name) -> Response:
    """Show one page of the table. The query string has filters, sort order and columns."""
    site = site_of(request)
    found_blueprint = site.port.blueprints.get(blueprint)
    query = parse_table_query(fields_of(found_blueprint), request.query_params.multi_items())
    page = site.queries.page(blueprint, query)
    query = query.with_page(page.number)
    response = site.page(
        "table.html",
        blueprint=found_blueprint.document,
        query=query,
        page=page,
        facets=site.queries.facets(blueprint, query),
        cell=cell_value,
        nothing=NO_VALUE,
        targets=targets_of,
    )
    response.headers["HX-Push-Url"] = f"{blueprint_path(blueprint)}?{query.query_string()}".rstrip("?")
    return response
