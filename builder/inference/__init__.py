"""Infer a mapping from an API's response: items, fields, identifiers, titles, pagination and relations.

`proposal` and `pages_found` are the names of version 1.0 for `propose` and `find_pagination`. Tools outside
of this repository call them.
"""

from builder.inference.defined_pagination import defined_pagination
from builder.inference.fields import FoundField
from builder.inference.lists import find_lists
from builder.inference.pagination_proposal import FoundPagination, find_pagination
from builder.inference.pagination_proposal import find_pagination as pages_found
from builder.inference.pagination_texts import describe_next, describe_stop, format_request
from builder.inference.parent_correction import corrected_selector
from builder.inference.parent_matching import SampledSource, find_parents
from builder.inference.path_parameters import parameter_names
from builder.inference.relations import FoundRelation, find_relations
from builder.inference.resource_names import resource_name
from builder.inference.source_proposal import Proposal, items_at, propose, propose_from_samples
from builder.inference.source_proposal import propose as proposal

__all__ = [
    "FoundField",
    "FoundPagination",
    "FoundRelation",
    "Proposal",
    "SampledSource",
    "corrected_selector",
    "defined_pagination",
    "describe_next",
    "describe_stop",
    "find_lists",
    "find_pagination",
    "find_parents",
    "find_relations",
    "format_request",
    "items_at",
    "pages_found",
    "parameter_names",
    "proposal",
    "propose",
    "propose_from_samples",
    "resource_name",
]
