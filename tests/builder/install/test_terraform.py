"""The Terraform configuration creates in Port what `apply` creates."""

import asyncio
import base64
import json
import os
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.creation import write
from builder.draft import Blueprint, Draft, Installation, Property, Source
from builder.existing import Wanted, read_difference, read_mapping_draft
from builder.install import (
    blueprints,
    bundle,
    integration_request,
    mapping,
    steps,
    terraform,
    terraform_import,
    terraform_mapping,
)
from builder.install.terraform_syntax import literal, resource_names
from builder.port_account import Credentials, open_account
from builder.project import read_project
from builder.templates import draft_of, read_template, template_titles
from tests.builder.install.terraform_model import Terraform, apply_terraform, evaluated

type Run = Callable[[str, str], list[list[str]]]
type Document = dict[str, Any]

_PROGRAM = shutil.which("terraform")
_TEXTS = st.lists(
    st.sampled_from(["${", "%{", "$", "%", "{", "}", '"', "\\", "\n", "<<EOT", "~", "a", "ä", "\u2028"]),
    min_size=1,
    max_size=8,
).map("".join) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)
_LOOKS = {"title": _TEXTS, "description": _TEXTS, "icon": _TEXTS}
_NAMES = st.text("abcXYZ019@_=-", min_size=1, max_size=8)
_IDENTIFIERS = st.text("abÄ/:.+\\1", min_size=1, max_size=4).filter(lambda text: text not in (".", ".."))


