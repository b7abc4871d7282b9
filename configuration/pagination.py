"""How an installation, or one endpoint of it, is asked for its pages."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from configuration.field_types import Count, PathText, Text, WholeNumber, given, mistakes
from expressions.paths import Path
from rest.errors import ResourceError

type PaginationType = Literal["none", "offset", "page", "cursor", "next_link", "header_link", "auto"]
type ParamLocation = Literal["query", "body", "header"]

# A paginator of another type makes nothing of these names: `starting_after` is no page number.
_OF_ANY_TYPE = frozenset({"type", "page_size", "max_pages"})
# What a type makes nothing of, though the user may think so, is refused. What says how many items there
# are, or whether there are more, counts with every type.
_COUNTED = frozenset({"param", "param_location", "size_param"})
_USES: Mapping[str, frozenset[str]] = {
    "none": frozenset(),
    "offset": _COUNTED,
    "page": _COUNTED | {"start_page"},
    "cursor": _COUNTED | {"cursor_path", "cursor_header"},
    "next_link": frozenset({"size_param", "next_link_path", "next_link_header"}),
    "header_link": frozenset({"size_param", "header_link_rel"}),
    "auto": frozenset({"size_param"}),
}
_OF_ONE_TYPE = frozenset().union(*_USES.values())


class PaginationSettings(BaseModel):
    """The words of the mapping's `pagination`; the settings say the same as paginationParam and so on.

    param, size_param: None stands for the type's own default name; a size_param of "-" sends none, a
    total_path of "-" takes what the API says of the number of items and pages for an estimate.
    page_size: items per page. max_pages: a bound, reaching it is an error.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    type: PaginationType = Field(default="none", description="How pages are fetched")
    param: Text | None = Field(
        default=None, description="The parameter for the offset, page number or cursor"
    )
    param_location: ParamLocation = Field(
        default="query", description="Where the parameter and the size go; dots in a name reach into the body"
    )
    size_param: Text | None = Field(default=None, description="The parameter for the page size; - sends none")
    page_size: Count = Field(default=100, description="Items asked for per page")
    start_page: WholeNumber = Field(default=1, description="The number of the first page")
    cursor_path: PathText | None = Field(default=None, description="Where the next cursor is in the response")
    cursor_header: Text | None = Field(
        default=None, description="The response header that holds the next cursor"
    )
    has_more_path: PathText | None = Field(
        default=None, description="Where it says that there are more pages"
    )
    last_page_path: PathText | None = Field(
        default=None, description="Where it says that this page is the last"
    )
    total_path: Literal["-"] | PathText | None = Field(
        default=None, description="Where it says how many items there are; - believes no such number"
    )
    total_pages_path: PathText | None = Field(
        default=None, description="Where it says how many pages there are"
    )
    next_link_path: PathText | None = Field(default=None, description="Where the URL of the next page is")
    next_link_header: Text | None = Field(default=None, description="The response header with that URL")
    header_link_rel: Text = Field(default="next", description="The relation looked up in the Link header")
    max_pages: Count | None = Field(default=None, description="A bound; more pages are an error")

    @property
    def useless(self) -> list[str]:
        """The words that this type makes nothing of, as far as they say more than the default does."""
        said = (
            name
            for name in self.model_fields_set & _OF_ONE_TYPE
            if getattr(self, name) != PaginationSettings.model_fields[name].default
        )
        return sorted(set(said) - _USES[self.type])

    @property
    def uses_jq(self) -> bool:
        """True where a path is more than a way of keys, so that jq has to be asked."""
        paths = (getattr(self, name) for name in PaginationSettings.model_fields if name.endswith("_path"))
        return any(isinstance(path, Path) and path.program is not None for path in paths)

    @property
    def trusts_totals(self) -> bool:
        """False where the numbers of items and pages that the API gives are only estimates."""
        return self.total_path != "-"

    def overridden(self, changes: Mapping[str, Any], where: str) -> "PaginationSettings":
        """These settings with what a mapping says instead; another type starts from the defaults.

        where: how a message names the place, like `selector.pagination`.
        Raises ResourceError: a value that is not accepted.
        """
        wanted = given(changes)
        kept = self.model_dump(exclude_unset=True)
        if "type" in self.model_fields_set and wanted.get("type", self.type) != self.type:
            kept = {name: value for name, value in kept.items() if name in _OF_ANY_TYPE}
        # What stands in the settings for resources of another type is not for this one.
        useful = _USES.get(str(wanted["type"]), _OF_ONE_TYPE) if "type" in wanted else _OF_ONE_TYPE
        kept = {name: value for name, value in kept.items() if name in useful or name not in _OF_ONE_TYPE}
        try:
            changed = PaginationSettings.model_validate({**kept, **wanted})
        except ValidationError as error:
            lines = mistakes(error, PaginationSettings, lambda name: f"{where}.{name}")
            raise ResourceError("; ".join(lines)) from error
        if useless := [name for name in changed.useless if name in wanted]:
            raise ResourceError(
                f"{where}.{useless[0]} means nothing for pagination type {changed.type}",
                hint=f"Take it out, or set {where}.type: {', '.join(types_with(useless[0]))}",
            )
        return changed


def types_with(word: str) -> list[str]:
    """The pagination types that a word means something to."""
    return [kind for kind, words in _USES.items() if word in words]
