"""The pagination settings of an installation or of one endpoint."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from configuration.accepted import mistakes_in, without_unset
from configuration.field_types import Count, FormatText, JsonObject, PathText, Text, WholeNumber
from expressions.paths import Path
from rest.errors import Mistake, ResourceError

type PaginationType = Literal["none", "offset", "page", "cursor", "next_link", "header_link", "auto"]
type ParamLocation = Literal["query", "body", "header"]

# An endpoint with a different type inherits only these keys. The names of parameters differ between types.
_INHERITED = frozenset({"type", "page_size", "max_pages"})
# The keys that have an effect only with certain types. Other types reject them. Totals and flags for more
# pages have an effect with every type.
# The names of the parameter and of the page size.
USUAL_NAMES: Mapping[str, tuple[str, str]] = {
    "offset": ("offset", "limit"),
    "page": ("page", "size"),
    "cursor": ("cursor", "limit"),
}
_PARAMETERS = frozenset({"param", "param_format", "param_location", "size_param", "page_size_min"})
_USES: Mapping[str, frozenset[str]] = {
    "none": frozenset(),
    "offset": _PARAMETERS,
    "page": _PARAMETERS | {"start_page"},
    "cursor": _PARAMETERS | {"cursor_path", "cursor_header", "then"},
    "next_link": frozenset({"size_param", "next_link_path", "next_link_header"}),
    "header_link": frozenset({"size_param", "header_link_rel"}),
    "auto": frozenset({"size_param"}),
}
_TYPE_SPECIFIC = frozenset().union(*_USES.values())


class PaginationSettings(BaseModel):
    """The keys of `pagination` in a mapping. In the settings they are called paginationParam and so on.

    param, size_param: None means the default name of the type. A size_param of "-" sends no page size.
    total_path: "-" treats the API's totals as estimates.
    page_size: items per page. max_pages: more pages are an error. then: read by `mapping_entry`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    type: PaginationType = Field(default="none", description="How pages are requested")
    param: Text | None = Field(
        default=None, description="The parameter for the offset, page number or cursor"
    )
    param_location: ParamLocation = Field(
        default="query",
        description="The location of the parameter and the page size. In the body, dots separate keys and "
        "indexes",
    )
    param_format: FormatText | None = Field(
        default=None,
        description="How the parameter is written, like {start}-{end} for a range. {end} is the last item",
    )
    size_param: Text | None = Field(
        default=None, description='The parameter for the page size. "-" sends no page size'
    )
    page_size: Count = Field(default=100, description="Items per page")
    page_size_min: Count | None = Field(
        default=None,
        description="The smallest page size. A page that fails because it is too large is requested again "
        "with fewer items",
    )
    start_page: WholeNumber = Field(default=1, description="The number of the first page")
    cursor_path: PathText | None = Field(default=None, description="The path to the next cursor")
    cursor_header: Text | None = Field(default=None, description="The response header with the next cursor")
    has_more_path: PathText | None = Field(
        default=None, description="The path to the flag that says whether there are more pages"
    )
    last_page_path: PathText | None = Field(
        default=None, description="The path to the flag that says whether this page is the last"
    )
    total_path: Literal["-"] | PathText | None = Field(
        default=None, description='The path to the total number of items. "-" treats totals as estimates'
    )
    total_pages_path: PathText | None = Field(
        default=None, description="The path to the total number of pages"
    )
    next_link_path: PathText | None = Field(default=None, description="The path to the URL of the next page")
    next_link_header: Text | None = Field(
        default=None, description="The response header with the URL of the next page"
    )
    header_link_rel: Text = Field(
        default="next", description="The relation of the next page in the Link header"
    )
    max_pages: Count | None = Field(
        default=None, description="The maximum number of pages. More pages are an error"
    )
    then: JsonObject | None = Field(
        default=None, description="The request for later pages, if it is different from the first request"
    )

    @property
    def unused(self) -> list[str]:
        """The keys that are set to other values than the default, but have no effect with this type."""
        changed = (
            name
            for name in self.model_fields_set & _TYPE_SPECIFIC
            if getattr(self, name) != PaginationSettings.model_fields[name].default
        )
        return sorted(set(changed) - _USES[self.type])

    @property
    def parameter_names(self) -> frozenset[str]:
        """The names of the parameters that this type sends."""
        param, size_param = USUAL_NAMES.get(self.type, ("", ""))
        return frozenset({self.param or param, self.size_param or size_param})

    @property
    def uses_jq(self) -> bool:
        """True if a path needs jq."""
        paths = (getattr(self, name) for name in PaginationSettings.model_fields if name.endswith("_path"))
        return any(isinstance(path, Path) and path.program is not None for path in paths)

    @property
    def trusts_totals(self) -> bool:
        """False if the API's totals are only estimates."""
        return self.total_path != "-"

    def for_download(self) -> "PaginationSettings":
        """Return these settings without pages, since a file has none.

        The type only counts as chosen if the user has chosen it. If not, a file that has more is doubted.
        """
        single = self.with_overrides({"type": "none"}, "pagination")
        if self.type == "none" and "type" in self.model_fields_set:
            return single
        kept = single.model_dump(exclude_unset=True, exclude={"type"})
        return PaginationSettings.model_validate(kept)

    def with_overrides(self, changes: Mapping[str, Any], where: str) -> "PaginationSettings":
        """Return these settings with the keys of a mapping. A different type starts from the defaults.

        where: the key of the mapping for messages, like `selector.pagination`.
        Raises ResourceError: a value is not accepted.
        """
        overrides = without_unset(changes)
        kept = self.model_dump(exclude_unset=True)
        if "type" in self.model_fields_set and overrides.get("type", self.type) != self.type:
            kept = {name: value for name, value in kept.items() if name in _INHERITED}
        # Without a paginationType, the settings may have keys for resources with other types.
        used = _USES.get(str(overrides["type"]), _TYPE_SPECIFIC) if "type" in overrides else _TYPE_SPECIFIC
        kept = {name: value for name, value in kept.items() if name in used or name not in _TYPE_SPECIFIC}
        try:
            changed = PaginationSettings.model_validate({**kept, **overrides})
        except ValidationError as error:
            mistakes = mistakes_in(error, PaginationSettings, lambda name: f"{where}.{name}")
            raise ResourceError.of(*mistakes) from error
        if unused := [name for name in changed.unused if name in overrides]:
            raise ResourceError.of(
                Mistake(f"{where}.{unused[0]}", f"has no effect with pagination type {changed.type}"),
                hint=f"Remove it, or set {where}.type: {', '.join(types_using(unused[0]))}",
            )
        if mistake := changed.mistake(where):
            raise ResourceError.of(mistake)
        return changed

    def mistake(self, where: str) -> Mistake | None:
        """Return the first key that does not fit the others; None: all fit. where: as in with_overrides."""
        if self.param_format and (what := self.param_format.mistake(self.type)):
            return Mistake(f"{where}.param_format", what)
        if self.page_size_min is None:
            return None
        if self.page_size_min >= self.page_size:
            return Mistake(
                f"{where}.page_size_min",
                f"got {self.page_size_min}, accepts less than the page_size {self.page_size}",
            )
        has_size = self.size_param != "-" or (self.param_format and self.param_format.has_size)
        return (
            None
            if has_size
            else Mistake(f"{where}.page_size_min", "needs a size_param, to request smaller pages")
        )


def types_using(key: str) -> list[str]:
    """Return the pagination types with which a key has an effect."""
    return [name for name, keys in _USES.items() if key in keys]
