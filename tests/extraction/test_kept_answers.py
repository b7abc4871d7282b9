"""What a walk does with the responses that are kept for the next resync."""

from typing import Any

import pytest

from configuration.answer_rules import NO_RULES, AnswerRules
from extraction.confirmed_end import _goes_on
from extraction.kept_answers import kept_by_walk
from extraction.validator_check import UntrueValidatorError
from extraction.verdict import Verdict
from pagination import NextLinkPaginator
from rest.bodies import Json
from rest.page import Page
from rest.request import Request
from rest.response import KeptAs, Response

REQUEST = Request("GET", "https://api.example/users")


class Sender:
    """Sends a response that a 304 has confirmed."""

    async def send(self, _: Request, rules: AnswerRules = NO_RULES) -> Response:
        assert rules is NO_RULES
        return Response(200, {}, b"[]", kept=KeptAs("origin-users", saved_bytes=2))


class UntrueApi:
    """The kept responses of an API that has sent untrue validators meanwhile."""

    def is_untrue(self, name: str) -> bool:
        return name == "origin-users"


async def test_a_walk_that_an_untrue_api_has_confirmed_fails_at_its_end() -> None:
    conditional: Any = UntrueApi()
    with pytest.raises(UntrueValidatorError, match="but for another page of it that was not true"):
        async with kept_by_walk(Sender(), conditional, Verdict()) as watched:
            await watched.send(REQUEST)


def test_a_next_link_that_cannot_be_followed_is_no_end() -> None:
    """The walk then reads the page whole, and fails with the paginator's message."""
    links: Json = {"next": "https://[broken"}
    page = Page(
        REQUEST, Response(200, {"content-type": "application/json"}, b'{"next": "https://[broken"}'), [links]
    )
    assert _goes_on(NextLinkPaginator(), page)
