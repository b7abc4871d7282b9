"""A request as a curl command."""

import shlex

from builder.recording import Exchange
from builder.web.answer.curl import curl_command


def test_secrets_are_placeholders() -> None:
    headers = (("host", "api.example.com"), ("authorization", "Bearer ***"), ("x-name", "it's"))
    exchange = Exchange("POST", "https://api.example.com/a?q=1&b=2", headers, '{"a": "b"}')
    words = shlex.split(curl_command(exchange, "bearer_token").replace("\\\n", ""))
    assert words == [
        *("curl", "-X", "POST", "https://api.example.com/a?q=1&b=2"),
        *("-H", "Authorization: Bearer <YOUR_API_TOKEN>", "-H", "X-Name: it's"),
        *("--data-raw", '{"a": "b"}'),
    ]


def test_an_unknown_secret_has_a_general_placeholder() -> None:
    assert "k=<YOUR_SECRET>" in curl_command(Exchange("GET", "https://a.example/?k=***"), "custom")
