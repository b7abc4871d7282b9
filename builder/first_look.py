"""What the user should check before a mapping is used, as far as a sample shows."""

from collections.abc import Iterator

from builder.draft import Source
from builder.inference import FoundPagination
from builder.preview import Preview
from builder.sampling import Config, check_connection


def entity_doubts(preview: Preview) -> Iterator[str]:
    """Yield the rules of Port that the entities of a sample break, and notes about fields and items."""
    if preview.problems:
        first, count = preview.problems[0], len(preview.problems)
        more = f" ({count} such problems)" if count > 1 else ""
        yield f"Port would refuse or overwrite entities. {first.field}: {first.message}{more}"
    yield from preview.notes


async def first_page_doubt(config: Config, source: Source, pages: FoundPagination) -> str:
    """Return what a sync would doubt about the first page, "" if nothing."""
    if pages.problem:
        return pages.problem
    finding = await check_connection(config, source.kind, source.selector)
    return "" if finding.is_good else finding.message
