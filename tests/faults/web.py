"""A server that answers from a table and records its requests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.loopback_server import NOT_FOUND, Request, Response, serving


@dataclass
class Web:
    """answers: a response, or a function of the request's text, by path. Other paths return 404.

    requests: the text of each request, including its headers.
    """

    url: str = ""
    answers: dict[str, Response | Callable[[str], Response]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Host and port."""
        return self.url.partition("://")[2]

    def forget(self) -> None:
        """Remove answers and recorded requests."""
        self.answers.clear()
        self.requests.clear()

    def answer(self, request: Request) -> Response:
        self.requests.append(request.text)
        found = self.answers.get(request.path, NOT_FOUND)
        return found if isinstance(found, Response) else found(request.text)


@contextmanager
def served() -> Iterator[Web]:
    """Serve a table without responses, to be filled by the test."""
    web = Web()
    with serving(web.answer) as web.url:
        yield web
