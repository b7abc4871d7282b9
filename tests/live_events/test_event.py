"""How the body of a delivery becomes an event."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from live_events.delivery import Delivery, DeliveryError
from live_events.event import Event, read_event

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"


def read(body: bytes | str, content_type: str = "application/json", url: str = "https://x/webhook") -> Event:
    content = body.encode() if isinstance(body, str) else body
    delivery = Delivery.of("POST", url, [("Content-Type", content_type)], content)
    return read_event(delivery, is_signed=True, received_at=NOW)


def refusal(body: bytes | str, content_type: str = "application/json") -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        read(body, content_type)
    return caught.value


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ('{"a": 12345678901234567890123}', "application/json", {"a": 12345678901234567890123}),
        ('{"a": "ä€😀\\ud83d"}', "application/json; charset=utf-8", {"a": "ä€😀\ud83d"}),
        ('\ufeff{"a": 1}', "application/json", {"a": 1}),
        # In Shift JIS, the backslash would be half of a character, and the quote would end the text.
        ('{"a": "\u00c1\\", \\"b\\": 1"}', "application/json; charset=shift_jis", {"a": 'Á", "b": 1'}),
        ('{"a": 1}', "text/plain; charset=UTF-8", {"a": 1}),
        ('{"a": 1}', "", {"a": 1}),
        ('{"a": 1}', "application/vnd.pagerduty+json", {"a": 1}),
        ('{"a": 1}', "application/cloudevents-batch+json", {"a": 1}),
        ("", "", None),
        (" \n", "application/json", None),
        ("5", "application/json", 5),
        ("a=1&b=&a=%C3%A4+x", FORM, {"a": ["1", "ä x"], "b": ""}),
        ("payload=%7B%22a%22%3A1%7D", FORM + "; charset=utf-8", {"a": 1}),
        ("payload=%7B%22a%22%3A1%7D&text=b", FORM, {"payload": {"a": 1}, "text": "b"}),
        ("a&b=1", FORM, {"a": "", "b": "1"}),
        ("payload=plain", FORM, {"payload": "plain"}),
        ("payload=%5B1%5D", FORM, [1]),
        ("<e a='1'><b>x</b></e>", "application/xml", {"e": {"@a": "1", "b": "x"}}),
        ('{"a": 1}\n{"a": 2}\n', "application/x-ndjson", [{"a": 1}, {"a": 2}]),
        ("a: 1\n", "application/yaml", {"a": 1}),
    ],
)
def test_a_body_is_read_by_its_type(body: str, content_type: str, expected: Any) -> None:
    assert read(body, content_type).body == expected


def test_an_event_is_the_input_of_expressions() -> None:
    event = read('{"a": 1}', url="https://x/webhook?x=1&y=&x=2")
    assert event.as_json == {
        "headers": {"content-type": "application/json"},
        "query": {"x": "1", "y": ""},
        "body": {"a": 1},
    }
    assert (event.is_signed, event.received_at) == (True, NOW)


def test_credentials_are_no_part_of_an_event() -> None:
    headers = [("Authorization", "Bearer a"), ("Cookie", "a"), ("Proxy-Authorization", "a"), ("X-Topic", "a")]
    event = read_event(Delivery.of("POST", "https://x", headers, b"{}"), is_signed=True, received_at=NOW)
    assert dict(event.headers) == {"x-topic": "a"}


@pytest.mark.parametrize("encoding", ["", "identity", " Identity"])
def test_a_body_may_say_that_it_is_not_compressed(encoding: str) -> None:
    delivery = Delivery.of("POST", "https://x", [("Content-Encoding", encoding)], b"{}")
    assert read_event(delivery, is_signed=True, received_at=NOW).body == {}


def test_headers_of_the_same_name_are_one_list() -> None:
    delivery = Delivery.of("post", "https://x", [("X-A", "1"), ("x-a", "2")], b"")
    assert (delivery.headers, delivery.method) == ({"x-a": "1, 2"}, "POST")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{", "application/json"),
        ("NaN", "application/json"),
        ("text", "application/json"),
        (b"\xff\xfe\xfd", "application/json"),
        ("<a>", "application/xml"),
        ("<html><body>x</body></html>", "text/html"),
        (b"a=\xff", FORM),
        ("payload=%7B", FORM),
        ("&".join(f"a{number}=1" for number in range(1001)), FORM),
        (
            '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(body: bytes | str, content_type: str) -> None:
    error = refusal(body, content_type)
    assert (error.status, error.what) == (400, "the body cannot be read")


@pytest.mark.parametrize("levels", [200, 201, 20_000])
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")])
def test_a_body_has_at_most_200_levels(levels: int, start: str, end: str) -> None:
    body = start * levels + "1" + end * levels
    if levels == 200:
        assert read(body).body
        return
    assert refusal(body).status == 400
    assert refusal(f"payload={body}", FORM).status == 400


def test_a_body_that_takes_much_memory_is_refused() -> None:
    body = json.dumps([[]] * 200_000)
    assert len(body) < 2**20
    assert refusal(body).status == 413


def test_the_weight_of_an_event_counts_its_headers() -> None:
    headers = [("X-A", "a" * 10_000)]
    event = read_event(Delivery.of("POST", "https://x", headers, b"{}"), is_signed=False, received_at=NOW)
    assert 10_000 < event.weight < 11_000
    assert read("[" + "{}," * 1000 + "{}]").weight > 160_000
