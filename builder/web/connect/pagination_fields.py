"""The inputs of each pagination type."""

from builder.web.connect.setting_field import SettingField, shown_for

PAGINATION_TYPE = SettingField(
    "paginationType",
    "Pagination",
    "choice",
    help="auto detects the type from the first response of each endpoint.",
    choices=(
        ("auto", "auto: detect the type (recommended)"),
        ("none", "none: a single response"),
        ("offset", "offset: skip a number of items"),
        ("page", "page: number the pages"),
        ("cursor", "cursor: send a cursor from the last response"),
        ("next_link", "next_link: follow a URL in the body"),
        ("header_link", "header_link: follow the Link header"),
    ),
)
_COUNTED = ("offset", "page")
_POSITIONED = (*_COUNTED, "cursor")
_PAGED = shown_for(
    "paginationType",
    ("auto", *_POSITIONED, "next_link", "header_link"),
    SettingField("pageSize", "Page size", "number", example="100"),
    SettingField("sizeParam", "Page size parameter", help="Enter - to send no page size.", example="limit"),
    SettingField(
        "maxPages", "Maximum pages", "number", help="More pages are an error. Nothing is cut off silently."
    ),
)
_POSITION = shown_for(
    "paginationType",
    _POSITIONED,
    SettingField(
        "paginationParam", "Position parameter", help="By default named like the type: offset, page, cursor."
    ),
    SettingField("hasMorePath", "Path of the has-more flag", example="has_more"),
)
_TOTALS = shown_for(
    "paginationType",
    _COUNTED,
    SettingField("totalPath", "Path of the total number of items", example="total"),
    SettingField("lastPagePath", "Path of the last-page flag", example="meta.last"),
)
_PAGE = shown_for(
    "paginationType",
    ("page",),
    SettingField("startPage", "Number of the first page", "number", example="1"),
    SettingField("totalPagesPath", "Path of the total number of pages", example="total_pages"),
)
_CURSOR = shown_for(
    "paginationType",
    ("cursor",),
    SettingField("cursorPath", "Path of the next cursor", example="meta.next_cursor"),
    SettingField("cursorHeader", "Or response header", example="X-Next-Cursor"),
)
_NEXT_LINK = shown_for(
    "paginationType",
    ("next_link",),
    SettingField("nextLinkPath", "Path of the next page's URL", example="links.next"),
    SettingField("nextLinkHeader", "Or response header", example="X-Next-Page"),
)
_HEADER_LINK = shown_for(
    "paginationType",
    ("header_link",),
    SettingField("headerLinkRel", "Relation in the Link header", example="next"),
)
PAGINATION = (*_PAGED, *_POSITION, *_TOTALS, *_PAGE, *_CURSOR, *_NEXT_LINK, *_HEADER_LINK)
