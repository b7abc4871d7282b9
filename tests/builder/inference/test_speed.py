"""A large response is inferred in seconds, while the user waits."""

import json
import time

import pytest

from builder.inference import propose
from rest.bodies import Json

pytestmark = [pytest.mark.slow, pytest.mark.unmeasured]

# It takes about 2 s. An algorithm that is not linear takes minutes.
MOST_CPU_S = 30.0
FIVE_MB = 5_000_000


def test_response_of_5_mb_is_inferred_in_seconds() -> None:
    items: list[Json] = [
        {
            "id": f"{number:08x}-0000-4000-8000-{number:012d}",
            "name": f"Service {number}",
            "status": ("open", "closed", "new")[number % 3],
            "created_at": f"2024-01-{number % 28 + 1:02d}T10:00:{number % 60:02d}Z",
            "updated": 1704067200 + number,
            "owner": {"id": number % 500, "email": f"user{number % 500}@example.com"},
            "tags": ["a", "b"],
            "html_url": f"https://example.com/services/{number}",
            "description": "word " * 12 + str(number),
        }
        for number in range(14_000)
    ]
    body: Json = json.loads(json.dumps({"data": {"items": items}}))
    assert len(json.dumps(body)) > FIVE_MB
    before = time.process_time()
    found = propose("/api/services", body)
    assert time.process_time() - before < MOST_CPU_S
    assert found.source.selector == {"data_path": ".data.items"}
    assert found.source.identifier == ".id"
    assert all(field.total == len(items) for field in found.fields)


def test_large_map_and_items_without_an_id_are_inferred_in_seconds() -> None:
    users: Json = {"users": {str(number): {"name": f"n{number}", "groups": [1]} for number in range(40_000)}}
    issues: Json = [{"project": f"p{number % 900}", "number": number // 900} for number in range(40_000)]
    before = time.process_time()
    assert propose("/users", users).source.identifier == ".key"
    assert propose("/issues", issues).source.identifier.startswith("[.project, .number]")
    assert time.process_time() - before < MOST_CPU_S
