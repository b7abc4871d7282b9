"""What the templates of the answer show."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from builder.recording import Exchange
from builder.web.answer.curl import curl_command
from builder.web.answer.items import MAX_ROWS
from builder.web.answer.picks import picks_of
from builder.web.answer.slices import count_text, item_count, slices_of, version_of
from builder.web.answer.tree import BATCH
from builder.web.page.workspace import Workspace

_MAX_CONTENT = 4000
_KIB = 1024
TEMPLATE_GLOBALS: Mapping[str, Any] = {
    "picks_of": picks_of,
    "slices_of": slices_of,
    "version_of": version_of,
    "item_count": item_count,
    "count_text": count_text,
    "max_item_rows": MAX_ROWS,
    "tree_batch": BATCH,
}


def context(workspace: Workspace) -> Mapping[str, Any]:
    """Return the variables of the templates."""
    return {"endpoint": workspace.endpoint, "version": version_of(workspace.endpoint)}


def exchange_context(exchanges: tuple[Exchange, ...], auth_type: str) -> Mapping[str, Any]:
    """Return the variables of the template of a request. exchanges: the redirects, then the last request."""
    if not exchanges:
        return {"exchange": None, "redirects": (), "curl": "", "content": "", "path": ""}
    last = exchanges[-1]
    return {
        "exchange": last,
        "redirects": exchanges[:-1],
        "curl": curl_command(exchanges[0], auth_type),
        "content": _content(last),
        "path": urlsplit(last.url).path,
        "size": _size_text(last.size),
    }


def _content(exchange: Exchange) -> str:
    """Return the start of a response's body, JSON with indentation."""
    text = exchange.content
    with suppress(ValueError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False).encode(errors="replace").decode()
    return text if len(text) <= _MAX_CONTENT else f"{text[:_MAX_CONTENT]}…"


def _size_text(size: int) -> str:
    if size < _KIB:
        return f"{size} bytes"
    return f"{size / _KIB:.1f} KiB" if size < _KIB**2 else f"{size / _KIB**2:.1f} MiB"
