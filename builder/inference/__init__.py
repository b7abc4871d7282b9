"""What an API's answer tells: its items, their fields, and all that a mapping needs to know of them."""

from builder.inference.fields import FoundField, fields_found
from builder.inference.identifiers import FoundIdentifier
from builder.inference.lists import FoundList, lists_found
from builder.inference.outputs import outputs_of
from builder.inference.page_words import request_shown
from builder.inference.pages import FoundPages, pages_found
from builder.inference.parameters import parameter_names, with_parameters
from builder.inference.parents import FoundParameter, SampledSource, parameters_found
from builder.inference.proposal import Proposal, items_at, proposal, proposal_of_items
from builder.inference.relations import FoundRelation, relations_found
from builder.inference.resource_names import ResourceName, resource_name
from builder.inference.titles import FoundTitle

__all__ = [
    "FoundField",
    "FoundIdentifier",
    "FoundList",
    "FoundPages",
    "FoundParameter",
    "FoundRelation",
    "FoundTitle",
    "Proposal",
    "ResourceName",
    "SampledSource",
    "fields_found",
    "items_at",
    "lists_found",
    "outputs_of",
    "pages_found",
    "parameter_names",
    "parameters_found",
    "proposal",
    "proposal_of_items",
    "relations_found",
    "request_shown",
    "resource_name",
    "with_parameters",
]
