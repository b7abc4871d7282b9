"""Read links of an API that does not know its public URL, because a gateway stands before it."""

from urllib.parse import urlsplit, urlunsplit


def rewritten(link: str, base_url: str) -> str:
    """Return a link below the base URL. It keeps its path and query.

    A gateway may add a path. The base URL's path is put in front, without the part that the link repeats:
    with the base URL https://gateway/shop/v2, the path /v2/items becomes /shop/v2/items.
    """
    base, parts = urlsplit(base_url), urlsplit(link)
    path = _below(parts.path, base.path.rstrip("/"))
    return urlunsplit((base.scheme, base.netloc, path, parts.query, ""))


def _below(path: str, base: str) -> str:
    added, own = base.split("/")[1:], path.split("/")[1:]
    if not added or own[:1] == added[:1]:
        return path
    shared = next(
        (count for count in range(len(added) - 1, 0, -1) if added[-count:] == own[:count]),
        0,
    )
    return "/".join(["", *added, *own[shared:]])
