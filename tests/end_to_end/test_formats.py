"""Responses in every format, through a real resync."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.loopback_server import NOT_FOUND, Request, Response, serving

pytestmark = pytest.mark.process

FIRST_HOSTS = (
    "<hosts total='3'><host id='h1'><name>a</name></host><host id='h2'/>"
    "<link rel='next' href='/hosts?page=2'/></hosts>"
)
LAST_HOST = "<hosts total='3'><host id='h3'/></hosts>"
FIRST_OBJECTS = (
    "<ListBucketResult><Name>b</Name><KeyCount>2</KeyCount><IsTruncated>true</IsTruncated>"
    "<Contents><Key>k1</Key></Contents><Contents><Key>k2</Key></Contents>"
    "<NextContinuationToken>t1</NextContinuationToken></ListBucketResult>"
)
LAST_OBJECT = (
    "<ListBucketResult><Name>b</Name><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated>"
    "<Contents><Key>k3</Key></Contents></ListBucketResult>"
)
PEOPLE = 'id;name;team\r\n1;Jürg;"a;b"\r\n2;Noëm;c, d\r\n'.encode("latin-1")
METRICS = "# HELP up The state.\n# TYPE up gauge\nup 1\ndisk 0.5\n"
MANIFESTS = "---\nkind: Pod\nname: p1\n---\nkind: Pod\nname: p2\nstarted: 2026-01-31\n"


def zipped(files: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


ANSWERS: Mapping[str, tuple[str, str | bytes]] = {
    "/hosts": ("application/xml", FIRST_HOSTS),
    "/hosts?page=2": ("application/xml", LAST_HOST),
    "/bucket?list-type=2": ("application/xml", FIRST_OBJECTS),
    "/bucket?list-type=2&continuation-token=t1": ("application/xml", LAST_OBJECT),
    "/no-hosts": ("text/xml", "<hosts total='0'/>"),
    "/people": ("text/csv; charset=ISO-8859-1", PEOPLE),
    "/export": ("application/zip", zipped({"a.csv": "id,name\n1,x\n", "b.csv": "id,name\n2,y\n"})),
    "/changes": ("application/json", ')]}\'\n[{"id": 1}]'),
    "/events": ("text/plain", '{"id": 1}\n{"id": 2}\n'),
    "/metrics": ("text/plain; version=0.0.4", METRICS),
    "/manifests": ("text/plain", MANIFESTS),
    "/table": ("text/plain", "1;x\n2;y\n"),
    "/page": ("application/xml", "<!DOCTYPE html><html><title>Sign in</title></html>"),
    "/bomb": ("application/xml", "<!DOCTYPE a [<!ENTITY b 'x'>]><a><host>&b;</host></a>"),
}


def answer(request: Request) -> Response:
    if request.target not in ANSWERS:
        return NOT_FOUND
    content_type, body = ANSWERS[request.target]
    return Response(body, headers={"Content-Type": content_type})


@pytest.fixture
def api() -> Iterator[str]:
    with serving(answer) as url:
        yield url


def resource(kind: str, blueprint: str, identifier: str, title: str, **selector: Any) -> dict[str, Any]:
    mappings = {"identifier": identifier, "title": title, "blueprint": f'"{blueprint}"'}
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


METRIC_LINES = 'split("\\n") | map(select(test("^[a-z]")) | split(" ") | {name: .[0], value: .[1]})'
MAPPING = {
    "resources": [
        resource("/hosts", "host", '."@id"', ".name", data_path=".hosts.host", pagination={"type": "auto"}),
        resource(
            "/bucket?list-type=2",
            "object",
            ".Key",
            ".Key",
            data_path=".ListBucketResult.Contents",
            pagination={"type": "cursor", "param": "continuation-token", "size_param": "-"},
        ),
        resource("/no-hosts", "none", '."@id"', ".name", data_path=".hosts.host"),
        resource("/people", "person", ".id", '.name + " " + .team'),
        resource("/export", "row", ".id", ".name"),
        resource("/changes", "change", ".id | tostring", '"t"'),
        resource("/events", "event", ".id | tostring", '"t"'),
        resource("/metrics", "metric", ".name", ".value", format="text", data_path=METRIC_LINES),
        resource("/manifests", "manifest", ".name", ".started", format="yaml"),
        resource(
            "/table",
            "cell",
            ".id",
            ".name",
            format={"csv": {"delimiter": ";", "header": ["id", "name"]}},
        ),
    ]
}


def test_every_format_is_synced(install: Callable[..., Any], port: Any, api: str) -> None:
    port.prepare(MAPPING)
    run = install({"baseUrl": api, "maxRetries": 0}).sync(MAPPING)
    assert run.failed == [], run.log
    titles = {
        name: {identifier: entity["title"] for identifier, entity in port.entities(name).items()}
        for name in ("host", "object", "person", "row", "change", "event", "metric", "manifest", "cell")
    }
    assert titles.pop("host").keys() == {"h1", "h2", "h3"}
    assert titles.pop("manifest").keys() == {"p1", "p2"}
    assert titles == {
        "object": {"k1": "k1", "k2": "k2", "k3": "k3"},
        "person": {"1": "Jürg a;b", "2": "Noëm c, d"},
        "row": {"1": "x", "2": "y"},
        "change": {"1": "t"},
        "event": {"1": "t", "2": "t"},
        "metric": {"up": "1", "disk": "0.5"},
        "cell": {"1": "x", "2": "y"},
    }
    assert port.entities("none") == {}


def test_other_content_deletes_nothing(install: Callable[..., Any], port: Any, api: str) -> None:
    """A web page, an entity bomb and CSV without its type fail their kind and say why."""
    kinds = [
        resource("/page", "host", '."@id"', ".name", data_path=".hosts.host"),
        resource("/bomb", "host", '."@id"', ".name", data_path=".a.host"),
        resource("/table", "host", ".id", ".name"),
        resource("/people", "host", ".id", ".name", format="cvs"),
    ]
    mapping = {"resources": [MAPPING["resources"][0]]}
    port.prepare(mapping)
    installation = install({"baseUrl": api, "maxRetries": 0})
    assert installation.sync(mapping).failed == []
    run = installation.sync({"resources": kinds})
    assert run.failed == ["/page", "/bomb", "/table", "/people"]
    assert port.entities("host").keys() == {"h1", "h2", "h3"}
    assert "a web page with the title 'Sign in'" in run.log
    assert "the document declares the entity b, which is refused" in run.log
    assert "If the response is CSV, set format: csv" in run.log
    assert "unknown format 'cvs'; did you mean csv?" in run.log
