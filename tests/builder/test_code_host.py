"""The comment in a pull request or merge request, against servers that behave like GitHub and GitLab."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from builder.cli.main import main as ocean_custom
from builder.code_host import CodeHostError, comment_place, put_comment
from rest.errors import SettingsError
from tests.code_hosts import FakeGitHub, FakeGitLab
from tests.loopback_server import Ending, Request, Response, serving

pytestmark = pytest.mark.process

MARKER = "<!-- ocean-custom plan -->"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    host = FakeGitHub()
    with serving(host.answer) as host.url:
        yield host


@pytest.fixture
def gitlab() -> Iterator[FakeGitLab]:
    host = FakeGitLab()
    with serving(host.answer) as host.url:
        yield host


async def test_the_comment_on_github_is_created_and_then_updated(github: FakeGitHub) -> None:
    place = comment_place(github.environment)
    assert await put_comment(place, MARKER, "first") == "created"
    assert await put_comment(place, MARKER, "second") == "updated"
    assert github.bodies == [f"{MARKER}\nsecond"]


async def test_the_note_on_gitlab_is_created_and_then_updated(gitlab: FakeGitLab) -> None:
    place = comment_place(gitlab.environment)
    assert await put_comment(place, MARKER, "first") == "created"
    assert await put_comment(place, MARKER, "second") == "updated"
    assert gitlab.bodies == [f"{MARKER}\nsecond"]


@pytest.mark.parametrize("host", ["github", "gitlab"])
async def test_a_comment_of_someone_else_is_never_changed(host: str, request: pytest.FixtureRequest) -> None:
    fake = request.getfixturevalue(host)
    fake.add(f"{MARKER}\nof a stranger", author=99, kind="User")
    assert await put_comment(comment_place(fake.environment), MARKER, "ours") == "created"
    assert fake.bodies == [f"{MARKER}\nof a stranger", f"{MARKER}\nours"]


async def test_a_personal_token_only_updates_the_comments_of_its_user(github: FakeGitHub) -> None:
    github.user = 7
    github.add(f"{MARKER}\nof a bot", author=1, kind="Bot")
    github.add(f"{MARKER}\nours", author=7, kind="User")
    assert await put_comment(comment_place(github.environment), MARKER, "new") == "updated"
    assert github.bodies == [f"{MARKER}\nof a bot", f"{MARKER}\nnew"]


@pytest.mark.parametrize("host", ["github", "gitlab"])
async def test_the_comment_is_found_on_a_later_page(host: str, request: pytest.FixtureRequest) -> None:
    fake = request.getfixturevalue(host)
    for number in range(5):
        fake.add(f"comment {number}", author=99, kind="User")
    place = comment_place(fake.environment)
    assert await put_comment(place, MARKER, "first") == "created"
    assert await put_comment(place, MARKER, "second") == "updated"
    assert fake.bodies[-1] == f"{MARKER}\nsecond"


async def test_two_names_have_two_comments(github: FakeGitHub) -> None:
    place = comment_place(github.environment)
    for name in ("a", "b", "a"):
        await put_comment(place, f"<!-- ocean-custom {name} -->", name)
    assert len(github.bodies) == 2


async def test_a_link_to_another_origin_does_not_get_the_token(github: FakeGitHub) -> None:
    requests: list[Request] = []

    def thief(request: Request) -> Response:
        requests.append(request)
        return Response([])

    with serving(thief) as url:
        github.next_link = f"{url}/stolen"
        await put_comment(comment_place(github.environment), MARKER, "text")
    assert requests == []


@pytest.mark.parametrize(
    ("status", "words"), [(401, "Check the token"), (403, "pull-requests: write"), (500, "Run the job again")]
)
async def test_a_rejection_says_what_to_change(github: FakeGitHub, status: int, words: str) -> None:
    github.rejection = Response({"message": "Resource not accessible"}, status)
    with pytest.raises(CodeHostError, match=f"returned {status}: .*not accessible") as raised:
        await put_comment(comment_place(github.environment), MARKER, "text")
    assert words in raised.value.hint
    assert github.token not in str(raised.value)


async def test_a_host_that_does_not_respond_is_an_error() -> None:
    with serving(lambda _: Ending.CLOSE) as url:
        environ = {**FakeGitHub(url=url).environment}
        with pytest.raises(CodeHostError, match="cannot reach http://127"):
            await put_comment(comment_place(environ), MARKER, "text")


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        ({}, ["GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_REF"]),
        (
            {"GITLAB_CI": "true", "CI_PROJECT_ID": "1"},
            ["GITLAB_TOKEN", "CI_API_V4_URL", "CI_MERGE_REQUEST_IID"],
        ),
        ({"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "a/b", "GITHUB_REF": "refs/heads/main"}, ["GITHUB_REF"]),
    ],
    ids=["no job", "no merge request", "a push"],
)
def test_a_job_without_a_pull_request_is_refused(environ: dict[str, str], names: list[str]) -> None:
    with pytest.raises(SettingsError) as raised:
        comment_place(environ)
    assert [mistake.name for mistake in raised.value.mistakes] == names


def test_the_default_is_the_public_github() -> None:
    environ: dict[str, Any] = {
        "GITHUB_TOKEN": "t",
        "GITHUB_REPOSITORY": "a/b",
        "GITHUB_REF": "refs/pull/5/merge",
    }
    assert comment_place(environ).comments == "https://api.github.com/repos/a/b/issues/5/comments"
    assert json.dumps(environ["GITHUB_TOKEN"]) not in repr(comment_place(environ))


def test_the_command_puts_a_file_into_the_pull_request(github: FakeGitHub) -> None:
    words = ["plan-comment", "--file", "-", "--name", "users"]
    for text, done in (("first", "created"), ("second", "updated")):
        result = CliRunner().invoke(
            ocean_custom, words, input=text, env={"GITLAB_CI": None, **github.environment}
        )
        assert (result.exit_code, result.output) == (0, f"{done} the comment\n")
    assert github.bodies == ["<!-- ocean-custom users -->\nsecond"]


def test_a_name_that_could_end_the_marker_is_refused(github: FakeGitHub) -> None:
    words = ["plan-comment", "--file", "-", "--name", "x --> <img>"]
    result = CliRunner().invoke(ocean_custom, words, input="text", env=github.environment)
    assert result.exit_code == 2
    assert "--name accepts letters, digits, dots and dashes" in result.output
