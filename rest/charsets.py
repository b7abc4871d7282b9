"""Map charset names to Python text codecs. Others are not allowed, because some take minutes to decode."""

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


def charset_named(name: str) -> str:
    """Return the codec for a charset name in any spelling, or utf-8 if the name is unknown."""
    if len(name) > _LONGEST_NAME:
        return "utf-8"
    plain = name.strip("\"' ").lower().replace("-", "_").replace(" ", "_").replace(".", "_")
    codec = _CODECS.get(plain)
    return "utf-8" if codec is None else codec.replace("_", "-")
