"""Sonatype Nexus Repository: components with a continuation token, and the metadata of artifacts as XML."""

import base64

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.examples.simulations.vendor import ApiRequest, Item, RefusalError, Vendor

_LARGEST_PAGE = 50
_BASIC = base64.b64encode(b"token-name:token-passcode").decode()
_NEXUS = Vendor("nexus", {"authorization": f"Basic {_BASIC}"}, lambda message: {"message": message})
_REPOSITORIES = [
    {"name": name, "format": format_, "type": type_, "url": f"https://nexus.example.com/repository/{name}"}
    for name, format_, type_ in (
        ("maven-releases", "maven2", "hosted"),
        ("maven-snapshots", "maven2", "hosted"),
        ("maven-central", "maven2", "proxy"),
        ("npm-internal", "npm", "hosted"),
    )
]


def _component(repository: str, number: int) -> Item:
    artifact, version = divmod(number, 3)
    return {
        "id": f"{repository}-{number}",
        "repository": repository,
        "format": "maven2",
        "group": "com.example.billing",
        "name": f"library-{artifact}",
        "version": f"1.{version}.0",
    }


# The last artifact of each repository has one version.
_COMPONENTS = {
    "maven-releases": [_component("maven-releases", number) for number in range(121)],
    "maven-snapshots": [_component("maven-snapshots", number) for number in range(1)],
}


def _repositories(_: ApiRequest) -> JSONResponse:
    return JSONResponse(_REPOSITORIES)


def _components(request: ApiRequest) -> JSONResponse:
    components = _COMPONENTS.get(request.params.get("repository", ""))
    if components is None:
        raise RefusalError("Repository does not exist", 404)
    start = request.integer("continuationToken", 0)
    end = start + _LARGEST_PAGE
    return JSONResponse(
        {
            "items": components[start:end],
            "continuationToken": str(end) if end < len(components) else None,
        }
    )


def _metadata(request: ApiRequest) -> Response:
    path = f"{request.names['group'].replace('/', '.')}.{request.names['artifact']}"
    components = [
        each
        for each in _COMPONENTS.get(request.names["repository"], [])
        if f"{each['group']}.{each['name']}" == path
    ]
    if not components:
        raise RefusalError("Not found", 404)
    versions = [each["version"] for each in components]
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<metadata>\n  <groupId>{components[0]['group']}</groupId>\n"
        f"  <artifactId>{components[0]['name']}</artifactId>\n  <versioning>\n"
        f"    <latest>{versions[-1]}</latest>\n    <release>{versions[-1]}</release>\n    <versions>\n"
        + "".join(f"      <version>{version}</version>\n" for version in versions)
        + "    </versions>\n    <lastUpdated>20240117093000</lastUpdated>\n  </versioning>\n</metadata>\n"
    )
    return Response(text, media_type="text/xml")


ROUTES: list[Route] = [
    _NEXUS.listing("/service/rest/v1/repositories", _repositories, set()),
    _NEXUS.listing("/service/rest/v1/components", _components, {"repository", "continuationToken"}),
    _NEXUS.listing("/repository/{repository}/{group:path}/{artifact}/maven-metadata.xml", _metadata, set()),
]