def _definition(kind: str, **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries({"type": st.just(kind)}, optional={**_LOOKS, **optional})


_COUNT = st.integers(0, 9)
_COLORS = st.dictionaries(_TEXTS, st.sampled_from(["red", "green"]), min_size=1, max_size=2)
_ENUM = st.lists(_TEXTS, min_size=1, max_size=3)
_SPEC = {
    "spec": st.just("open-api"),
    "specAuthentication": st.fixed_dictionaries(
        dict.fromkeys(("clientId", "authorizationUrl", "tokenUrl"), _TEXTS)
    ),
}
_ITEMS = st.one_of(
    st.fixed_dictionaries(
        {
            "items": _definition(
                "string", enum=_ENUM, enumColors=_COLORS, format=st.just("url"), pattern=_TEXTS
            )
        },
        optional={"default": st.lists(_TEXTS, min_size=1)},
    ),
    st.fixed_dictionaries(
        {"items": st.just({"type": "number"})}, optional={"default": st.lists(_COUNT, min_size=1)}
    ),
    st.fixed_dictionaries(
        {"items": st.just({"type": "object", "format": "labeled-url"})},
        optional={"default": st.lists(st.dictionaries(_TEXTS, _JSON, max_size=2), min_size=1)},
    ),
    st.just({}),
).map(lambda found: {**found, **({"items": _plain(found["items"])} if "items" in found else {})})


def _plain(items: Document) -> Document:
    return {name: value for name, value in items.items() if name not in _LOOKS}


_PROPERTIES = st.one_of(
    _definition(
        "string",
        **_SPEC,
        default=_TEXTS,
        enum=_ENUM,
        enumColors=_COLORS,
        format=st.just("email"),
        minLength=_COUNT,
        maxLength=_COUNT,
        pattern=_TEXTS,
        dateFormat=_TEXTS,
    ),
    _definition("number", default=_COUNT, enum=st.lists(_COUNT, min_size=1), minimum=_COUNT, maximum=_COUNT),
    _definition("boolean", default=st.booleans()),
    _definition(
        "object", default=st.dictionaries(_TEXTS, _JSON, min_size=1, max_size=2), spec=st.just("open-api")
    ),
    st.tuples(_definition("array", minItems=_COUNT, maxItems=_COUNT), _ITEMS).map(
        lambda two: {**two[0], **two[1]}
    ),
)


@st.composite
def _documents(draw: st.DrawFn) -> list[Document]:
    """Blueprints as Port has them, with relations to each other and to one of Port's own."""
    identifiers = draw(st.lists(_IDENTIFIERS, unique=True, min_size=1, max_size=4))
    relation = st.fixed_dictionaries(
        {
            "target": st.sampled_from([*identifiers, "_user"]),
            "required": st.booleans(),
            "many": st.booleans(),
        },
        optional={"title": _TEXTS, "description": _TEXTS},
    )
    found = []
    for identifier in identifiers:
        properties = draw(st.dictionaries(_NAMES, _PROPERTIES, max_size=4))
        required = draw(st.sets(st.sampled_from(sorted(properties)))) if properties else set()
        optional: Document = {
            "description": draw(_TEXTS),
            "changelogDestination": draw(
                st.sampled_from(
                    [{"type": "KAFKA"}, {"type": "WEBHOOK", "url": "https://${a}", "agent": True}]
                )
            ),
            "ownership": {"type": "Inherited", "path": draw(_TEXTS), "title": draw(_TEXTS)},
            "mirrorProperties": {"up": {"path": "owner.$title", "title": draw(_TEXTS)}},
            "calculationProperties": {
                "made": {
                    "calculation": draw(_TEXTS),
                    "type": "array",
                    "items": {"type": "string", "format": "url"},
                    "colors": draw(_COLORS),
                    "colorized": True,
                }
            },
        }
        chosen = draw(st.sets(st.sampled_from(sorted(optional))))
        found.append(
            {
                "identifier": identifier,
                "title": draw(_TEXTS),
                "schema": {"properties": properties, "required": sorted(required)},
                "relations": draw(st.dictionaries(_NAMES, relation, max_size=3)),
                **{name: optional[name] for name in chosen},
            }
        )
    return found


def _opened(documents: list[Document]) -> Draft:
    """Return a draft that was opened from Port."""
    entries: list[Any] = [
        {
            "kind": f"/{number}",
            "selector": {"query": "true"},
            "port": {
                "entity": {"mappings": {"identifier": ".id", "blueprint": json.dumps(each["identifier"])}}
            },
        }
        for number, each in enumerate(documents)
    ]
    return read_mapping_draft({"resources": entries}, documents)


def _files(draft: Draft) -> dict[str, str]:
    return {"terraform/main.tf.json": terraform(draft), "terraform/mapping.json": terraform_mapping(draft)}


def _normal(document: Mapping[str, Any]) -> Document:
    """Return a blueprint without what is empty. The order of its required properties has no meaning."""
    schema = document["schema"]
    ordered = {**document, "schema": {**schema, "required": sorted(schema.get("required", []))}}
    return {name: value for name, value in ordered.items() if value not in ({}, [])}


def _blueprints_of(files: Mapping[str, str]) -> dict[str, Document]:
    """Return the blueprints that Terraform creates, with the relations that it adds to them."""
    found = Terraform.read(files)
    created = found.blueprints()
    for identifier, name, relation in found.relations():
        assert name not in created[identifier]["relations"]
        created[identifier]["relations"][name] = relation
    return created


@given(_TEXTS)
def test_a_text_is_the_value_of_its_template(text: str) -> None:
    assert evaluated(literal(text)) == text


def test_markers_are_doubled_before_a_brace_only() -> None:
    assert literal("${a} %{b} $c 5% {d}") == "$${a} %%{b} $c 5% {d}"
    assert literal("$${a} %%%{b}") == "$$${a} %%%%{b}"


@given(st.lists(_TEXTS, max_size=5))
def test_names_of_resources_are_valid_and_distinct(texts: list[str]) -> None:
    names = resource_names(texts)
    assert names.keys() == set(texts)
    assert len(set(names.values())) == len(names)
    assert all(name.isascii() and name.isidentifier() for name in names.values())


@given(_documents())
def test_terraform_creates_the_blueprints_completely(documents: list[Document]) -> None:
    draft = _opened(documents)
    wanted = {str(each["identifier"]): _normal(each) for each in blueprints(draft)}
    assert {name: _normal(each) for name, each in _blueprints_of(_files(draft)).items()} == wanted


@given(st.dictionaries(_TEXTS, _JSON, max_size=3), _TEXTS)
def test_the_mapping_is_complete(selector: Document, expression: str) -> None:
    source = Source("/${x}", Blueprint("a", "A", None, (Property("b", expression),)), ".id", None, selector)
    draft = Draft({}, (source,))
    integration = Terraform.read(_files(draft)).integration()
    assert integration == integration_request(draft, read_project().version)
    assert integration["config"] == mapping(draft)


def test_kafka_is_the_destination_of_an_integration_with_its_listener(draft: Draft) -> None:
    kafka = replace(draft, installation=Installation(event_listener="KAFKA"))
    integration = Terraform.read(_files(kafka)).integration()
    assert integration == integration_request(kafka, read_project().version)
    assert integration["changelogDestination"] == {"type": "KAFKA"}


def test_the_credentials_are_variables_without_a_value(draft: Draft) -> None:
    secret = replace(
        draft, settings={**draft.settings, "authValue": "Walrus-1", "customHeaders": {"X": "Otter-2"}}
    )
    files = bundle(secret)
    main = json.loads(files["terraform/main.tf.json"])
    assert main["provider"]["port"] == {
        "client_id": "${var.port_client_id}",
        "secret": "${var.port_client_secret}",
        "base_url": "https://api.getport.io",
    }
    assert main["variable"].keys() == {"port_client_id", "port_client_secret"}
    for variable in main["variable"].values():
        assert variable["sensitive"] is True
        assert "default" not in variable
    assert main["terraform"]["required_providers"]["port"]["source"] == "port-labs/port-labs"
    for name, text in files.items():
        assert "Walrus-1" not in text, name
        assert "Otter-2" not in text, name


def test_a_blueprint_that_the_provider_cannot_describe_is_left_out_with_the_reason() -> None:
    bounded = {"type": "number", "exclusiveMinimum": 0}
    documents = [
        {
            "identifier": "kept",
            "title": "Kept",
            "schema": {"properties": {}},
            "relations": {"up": _to("other")},
        },
        {
            "identifier": "other",
            "title": "Other",
            "schema": {"properties": {"size": bounded}},
            "relations": {},
        },
    ]
    draft = _opened(documents)
    found = _blueprints_of(_files(draft))
    assert found.keys() == {"kept"}
    assert found["kept"]["relations"]["up"]["target"] == "other"
    reason = (
        "Left out is the blueprint other, because port_blueprint has no argument for "
        "properties.size.exclusiveMinimum."
    )
    assert reason in json.loads(terraform(draft))["//"]
    assert any(reason in step.text for step in steps(draft))
    assert "other" not in terraform_import(draft)


@pytest.mark.parametrize(
    ("definition", "unknown"),
    [
        ({"type": "array", "items": {"type": "number", "enum": [1, 2]}}, "items.enum"),
        ({"type": "array", "items": {"minimum": 1}}, "items"),
        ({"type": "array", "default": ["a"]}, "default"),
        (
            {"type": "string", "specAuthentication": {"authorizationScope": ["a"]}},
            "specAuthentication.authorizationScope",
        ),
    ],
    ids=["enum of numbers", "items without a type", "default without items", "scopes"],
)
def test_a_part_without_an_argument_is_named(definition: Document, unknown: str) -> None:
    document = {"identifier": "a", "title": "A", "schema": {"properties": {"p": definition}}, "relations": {}}
    assert json.loads(terraform(_opened([document])))["//"][-1].endswith(f" properties.p.{unknown}.")


def test_an_integration_with_another_identifier_is_left_out_with_the_reason(draft: Draft) -> None:
    named = replace(draft, installation=Installation("My_Company"))
    assert Terraform.read(_files(named)).integration() is None
    assert json.loads(terraform(named))["//"][-1].startswith("Left out is the integration My_Company, ")
    assert "port_integration" not in terraform_import(named)


@pytest.mark.process
def test_the_import_commands_name_the_resources_and_what_is_in_port(draft: Draft, run_printed: Run) -> None:
    several = replace(draft, sources=(*draft.sources, Source("/x", Blueprint("a/b\\$1", "X"), ".id")))
    resources = json.loads(terraform(several))["resource"]
    commands = run_printed(terraform_import(several), "terraform")
    assert {tuple(words[:2]) for words in commands} == {("-chdir=terraform", "import")}
    found = dict(words[2:] for words in commands)
    assert found["port_integration.ocean_custom"] == "ocean-custom"
    for address, identifier in found.items():
        kind, name = address.split(".")
        assert identifier in (resources[kind][name].get("identifier"), "ocean-custom")
    # Terraform would delete and create again a relation that it imports with its blueprint.
    late = {each["blueprint"] for each in resources["port_blueprint_relation"].values()}
    assert late == {"${port_blueprint.sampleProject.identifier}"}
    assert "sampleProject" not in found.values()
    assert "# Left out: sampleProject. " in terraform_import(several)
    assert {"sampleUser", "a/b\\$1"} <= set(found.values())


def _to(target: str) -> Document:
    return {"target": target, "required": False, "many": False}


async def _apply(port: httpx.Client, draft: Draft) -> None:
    url = str(port.base_url).rstrip("/")
    request = integration_request(draft, read_project().version)
    async with open_account(Credentials("sandbox", "sandbox", url)) as account:
        difference = await read_difference(account, Wanted(blueprints(draft), request))
        results = [each async for each in write(account, difference, request, "create")]
    assert [each for each in results if not each.is_good] == []


def _content(port: httpx.Client) -> tuple[dict[str, Document], list[Document]]:
    """Return all blueprints and integrations, without their times and ids."""
    written = {"createdAt", "updatedAt", "createdBy", "updatedBy", "id"}
    found = port.get("/v1/blueprints").raise_for_status().json()["blueprints"]
    documents = [{name: value for name, value in each.items() if name not in written} for each in found]
    names = ("installationId", "installationAppType", "version", "changelogDestination", "config")
    listed = port.get("/v1/integration").raise_for_status().json()["integrations"]
    integrations = [{name: each[name] for name in names} for each in listed]
    return {each["identifier"]: _normal(each) for each in documents}, integrations


@pytest.mark.process
@pytest.mark.parametrize("name", ["circular", *template_titles()])
def test_port_has_the_same_after_terraform_as_after_apply(
    name: str, draft: Draft, port: httpx.Client
) -> None:
    if name != "circular":
        template = read_template(name)
        draft = draft_of(template, {need.name: f"my-{need.name}" for need in template.needs})
    asyncio.run(_apply(port, draft))
    applied = _content(port)
    port.post("/_sandbox/reset").raise_for_status()
    apply_terraform(port, _files(draft))
    assert _content(port) == applied
    assert len(applied[1]) == 1


def _run_terraform(folder: Path, command: str, entered: str = "") -> str:
    """Return what a command of the real program prints. No command here needs the provider."""
    done = subprocess.run(
        [str(_PROGRAM), command],
        input=entered,
        cwd=folder,
        env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _evaluated_by_terraform(folder: Path, files: Mapping[str, str]) -> Document:
    """Return the arguments of all resources, evaluated by the real program."""
    main = json.loads(files["terraform/main.tf.json"].replace("${port_blueprint.", "${local.port_blueprint."))
    resources = main["resource"]
    names = {name: {"identifier": each["identifier"]} for name, each in resources["port_blueprint"].items()}
    local = {"locals": {"port_blueprint": names, "found": resources}}
    (folder / "main.tf.json").write_text(json.dumps(local), encoding="utf-8")
    (folder / "mapping.json").write_text(files["terraform/mapping.json"], encoding="utf-8")
    printed = _run_terraform(folder, "console", "base64encode(jsonencode(local.found))")
    found: Document = json.loads(base64.b64decode(printed.strip().strip('"')))
    return found


_needs_terraform = pytest.mark.skipif(_PROGRAM is None, reason="terraform is not installed")


@pytest.mark.process
@_needs_terraform
@pytest.mark.parametrize("identifier", ["ocean-custom", "My_Company"])
def test_terraform_itself_reads_the_configuration(draft: Draft, tmp_path: Path, identifier: str) -> None:
    for name, text in _files(replace(draft, installation=Installation(identifier))).items():
        (tmp_path / Path(name).name).write_text(text, encoding="utf-8")
    assert "port-labs/port-labs] ~> 2.25" in _run_terraform(tmp_path, "providers")


@pytest.mark.process
@pytest.mark.slow
@_needs_terraform
@settings(max_examples=4, deadline=None)
@given(documents=_documents(), texts=st.lists(_TEXTS, min_size=30, max_size=30))
def test_terraform_itself_reads_the_same_values(
    tmp_path_factory: pytest.TempPathFactory, documents: list[Document], texts: list[str]
) -> None:
    title = {"type": "string", "enum": ["$${a}", "$$$${b}", "%%{c}", "$%{d}", "${", *texts]}
    documents[0]["schema"]["properties"]["texts"] = title
    files = _files(_opened(documents))
    model = Terraform.read(files)
    found = _evaluated_by_terraform(tmp_path_factory.mktemp("terraform"), files)
    wanted = model.value(dict(model.resources))
    [integration], [expected] = found["port_integration"].values(), wanted["port_integration"].values()
    assert json.loads(integration.pop("config")) == json.loads(expected.pop("config"))
    assert found == _composed(wanted)


def _composed(value: Any) -> Any:
    """Return a value with composed characters (NFC), as Terraform stores all texts."""
    if isinstance(value, dict):
        return {_composed(name): _composed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_composed(each) for each in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value
