"""GitHub Apps, Salesforce and Google Cloud: each verifies a token that the integration has signed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jwt
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor, link_header, moment

_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_APP_TOKEN = "ghs_example-token"
_SALESFORCE_TOKEN = "00Dexample!token"
_GOOGLE_TOKEN = "ya29.example-token"
_QUERY = "/services/data/v61.0/query"


def _verified(token: str, public_key: str, expected: dict[str, Any], longest_s: int) -> None:
    """Raise RefusalError: the signature, a claim or the lifetime of a token is wrong."""
    try:
        claims = jwt.decode(token, public_key, ["RS256"], options={"verify_aud": False})
    except jwt.PyJWTError as error:
        raise RefusalError(f"invalid token: {error}", 401) from error
    if {name: claims.get(name) for name in expected} != expected:
        raise RefusalError("invalid claims", 401)
    if claims["exp"] - claims["iat"] > longest_s:
        raise RefusalError("the token is valid for too long", 401)


def _page(items: Sequence[Item], start: int, size: int) -> tuple[list[Item], int | None]:
    following = start + size
    return list(items[start:following]), following if following < len(items) else None


def _github(key: str) -> list[Route]:
    def error(message: str) -> Item:
        return {"message": message}

    app = Vendor("github-app", {}, error)
    api = Vendor("github-app", {"authorization": f"Bearer {_APP_TOKEN}"}, error)
    repositories = [
        {
            "name": f"repo-{number}",
            "full_name": f"acme/repo-{number}",
            "html_url": f"https://github.com/acme/repo-{number}",
            "language": "Python",
            "private": True,
            "archived": number > 3,
        }
        for number in range(1, 91)
    ]

    def token(request: ApiRequest) -> JSONResponse:
        if request.names["installation"] != "42":
            raise RefusalError("Not Found", 404)
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        _verified(sent, key, {"iss": "123456"}, 600)
        return JSONResponse({"token": _APP_TOKEN, "expires_at": "2100-01-01T00:00:00Z"}, 201)

    def linked(request: ApiRequest, items: Sequence[Item]) -> tuple[list[Item], dict[str, str]]:
        page, size = request.integer("page", 1), request.integer("per_page", 30, 100)
        found, following = _page(items, (page - 1) * size, size)
        url = request.url.include_query_params(page=page + 1)
        return found, {"link": link_header({"next": url})} if following else {}

    def listing(request: ApiRequest) -> JSONResponse:
        found, headers = linked(request, repositories)
        return JSONResponse({"total_count": len(repositories), "repositories": found}, headers=headers)

    def pulls(request: ApiRequest) -> JSONResponse:
        repository = f"{request.names['owner']}/{request.names['name']}"
        items = [
            {
                "number": number,
                "state": "open",
                "title": f"Pull request {number}",
                "html_url": f"https://github.com/{repository}/pull/{number}",
                "user": {"login": f"user{number}"},
                "created_at": moment(number),
            }
            for number in range(1, 46)
        ]
        found, headers = linked(request, items)
        return JSONResponse(found, headers=headers)

    pages = {"page", "per_page"}
    return [
        app.listing("/app/installations/{installation}/access_tokens", token, set(), method="POST"),
        api.listing("/installation/repositories", listing, pages),
        api.listing("/repos/{owner}/{name}/pulls", pulls, pages | {"state"}),
    ]


def _salesforce(key: str) -> list[Route]:
    def error(message: str) -> list[Item]:
        return [{"message": message, "errorCode": "INVALID"}]

    login = Vendor("salesforce", {}, lambda message: {"error": "invalid_grant", "error_description": message})
    api = Vendor("salesforce", {"authorization": f"Bearer {_SALESFORCE_TOKEN}"}, error)
    accounts = [
        {
            "attributes": {"type": "Account"},
            "Id": f"001{number:015}",
            "Name": f"Account {number}",
            "Industry": "Energy",
            "Website": f"https://account{number}.example.com",
        }
        for number in range(1, 131)
    ]
    contacts = [
        {
            "attributes": {"type": "Contact"},
            "Id": f"003{number:015}",
            "Name": f"Contact {number}",
            "Email": f"contact{number}@example.com",
            "AccountId": f"001{(number + 1) // 2:015}",
        }
        for number in range(1, 261)
    ]
    queries = {
        "SELECT Id, Name, Industry, Website FROM Account": ("01gA", accounts),
        "SELECT Id, Name, Email, AccountId FROM Contact": ("01gC", contacts),
    }

    def token(request: ApiRequest) -> JSONResponse:
        form = dict(parse_qsl(request.body.decode()))
        if form.keys() != {"grant_type", "assertion"} or form["grant_type"] != _JWT_BEARER:
            raise RefusalError("unsupported request")
        expected = {
            "iss": "example-consumer-key",
            "sub": "sync@acme.example",
            "aud": "https://login.salesforce.com",
        }
        _verified(form["assertion"], key, expected, 180)
        return JSONResponse({"access_token": _SALESFORCE_TOKEN, "token_type": "Bearer", "scope": "api"})

    def records(cursor: str, items: Sequence[Item], start: int) -> JSONResponse:
        found, following = _page(items, start, 100)
        body: Item = {"totalSize": len(items), "done": following is None, "records": found}
        if following:
            body["nextRecordsUrl"] = f"/salesforce{_QUERY}/{cursor}-{following}"
        return JSONResponse(body)

    def query(request: ApiRequest) -> JSONResponse:
        if request.params.get("q") not in queries:
            raise RefusalError("MALFORMED_QUERY")
        cursor, items = queries[request.params["q"]]
        return records(cursor, items, 0)

    def more(request: ApiRequest) -> JSONResponse:
        cursor, _, start = request.names["cursor"].partition("-")
        items = next(items for known, items in queries.values() if known == cursor)
        return records(cursor, items, int(start))

    return [
        login.listing("/services/oauth2/token", token, set(), method="POST"),
        api.listing(_QUERY, query, {"q"}),
        api.listing(f"{_QUERY}/{{cursor}}", more, set()),
    ]


def _google(key: str) -> list[Route]:
    def error(message: str) -> Item:
        return {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}

    login = Vendor(
        "google-cloud", {}, lambda message: {"error": "invalid_grant", "error_description": message}
    )
    api = Vendor("google-cloud", {"authorization": f"Bearer {_GOOGLE_TOKEN}"}, error)
    folders = [
        {
            "name": f"folders/{number}",
            "parent": "organizations/1",
            "displayName": f"Folder {number}",
            "state": "ACTIVE",
            "createTime": moment(number),
        }
        for number in range(1, 61)
    ]
    projects = [
        {
            "name": f"projects/{1000 + number}",
            "parent": f"folders/{number - 60}" if 60 < number <= 120 else "organizations/1",
            "projectId": f"project-{number}",
            "displayName": f"Project {number}",
            "state": "ACTIVE",
            "createTime": moment(number),
        }
        for number in range(1, 201)
    ]

    def token(request: ApiRequest) -> JSONResponse:
        form = dict(parse_qsl(request.body.decode()))
        if form.get("grant_type") != _JWT_BEARER:
            raise RefusalError("unsupported_grant_type")
        url = str(request.url)
        scope = "https://www.googleapis.com/auth/cloud-platform.read-only"
        expected = {"iss": "sync@example.iam.gserviceaccount.com", "aud": url, "scope": scope}
        _verified(form["assertion"], key, expected, 3600)
        if jwt.get_unverified_header(form["assertion"]).get("kid") != "example-key-id":
            raise RefusalError("unknown key")
        return JSONResponse({"access_token": _GOOGLE_TOKEN, "expires_in": 3599, "token_type": "Bearer"})

    def search(name: str, items: Sequence[Item]) -> Route:
        def answer(request: ApiRequest) -> JSONResponse:
            start, size = request.integer("pageToken", 0), request.integer("pageSize", 50, 300)
            found, following = _page(items, start, size)
            return JSONResponse({name: found, **({"nextPageToken": str(following)} if following else {})})

        return api.listing(f"/v3/{name}:search", answer, {"pageToken", "pageSize"})

    return [
        login.listing("/token", token, set(), method="POST"),
        search("folders", folders),
        search("projects", projects),
    ]


def routes(public_key: Path | None) -> list[Route]:
    """Return the endpoints. public_key: of the key that signs, None: there are none."""
    if public_key is None:
        return []
    key = public_key.read_text(encoding="utf-8")
    return [*_github(key), *_salesforce(key), *_google(key)]
