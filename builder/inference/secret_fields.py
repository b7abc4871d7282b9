"""Recognise fields that hold secrets, by their names and by their values."""

import re
from collections.abc import Iterable
from itertools import islice, pairwise

from builder.inference.value_columns import ValueColumn
from builder.inference.words import split_words, squash_name

_SECRET_WORDS = frozenset(
    {
        *(
            "password",
            "passwd",
            "pwd",
            "passphrase",
            "secret",
            "secrets",
            "token",
            "credential",
            "credentials",
        ),
        *("apikey", "accesskey", "privatekey", "secretkey", "authtoken", "kubeconfig", "jwt", "otp", "totp"),
        *("dsn", "cookie", "cvv", "cvc", "ssn", "passcode", "authorization", "webhooksecret", "signature"),
    }
)
# Two words that name a secret together.
_SECRET_PAIRS = frozenset(
    {
        *("apikey", "accesskey", "privatekey", "secretkey", "signingkey", "encryptionkey", "masterkey"),
        *("sharedkey", "accountkey", "sshkey", "connectionstring", "connectionuri", "connectionurl"),
        *("integrationkey", "routingkey", "licensekey", "recoverycode", "recoverycodes", "backupcodes"),
        *("streamkey", "servicekey", "deploykey", "hmackey", "pincode", "databaseurl"),
    }
)
# Last words of names that describe a secret without holding it: token_type, secret_arn.
_DESCRIBING_WORDS = frozenset(
    {
        *("id", "ids", "name", "names", "type", "types", "arn", "count", "status", "state", "policy", "at"),
        *("enabled", "required", "date", "time", "expires", "expiry", "expiration", "expired", "updated"),
        *(
            "created",
            "changed",
            "scopes",
            "scope",
            "ttl",
            "lifetime",
            "hint",
            "length",
            "prefix",
            "algorithm",
        ),
        *("provider", "version", "url", "uri", "endpoint", "method", "title", "description", "path", "set"),
        *("age", "alg", "email", "used", "usage", "limit", "ref", "preview", "masked", "redacted", "public"),
    }
)
_SECRET_VALUES = re.compile(
    r"-----BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|gh[pousr]_\w{20,}|"
    r"github_pat_\w{20,}|glpat-[\w-]{16,}|glrt-[\w-]{16,}|xox[abeprs]-[\w-]{8,}|(AKIA|ASIA)[0-9A-Z]{16}\b|"
    r"[rs]k_(live|test)_\w{8,}|AIza[\w-]{30,}|ya29\.[\w-]{10,}|SG\.[\w-]{10,}\.|npm_\w{30,}|dop_v1_\w{20,}|"
    r"hvs\.\w{20,}|shp(at|ca|ss)_\w{16,}|lin_api_\w{16,}|sk-[\w-]{20,}|AGE-SECRET-KEY-|"
    r"\b(Bearer|Basic) [\w.=+/-]{8,}|[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@|"
    r"(?i:\b(password|pwd|accountkey|sharedaccesskey|secret|sig)=[^;&\s]{2,})|"
    r"https://hooks\.slack\.com/services/\S+|https://[0-9a-f]{16,}@"
)
# Items with a value that is often a secret, and the fields that say so.
_VARIABLE_WORDS = frozenset(
    {
        *(
            "variable",
            "variables",
            "var",
            "vars",
            "envvar",
            "env",
            "environ",
            "secret",
            "secrets",
            "credential",
        ),
        *("credentials", "token", "tokens", "config", "configuration", "setting", "settings", "parameter"),
        *("parameters", "property", "properties", "key", "keys"),
    }
)
_SENSITIVITY_NAMES = frozenset(
    {
        *("masked", "sensitive", "issensitive", "issecret", "secret", "secure", "issecure", "encrypted"),
        *("protected", "hidden", "raw", "secured", "isencrypted"),
    }
)
_KEY_NAMES = frozenset({"key", "name", "variable", "variablename"})
# Objects whose keys are the names of variables.
_VARIABLE_OBJECTS = frozenset(
    {"variables", "vars", "env", "envvars", "environmentvariables", "configvars", "secrets", "stringdata"}
)
_VARIABLE_OBJECTS_OF_SECRETS = _VARIABLE_OBJECTS | {"data", "values", "config"}
_CHECKED_VALUES = 50


def is_secret(column: ValueColumn) -> bool:
    """Return whether a field holds secrets. Flags, numbers and times of a secret are none."""
    texts = list(
        islice((value for value in column.values if isinstance(value, str) and value), _CHECKED_VALUES)
    )
    if not texts and any(value is not None and value != "" for value in column.values):
        return False
    return _has_secret_name(column) or any(_SECRET_VALUES.search(text) for text in texts)


def variable_values(columns: Iterable[ValueColumn], noun_words: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Return the text fields with values of variables: `value` beside `key` or `name`, or in `variables`.

    noun_words: the words of the resource's name. Items with few other fields, or with a flag such as
    `masked`, are variables, whatever their resource is called.
    """
    all_columns = list(columns)
    names: dict[tuple[str, ...], set[str]] = {}
    for column in all_columns:
        names.setdefault(column.keys[:-1], set()).add(squash_name(column.keys[-1]))
    are_variables = not _VARIABLE_WORDS.isdisjoint(noun_words)
    objects = _VARIABLE_OBJECTS_OF_SECRETS if are_variables else _VARIABLE_OBJECTS
    in_objects = (
        column.keys
        for column in all_columns
        if str in column.types and any(squash_name(key) in objects for key in column.keys[:-1])
    )
    values = (
        column.keys
        for column in all_columns
        if squash_name(column.keys[-1]) in ("value", "defaultvalue")
        and str in column.types
        and not (siblings := names[column.keys[:-1]]).isdisjoint(_KEY_NAMES)
        and (are_variables or len(siblings) <= 3 or not siblings.isdisjoint(_SENSITIVITY_NAMES))
    )
    return frozenset((*in_objects, *values))


def _has_secret_name(column: ValueColumn) -> bool:
    last = [word.lower() for word in split_words(column.keys[-1])]
    if last and last[-1] in _DESCRIBING_WORDS and len(last) > 1:
        return False
    words = [word.lower() for key in column.keys for word in split_words(key)]
    pairs = {first + second for first, second in pairwise(words)}
    is_inside_secret = not _SECRET_WORDS.isdisjoint(words[: len(words) - len(last)])
    if is_inside_secret and last and last[-1] in _DESCRIBING_WORDS:
        return False
    return not _SECRET_WORDS.isdisjoint(words) or not _SECRET_PAIRS.isdisjoint(pairs)
