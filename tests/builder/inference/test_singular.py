"""The singular of words in endpoint names."""

import pytest

from builder.inference.singular import singular


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        *(("users", "user"), ("people", "person"), ("children", "child"), ("companies", "company")),
        *(("movies", "movie"), ("statuses", "status"), ("status", "status"), ("addresses", "address")),
        *(("address", "address"), ("classes", "class"), ("boxes", "box"), ("branches", "branch")),
        *(("dishes", "dish"), ("caches", "cache"), ("releases", "release"), ("databases", "database")),
        *(("cases", "case"), ("analyses", "analysis"), ("analysis", "analysis"), ("buses", "bus")),
        *(("houses", "house"), ("causes", "cause"), ("heroes", "hero"), ("aliases", "alias")),
        *(("indices", "index"), ("news", "news"), ("series", "series"), ("dns", "dns"), ("s", "s")),
        *(("archives", "archive"), ("keys", "key"), ("days", "day"), ("data", "data"), ("queries", "query")),
        *(("licenses", "license"), ("responses", "response"), ("nodes", "node"), ("types", "type")),
        *(("bonuses", "bonus"), ("quizzes", "quiz"), ("uses", "use"), ("matches", "match")),
    ],
)
def test_singular_of_a_word(plural: str, expected: str) -> None:
    assert singular(plural) == expected
