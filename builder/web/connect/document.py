"""Import of a document: its settings and endpoints become inputs of the page."""

import asyncio
import json
from dataclasses import replace

from builder.imports import DocumentError, Imported, ImportedEndpoint, read_curl, read_har, read_openapi
from builder.sampling import parse_response
from builder.web.choose.autofill import fill_in
from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.nesting import with_relations
from builder.web.choose.selector import with_selector
from builder.web.connect.form import ImportForm
from builder.web.connect.parsing import with_settings
from builder.web.page.workspace import Workspace
from rest.bodies import Json
from rest.errors import ItemsError


async def read_document(form: ImportForm) -> Imported:
    """Read an OpenAPI document, a HAR file or a curl command. Raises DocumentError: it is none of these."""
    text = form.text
    if not text.strip():
        raise DocumentError("The document is empty", hint="Paste a document, or choose a file")
    if text.lstrip().startswith("curl"):
        return await asyncio.to_thread(read_curl, text)
    if _is_har(text):
        return await asyncio.to_thread(read_har, text)
    return await asyncio.to_thread(read_openapi, text, form.address)


async def with_document(workspace: Workspace, document: Imported) -> Workspace:
    """Enter a document's settings and offer its endpoints. A single endpoint is added at once."""
    connection = with_settings(workspace.connection, document.settings)
    workspace = replace(workspace, connection=connection, imported=document)
    if len(document.endpoints) == 1:
        return await with_imported(workspace, document.endpoints[0])
    return workspace


async def with_imported(workspace: Workspace, imported: ImportedEndpoint) -> Workspace:
    """Add a document's endpoint with its sample, and display it."""
    if workspace.endpoint.kind.strip():
        workspace = workspace.with_new_endpoint()
    form = replace(workspace.endpoint, kind=imported.kind, notes=imported.notes)
    form = with_selector(form, imported.selector)
    if imported.sample is not None:
        form = await _with_sample(form, imported.sample)
    return await asyncio.to_thread(with_relations, workspace.with_endpoint(form))


async def _with_sample(form: EndpointForm, sample: Json) -> EndpointForm:
    try:
        answer = parse_response(json.dumps(sample), kind=form.kind)
        return await asyncio.to_thread(fill_in, form, answer, "imported", form.kind)
    except ItemsError:
        return form  # the example of the document does not fit; a real sample can replace it


def _is_har(text: str) -> bool:
    return text.lstrip().startswith("{") and '"log"' in text[:2000] and '"entries"' in text
