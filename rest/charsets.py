"""Map charset names to Python text codecs. Others are not allowed, because some take minutes to decode."""

import codecs
import re
from collections.abc import Mapping
from encodings.aliases import aliases

_UNICODE = ("utf_8", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le")
# The encodings of the WHATWG Encoding Standard (§4.2), and closely related ones.
_LEGACY = (
    "ascii",
    *("latin_1" if part == 1 else f"iso8859_{part}" for part in (*range(1, 12), *range(13, 17))),
    *(f"cp{page}" for page in (*range(1250, 1259), 437, 850, 852, 866, 874, 932, 936, 949, 950)),
    *("koi8_r", "koi8_u", "mac_roman", "mac_cyrillic", "tis_620"),
    *("gb2312", "gbk", "gb18030", "big5", "big5hkscs", "shift_jis", "euc_jp", "iso2022_jp", "euc_kr"),
)


def _codecs_by_name() -> Mapping[str, str]:
    codecs = frozenset((*_UNICODE, *_LEGACY))
    return {name: name for name in codecs} | {
        name: codec for name, codec in aliases.items() if codec in codecs
    }


_CODECS = _codecs_by_name()
# The longest known name has 22 letters.
_LONGEST_NAME = 40


# The longer marks come first, because that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Where the zero bytes of the first two characters are, which are ASCII in every format that is read.
_ZEROS = (
    ((0, 0, 0, 1), "utf-32-be"),
    ((1, 0, 0, 0), "utf-32-le"),
    ((0, 1, 0, 1), "utf-16-be"),
    ((1, 0, 1, 0), "utf-16-le"),
)
_XML_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^"';\s]+)""", re.IGNORECASE)


def known_charset(name: str) -> str | None:
    """Return the codec for a charset name in any spelling, or None if the name is unknown."""
    if len(name) > _LONGEST_NAME:
        return None
    plain = name.strip("\"' ").lower().replace("-", "_").replace(" ", "_").replace(".", "_")
    codec = _CODECS.get(plain)
    return None if codec is None else codec.replace("_", "-")


def charset_named(name: str) -> str:
    """Return the codec for a charset name in any spelling, or utf-8 if the name is unknown."""
    return known_charset(name) or "utf-8"


def charset_of(start: bytes, content_type: str = "", chosen: str | None = None) -> str:
    """Return the codec of a body. `utf-8` and `utf-16` may be preceded by a byte order mark.

    start: the first bytes of the body.
    content_type: the whole header. chosen: the user's choice, which precedes all other sources.

    A byte order mark precedes the header, and the header precedes the XML declaration (RFC 7303 §3).
    """
    if chosen:
        return charset_named(chosen)
    for mark, codec in _MARKS:
        if start.startswith(mark):
            return codec
    if b"\0" in start[:4]:
        zeros = tuple(int(byte != 0) for byte in start[:4])
        for pattern, codec in _ZEROS:
            if zeros == pattern[: len(zeros)]:
                return codec
    declared = _CHARSET.search(content_type)
    if declared:
        return charset_named(declared[1])
    in_xml = _XML_ENCODING.match(start[:200]) if b"<?xml" in start[:60] else None
    return charset_named(in_xml[1].decode()) if in_xml else "utf-8"


def decoder_named(codec: str) -> str:
    """Return the name of the decoder of a codec that skips a byte order mark."""
    return "utf-8-sig" if codec == "utf-8" else codec
