"""How strongly the name of a field suggests an identifier."""

import re
from enum import IntEnum

from builder.inference.words import split_words, squash_name

# Words that end with `id` without being an id.
_NOT_IDS = frozenset(
    {
        *("paid", "prepaid", "unpaid", "valid", "invalid", "void", "grid", "hybrid", "bid", "solid", "avoid"),
        *("rapid", "android", "fluid", "covid", "aid", "said", "acid", "raid", "kid", "lid", "mid", "rfid"),
        *("liquid", "orchid", "plaid", "placid", "ssid", "bssid", "timeid", "pid", "ppid", "overpaid"),
    }
)
_RUN_TOGETHER = re.compile(r"([a-z]{2,20})id", re.ASCII)


class NameRank(IntEnum):
    """How strongly a field's name suggests an identifier, the strongest first.

    Fields below HASH identify items only by their values.
    """

    ID = 0
    UUID = 1
    OWN_ID = 2
    KEY = 3
    CODE = 4
    LOCAL = 5
    NUMBER = 6
    LOGIN = 7
    NAME = 8
    PATH = 9
    HASH = 10
    SUBJECT = 11
    SELF = 12
    TITLE = 13
    OTHER_ID = 14
    ADDRESS = 15
    TIMESTAMP = 16
    TEXT = 17


_RANK_BY_NAME = {
    "id": NameRank.ID,
    **dict.fromkeys(("uuid", "guid", "gid", "identifier", "uid", "objectid"), NameRank.UUID),
    **dict.fromkeys(("sysid", "globalid", "entityid", "resourceid"), NameRank.UUID),
    "key": NameRank.KEY,
    **dict.fromkeys(("sid", "urn", "arn", "crn"), NameRank.CODE),
    **dict.fromkeys(("publicid", "descriptor", "fingerprint", "thumbprint"), NameRank.CODE),
    **dict.fromkeys(("serial", "serialnumber", "serialno", "imei", "vin", "isbn", "mac"), NameRank.CODE),
    **dict.fromkeys(("fullname", "fullpath", "pathwithnamespace", "namewithowner"), NameRank.CODE),
    **dict.fromkeys(("slug", "fqdn", "hostname", "handle", "domain", "sku"), NameRank.LOCAL),
    **dict.fromkeys(("number", "iid", "index", "position", "code", "ref", "no", "nr"), NameRank.NUMBER),
    **dict.fromkeys(("login", "username", "userprincipalname", "email"), NameRank.LOGIN),
    "name": NameRank.NAME,
    "path": NameRank.PATH,
    # Of a commit. Files and tags may share theirs, but have a name or a path.
    **dict.fromkeys(("sha", "sha1", "sha256", "hash", "digest", "commitid", "oid", "nodeid"), NameRank.HASH),
    **dict.fromkeys(
        ("selflink", "self", "url", "uri", "href", "permalink", "htmlurl", "weburl"), NameRank.SELF
    ),
    **dict.fromkeys(("title", "label", "displayname"), NameRank.TITLE),
}
_RANK_BY_SUFFIX = {
    **dict.fromkeys(("id", "uuid", "guid", "gid", "sid", "arn", "identifier"), NameRank.OWN_ID),
    "key": NameRank.KEY,
    **dict.fromkeys(("number", "index", "iid", "no", "nr", "num", "code"), NameRank.NUMBER),
    **dict.fromkeys(("name", "slug", "tag", ""), NameRank.NAME),
}
_ID_SUFFIXES = frozenset({"id", "key", "uuid", "guid", "sid", "arn"})
_URL_SUFFIXES = frozenset({"url", "uri", "href", "self", "link"})


def rank_of_name(key: str, nouns: frozenset[str]) -> NameRank:
    """Return the rank of a field. nouns: what the items are called."""
    name = squash_name(key)
    for noun in nouns:
        suffix = name.removeprefix(noun)
        if (suffix != name or name == noun) and suffix in _RANK_BY_SUFFIX:
            return _RANK_BY_SUFFIX[suffix]
    if name in _RANK_BY_NAME:
        return _RANK_BY_NAME[name]
    last = (split_words(key) or [""])[-1].lower()
    together = _RUN_TOGETHER.fullmatch(last)
    if together and last not in _NOT_IDS and name == last:
        is_own = any(noun.endswith(together[1]) for noun in nouns)
        return NameRank.OWN_ID if is_own else NameRank.OTHER_ID
    if last in _ID_SUFFIXES:
        return NameRank.OTHER_ID
    return NameRank.ADDRESS if last in _URL_SUFFIXES else NameRank.TEXT


def is_other_id(key: str) -> bool:
    """Return whether a field is named like the id of some entity: hostid, group_id."""
    return rank_of_name(key, frozenset()) is NameRank.OTHER_ID
