"""Infer a mapping from an API's response: items, fields, identifiers, titles, pagination and relations."""

from builder.inference.fields import FoundField, find_fields
from builder.inference.identifiers import FoundIdentifier
from builder.inference.jq_outputs import evaluate_expressions
from builder.inference.lists import FoundList, find_lists
from builder.inference.pagination_proposal import FoundPagination, find_pagination
from builder.inference.pagination_texts import format_request
from builder.inference.parent_matching import FoundParent, SampledSource, find_parents
from builder.inference.path_parameters import parameter_names, with_parameters
from builder.inference.proposal import Proposal, propose, read_items
from builder.inference.relations import FoundRelation, find_relations
from builder.inference.resource_names import ResourceName, resource_name
from builder.inference.titles import FoundTitle

__all__ = [
    "FoundField",
    "FoundIdentifier",
    "FoundList",
    "FoundPagination",
    "FoundParent",
    "FoundRelation",
    "FoundTitle",
    "Proposal",
    "ResourceName",
    "SampledSource",
    "evaluate_expressions",
    "find_fields",
    "find_lists",
    "find_pagination",
    "find_parents",
    "find_relations",
    "format_request",
    "parameter_names",
    "propose",
    "read_items",
    "resource_name",
    "with_parameters",
]
