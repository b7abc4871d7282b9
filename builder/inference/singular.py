"""The singular of English words that occur in endpoint names."""

_SAME = frozenset(
    {
        *("data", "media", "metadata", "news", "series", "species", "software", "hardware", "information"),
        *("aws", "dns", "sms", "css", "https", "ios", "os", "sas", "saas", "paas", "jenkins", "redis"),
        *("kubernetes", "k8s", "devops", "postgres", "kudos", "canvas", "atlas", "chaos", "lens"),
    }
)
_IRREGULAR = {
    "aliases": "alias",
    "axes": "axis",
    "buses": "bus",
    "caches": "cache",
    "children": "child",
    "cookies": "cookie",
    "criteria": "criterion",
    "feet": "foot",
    "gases": "gas",
    "geese": "goose",
    "halves": "half",
    "indices": "index",
    "leaves": "leaf",
    "lives": "life",
    "matrices": "matrix",
    "men": "man",
    "mice": "mouse",
    "movies": "movie",
    "people": "person",
    "persons": "person",
    "phenomena": "phenomenon",
    "pies": "pie",
    "quizzes": "quiz",
    "shelves": "shelf",
    "shoes": "shoe",
    "ties": "tie",
    "uses": "use",
    "vertices": "vertex",
    "women": "woman",
}
# Plural endings and their singular, the longest first.
_ENDINGS = (
    *(("lyses", "lysis"), ("theses", "thesis"), ("crises", "crisis"), ("diagnoses", "diagnosis")),
    *(("auses", "ause"), ("ouses", "ouse"), ("sses", "ss"), ("uses", "us"), ("ches", "ch"), ("shes", "sh")),
    *(("xes", "x"), ("zzes", "zz"), ("oes", "o"), ("ies", "y"), ("ss", "ss"), ("us", "us"), ("is", "is")),
    ("s", ""),
)


def singular(word: str) -> str:
    """Return the singular of an English word in lower case. A singular word is unchanged."""
    if word in _SAME or len(word) < 3:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for plural, replacement in _ENDINGS:
        if word.endswith(plural) and len(word) > len(plural):
            return word.removesuffix(plural) + replacement
    return word
