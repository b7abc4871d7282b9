import json
from collections.abc import AsyncGenerator, Callable, Iterator
from copy import deepcopy
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sandbox.port_api.app import create_app
from sandbox.port_api.port import PortSettings

_OCEAN = "port-ocean/custom/0.1.0/mine/exporter"
_MOST_ITEMS = 4
_SHORT = st.text(max_size=6)
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _SHORT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_SHORT, inner, max_size=3),
    max_leaves=6,
)
_MOMENTS = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")

type Schema = Any


@pytest.fixture
def clock() -> list[float]:
    """The current time in seconds since 1970, as the only element. Tests may change it."""
    return [1_750_000_000.0]


@pytest.fixture
async def connect() -> AsyncGenerator[Callable[[PortSettings], httpx.AsyncClient]]:
    """Opens clients of new sandboxes without a token."""
    opened: list[httpx.AsyncClient] = []
    apps = []

    def open_client(settings: PortSettings) -> httpx.AsyncClient:
        app = create_app(settings)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://localhost:3010",
            headers={"User-Agent": _OCEAN},
        )
        apps.append(app)
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        await client.aclose()
    for app in apps:
        app.state.port.store.close()


@pytest.fixture
def anonymous(connect: Callable[[PortSettings], httpx.AsyncClient], clock: list[float]) -> httpx.AsyncClient:
    """A client of a new sandbox without a token. The sandbox uses `clock`."""
    return connect(PortSettings(clock=lambda: clock[0]))


