"""The singular of English words, as far as names of endpoints need it."""

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
# The longest ending first: what stands instead of it.
_ENDINGS = (
    *(("lyses", "lysis"), ("theses", "thesis"), ("crises", "crisis"), ("diagnoses", "diagnosis")),
    *(("auses", "ause"), ("ouses", "ouse"), ("sses", "ss"), ("uses", "us"), ("ches", "ch"), ("shes", "sh")),
    *(("xes", "x"), ("zzes", "zz"), ("oes", "o"), ("ies", "y"), ("ss", "ss"), ("us", "us"), ("is", "is")),
    ("s", ""),
)


def singular(word: str) -> str:
    """The singular of an English word in lower case; one that is singular stays."""
    if word in _SAME or len(word) < 3:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return word.removesuffix(ending) + instead
    return word
