"""Which charset a Content-Type names. Of Python's codecs, some need minutes, and some are none of text."""

from collections.abc import Mapping
from encodings.aliases import aliases

_UNICODE = ("utf_8", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le")
# Those of the Encoding Standard (WHATWG §4.2), and their near relations.
_OLDER = (
    "ascii",
    *("latin_1" if part == 1 else f"iso8859_{part}" for part in (*range(1, 12), *range(13, 17))),
    *(f"cp{page}" for page in (*range(1250, 1259), 437, 850, 852, 866, 874, 932, 936, 949, 950)),
    *("koi8_r", "koi8_u", "mac_roman", "mac_cyrillic", "tis_620"),
    *("gb2312", "gbk", "gb18030", "big5", "big5hkscs", "shift_jis", "euc_jp", "iso2022_jp", "euc_kr"),
)


def _by_name() -> Mapping[str, str]:
    codecs = frozenset((*_UNICODE, *_OLDER))
    return {name: name for name in codecs} | {
        name: codec for name, codec in aliases.items() if codec in codecs
    }


_CODECS = _by_name()
# Longer ones are no names; the longest known has 22 letters.
_LONGEST_NAME = 40


def charset_named(name: str) -> str:
    """The codec for a charset's name, in any style of writing; utf-8 where it is unknown, or none of text."""
    if len(name) > _LONGEST_NAME:
        return "utf-8"
    plain = name.strip("\"' ").lower().replace("-", "_").replace(" ", "_").replace(".", "_")
    codec = _CODECS.get(plain)
    return "utf-8" if codec is None else codec.replace("_", "-")
