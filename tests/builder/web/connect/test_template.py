"""Templates on the page: all inputs are filled in, and survive a sample."""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from builder.install import blueprints, mapping
from builder.templates import draft_of, read_template, template_titles
from builder.web.connect.template import with_template
from builder.web.page.parsing import parse_page
from builder.web.page.session import Session
from builder.web.page.workspace import Workspace
from tests.keys import private_key_pem
from tests.tls_authority import Authority

_AUTHORITY = Authority()
_CLIENT = _AUTHORITY.issue("client")
_PEMS = {
    "client_certificate": _CLIENT.certificate,
    "client_key": _CLIENT.key,
    "ca_certificate": _AUTHORITY.pem,
    "private_key": private_key_pem(),
    "service_account_key": json.dumps({"private_key": private_key_pem(), "token_uri": "https://a.example/t"}),
}


@pytest.fixture
def session(browser: httpx.AsyncClient) -> Session:
    transport = browser._transport
    assert isinstance(transport, httpx.ASGITransport)
    session: Session = transport.app.state.session  # type: ignore[attr-defined]
    return session


@pytest.mark.parametrize("name", list(template_titles()))
def test_the_page_gives_the_mapping_of_the_template(name: str) -> None:
    template = read_template(name)
    values = {need.name: "my-value" for need in template.needs}
    # Certificates and keys are read at once, so that no text can take the place of one.
    draft = draft_of(template, {need: _PEMS.get(need, value) for need, value in values.items()})
    parsed = parse_page(with_template(Workspace(), template, draft))
    assert parsed.draft is not None, [parsed.connection.errors, parsed.connection.missing]
    assert mapping(parsed.draft) == mapping(draft)
    assert blueprints(parsed.draft) == blueprints(draft)
    assert parsed.installation.identifier == name


async def test_a_template_asks_for_what_it_needs(
    browser: httpx.AsyncClient, post: Callable[..., Any]
) -> None:
    page = (await browser.get("/")).text
    assert len(re.findall(r'id="template-[\w-]+" hx-get="/template/', page)) == len(template_titles())
    asked = (await browser.get("/template/github")).text
    assert '<input id="need-api_token" name="need-api_token" type="password"' in asked
    assert "hx-confirm" not in asked
    assert "Organisation: required" in await post("/template/github")
    html = await post(
        "/template/github", **{"need-organisation": "acme", "need-api_token": "ghp_secret_token"}
    )
    assert "/orgs/acme/repos" in html
    assert "ghp_secret_token" not in html
    assert "hx-confirm" in (await browser.get("/template/gitlab")).text
    assert (await browser.get("/template/nowhere")).status_code == 404


async def test_a_sample_keeps_the_mapping_of_a_template(post: Callable[..., Any], session: Session) -> None:
    await post("/template/github", **{"need-organisation": "acme"})
    before = session.workspace.endpoint
    repository = {
        "full_name": "acme/site",
        "name": "site",
        "id": 7,
        "size": 12,
        "html_url": "https://x.example",
    }
    number = str(before.number)
    await post("/endpoint/paste", number=number, pasted=json.dumps([repository]))
    after = session.workspace.endpoint
    assert after.sample is not None
    assert (after.blueprint, after.identifier) == ("githubRepository", ".full_name")
    assert after.rows[: len(before.rows)] == before.rows
    offered = {row.name for row in after.rows[len(before.rows) :]}
    assert "size" in offered
    assert not any(row.is_selected for row in after.rows[len(before.rows) :])
    await post("/endpoint/paste", number=number, pasted=json.dumps([repository, repository]))
    selected = [row for row in session.workspace.endpoint.rows if row.is_selected]
    assert sorted(selected, key=lambda row: row.name) == sorted(before.rows, key=lambda row: row.name)


async def test_relations_of_a_template_stay(post: Callable[..., Any], session: Session) -> None:
    await post("/template/jira", **{"need-site": "acme", "need-email": "a@b.example"})
    number = str(session.workspace.endpoints[1].number)
    await post(f"/endpoints/{number}/show")
    assert [each.name for each in session.workspace.endpoint.own_relations] == ["lead"]
    project = {"key": "A", "name": "A", "lead": {"accountId": "1"}}
    await post("/endpoint/paste", number=number, pasted=json.dumps({"values": [project]}))
    assert [each.name for each in session.workspace.endpoint.own_relations] == ["lead"]
