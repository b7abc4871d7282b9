"""The posted forms of step 2, as parameters of its routes."""

from typing import Annotated

from fastapi import Depends

from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.form import (
    ItemsForm,
    PastedResponse,
    read_endpoint,
    read_items,
    read_mapping,
    read_number,
    read_response,
)
from builder.web.page.session import CurrentSession, PostedData


async def _endpoint(session: CurrentSession, data: PostedData) -> EndpointForm:
    return read_endpoint(session.workspace.numbered(read_number(data)), data)


async def _mapping(session: CurrentSession, data: PostedData) -> EndpointForm:
    return read_mapping(session.workspace.numbered(read_number(data)), data)


async def _items(session: CurrentSession, data: PostedData) -> ItemsForm:
    return read_items(session.workspace.numbered(read_number(data)), data)


async def _response(data: PostedData) -> PastedResponse:
    return read_response(data)


PostedEndpoint = Annotated[EndpointForm, Depends(_endpoint)]
PostedMapping = Annotated[EndpointForm, Depends(_mapping)]
PostedItems = Annotated[ItemsForm, Depends(_items)]
PostedResponse = Annotated[PastedResponse, Depends(_response)]