@pytest.fixture
async def port(anonymous: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with a token and Ocean's User-Agent."""
    credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
    response = await anonymous.post("/v1/auth/access_token", json=credentials)
    anonymous.headers["Authorization"] = f"Bearer {response.json()['accessToken']}"
    return anonymous


@pytest.fixture
async def catalog(port: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a sandbox with the blueprints team and person."""
    relations = {
        "team": {"target": "team", "many": False, "required": False},
        "friends": {"target": "person", "many": True, "required": False},
        "user": {"target": "_user", "many": False, "required": False},
    }
    properties = {
        "age": {"type": "number"},
        "mail": {"type": "string", "format": "email"},
        "since": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "extra": {"type": "object"},
        "active": {"type": "boolean", "default": True},
    }
    team = {"identifier": "team", "title": "Team", "schema": {"properties": {"size": {"type": "number"}}}}
    person = {"identifier": "person", "title": "Person", "schema": {"properties": properties}}
    for blueprint in (team, {**person, "relations": relations}):
        response = await port.post("/v1/blueprints", json=blueprint)
        assert response.status_code == 201, response.text
    return port


@pytest.fixture(scope="session")
def valid() -> Callable[[Schema], st.SearchStrategy[Any]]:
    """Generates values that match a JSON schema. Strategies are cached because some schemas are large."""
    cache: dict[str, st.SearchStrategy[Any]] = {}

    def values(schema: Schema) -> st.SearchStrategy[Any]:
        key = json.dumps(schema)
        if key not in cache:
            cache[key] = _values(schema).filter(Draft202012Validator(schema).is_valid)
        return cache[key]

    return values


@pytest.fixture(scope="session")
def broken(
    valid: Callable[[Schema], st.SearchStrategy[Any]],
) -> Callable[[Schema], st.SearchStrategy[Any]]:
    """Generates values that violate a JSON schema: valid ones with one change, or arbitrary ones."""
    cache: dict[str, st.SearchStrategy[Any]] = {}

    def values(schema: Schema) -> st.SearchStrategy[Any]:
        key = json.dumps(schema)
        if key not in cache:
            corrupted = st.builds(_corrupt, valid(schema), st.randoms(), _ANYTHING)
            is_valid = Draft202012Validator(schema).is_valid
            cache[key] = (corrupted | _ANYTHING).filter(lambda value: not is_valid(value))
        return cache[key]

    return values


def _corrupt(value: Any, choose: Any, junk: Any) -> Any:
    """Return the value with one part replaced, one key removed or one key added."""
    places = [((), value), *_places(deepcopy(value))]
    path, _ = choose.choice(places)
    if not path:
        return junk
    whole = deepcopy(value)
    holder = whole
    for step in path[:-1]:
        holder = holder[step]
    if isinstance(holder, dict) and choose.random() < 0.3:
        del holder[path[-1]]
    elif isinstance(holder, dict) and choose.random() < 0.2:
        holder["unheard-of"] = junk
    else:
        holder[path[-1]] = junk
    return whole


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        yield (*path, step), item
        yield from _places(item, (*path, step))


def _values(schema: Schema) -> st.SearchStrategy[Any]:
    """Return values that approximately match the schema. A filter removes the others."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "if" in schema:
        return _values({**schema["if"], **schema["then"]}) | _values(schema["else"])
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            rest = {key: value for key, value in schema.items() if key != choice}
            return st.one_of([_values({**rest, **option}) for option in schema[choice]])
    kinds = schema.get("type", "object" if "properties" in schema else None)
    if kinds is None:
        return _ANYTHING
    return st.one_of([_OF_TYPE[kind](schema) for kind in (kinds if isinstance(kinds, list) else [kinds])])


def _objects(schema: Schema) -> st.SearchStrategy[Any]:
    named = {name: _values(inner) for name, inner in schema.get("properties", {}).items()}
    required = {name: named.pop(name) for name in schema.get("required", ()) if name in named}
    known = st.fixed_dictionaries(required, optional=named)
    others = schema.get("additionalProperties", True)
    if others is False:
        return known
    names = _texts(schema.get("propertyNames", {})) if "propertyNames" in schema else _SHORT
    values = _ANYTHING if others is True else _values(others)
    unnamed = st.dictionaries(names, values, max_size=2)
    return st.tuples(unnamed, known).map(lambda both: {**both[0], **both[1]})


def _arrays(schema: Schema) -> st.SearchStrategy[Any]:
    least = schema.get("minItems", 0)
    return st.lists(_values(schema.get("items", {})), min_size=least, max_size=least + _MOST_ITEMS)


def _texts(schema: Schema) -> st.SearchStrategy[str]:
    least = schema.get("minLength", 0)
    if schema.get("format") == "date-time":
        return _MOMENTS
    if "pattern" in schema:
        ascii_only = st.characters(max_codepoint=127)
        return st.from_regex(schema["pattern"], alphabet=ascii_only).filter(lambda text: len(text) >= least)
    return st.text(min_size=least, max_size=min(least + 8, schema.get("maxLength", 8)))


def _numbers(schema: Schema) -> st.SearchStrategy[Any]:
    return st.integers(schema.get("minimum"), schema.get("maximum"))


_OF_TYPE: dict[str, Callable[[Schema], st.SearchStrategy[Any]]] = {
    "object": _objects,
    "array": _arrays,
    "string": _texts,
    "integer": _numbers,
    "number": _numbers,
    "boolean": lambda _: st.booleans(),
    "null": lambda _: st.none(),
}


@pytest.fixture
async def mine(port: httpx.AsyncClient) -> dict[str, Any]:
    """The newly created integration `mine`."""
    new = {
        "installationId": "mine",
        "installationAppType": "custom",
        "version": "0.1.0",
        "changelogDestination": {},
        "config": {},
    }
    created = await port.post("/v1/integration", json=new)
    assert created.status_code == 201, created.text
    found: dict[str, Any] = created.json()["integration"]
    return found


@pytest.fixture
async def populated(catalog: httpx.AsyncClient, mine: dict[str, Any]) -> httpx.AsyncClient:
    """The catalog with the person ann, the integration `mine` and its running resync `e1`."""
    await catalog.post("/v1/blueprints/person/entities", json={"identifier": "ann", "properties": {"age": 1}})
    begun = {"status": "started", "integration_id": mine["identifier"]}
    assert (await catalog.post("/v1/lifecycle/e1", json=begun)).status_code == 200
    return catalog
