"""Import of a document: its settings and endpoints become inputs of the page."""

import asyncio
import json
from dataclasses import replace

from builder.imports import Imported, ImportedEndpoint
from builder.imports import read_document as read_any_document
from builder.inference import corrected_selector
from builder.pasted_response import parse_response
from builder.web.choose.autofill import fill_in
from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.nesting import sampled_source, with_relations
from builder.web.choose.selector import with_selector
from builder.web.connect.form import ImportForm
from builder.web.connect.mappings import with_mappings
from builder.web.connect.parsing import with_settings
from builder.web.page.workspace import Workspace
from rest.bodies import Json
from rest.errors import ItemsError


async def read_document(form: ImportForm) -> Imported:
    """Read a document. Raises DocumentError: its format is not read, or it is malformed."""
    return await asyncio.to_thread(read_any_document, form.text, form.address)


async def with_document(workspace: Workspace, document: Imported) -> Workspace:
    """Enter a document's settings and offer its endpoints. A single endpoint is added at once."""
    connection = with_settings(workspace.connection, document.settings)
    workspace = replace(workspace, connection=connection, imported=document)
    if len(document.endpoints) == 1 or any(each.mappings for each in document.endpoints):
        # A mapping is taken over as a whole.
        for each in document.endpoints:
            workspace = await with_imported(workspace, each)
    return workspace


async def with_imported(workspace: Workspace, imported: ImportedEndpoint) -> Workspace:
    """Add a document's endpoint with its sample, and display it."""
    if workspace.endpoint.kind.strip():
        workspace = workspace.with_new_endpoint()
    form = replace(workspace.endpoint, kind=imported.kind, notes=imported.notes)
    # An example of the document proves nothing about the API.
    proven = [each for each in workspace.sampled if each.sample and each.sample.origin != "imported"]
    sampled = list(map(sampled_source, proven))
    selector = imported.selector
    if not imported.mappings:
        selector = await asyncio.to_thread(corrected_selector, imported.kind, selector, sampled)
    form = with_selector(form, selector)
    if imported.sample is not None:
        form = await _with_sample(form, imported.sample)
    if imported.mappings:
        form = with_mappings(form, imported.mappings)
    return await asyncio.to_thread(with_relations, workspace.with_endpoint(form))


async def _with_sample(form: EndpointForm, sample: Json) -> EndpointForm:
    try:
        answer = parse_response(json.dumps(sample), kind=form.kind)
        return await asyncio.to_thread(fill_in, form, answer, "imported", form.kind)
    except ItemsError:
        return form  # the example of the document does not fit; a real sample can replace it
