"""A model of Terraform and of Port's provider: the requests that a configuration leads to.

The arguments are those of the pages docs/resources/blueprint.md, blueprint_relation.md and integration.md of
https://github.com/port-labs/terraform-provider-port-labs (read on 2026-11-30), templates follow HCL's
specification (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md, read on 2026-11-30).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

type Document = dict[str, Any]

_CONFIG = 'jsonencode(jsondecode(file("${path.module}/mapping.json")))'
_LOOKS = "title description icon"
_SPEC = "spec spec_authentication"
ARGUMENTS: Mapping[str, frozenset[str]] = {
    name: frozenset(arguments.split())
    for name, arguments in {
        "blueprint": "identifier title description icon calculation_properties mirror_properties properties "
        "relations ownership team_inheritance kafka_changelog_destination webhook_changelog_destination "
        "create_catalog_page force_delete_entities include_in_global_search",
        "relation": "target many required title description",
        "blueprint_relation": "blueprint identifier target many required title description",
        "integration": "installation_id installation_app_type title version config "
        "kafka_changelog_destination webhook_changelog_destination",
        "properties": "string_props number_props boolean_props object_props array_props",
        "string": f"{_LOOKS} {_SPEC} date_format default enum enum_colors format max_length min_length "
        "pattern required",
        "number": f"{_LOOKS} default enum enum_colors maximum minimum required",
        "boolean": f"{_LOOKS} default required",
        "object": f"{_LOOKS} default format required spec",
        "array": f"{_LOOKS} max_items min_items required union string_items number_items boolean_items "
        "object_items",
        "string_items": "default enum enum_colors format pattern",
        "number_items": "default",
        "boolean_items": "default",
        "object_items": "default format",
        "mirror": "path title",
        "calculation": f"{_LOOKS} {_SPEC} calculation type colorized colors date_format format items",
        "calculation_items": "format type",
        "spec_authentication": "authorization_url client_id token_url",
        "ownership": "type path title",
        "team_inheritance": "path",
        "webhook_changelog_destination": "url agent",
    }.items()
}
_REFERENCE = re.compile(r"port_blueprint\.([A-Za-z_][A-Za-z0-9_-]*)\.identifier")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_INSTALLATION_ID = re.compile(r"[a-z0-9-]+")


def _no_value(code: str) -> Any:
    raise AssertionError(f"an unknown expression: {code}")


def evaluated(template: str, value_of: Callable[[str], Any] = _no_value) -> Any:
    """Return the value of a template. value_of: the value of an expression."""
    parts: list[Any] = []
    place = 0
    while place < len(template):
        if template.startswith(("$${", "%%{"), place):
            parts.append(template[place + 1 : place + 3])
            place += 3
        elif template.startswith("${", place):
            code = _expression_at(template, place + 2)
            parts.append(value_of(code))
            place += len(code) + 3
        else:
            assert not template.startswith("%{", place), f"a directive in {template!r}"
            parts.append(template[place])
            place += 1
    return parts[0] if len(parts) == 1 else "".join(parts)


def _expression_at(template: str, start: int) -> str:
    depth = 1
    for place in range(start, len(template)):
        depth += {"{": 1, "}": -1}.get(template[place], 0)
        if not depth:
            return template[start:place]
    raise AssertionError(f"an expression does not end in {template!r}")


@dataclass(frozen=True, slots=True)
class Terraform:
    """A configuration: the resources of main.tf.json by type and name, evaluated on request."""

    resources: Mapping[str, Mapping[str, Document]]
    mapping: Any

    @classmethod
    def read(cls, files: Mapping[str, str]) -> "Terraform":
        """Read the exported files."""
        main = json.loads(files["terraform/main.tf.json"])
        assert main.keys() <= {"//", "terraform", "provider", "variable", "resource"}
        resources: dict[str, dict[str, Document]] = main.get("resource", {})
        assert resources.keys() <= {"port_blueprint", "port_blueprint_relation", "port_integration"}
        assert all(_NAME.fullmatch(name) for named in resources.values() for name in named)
        return cls(resources, json.loads(files["terraform/mapping.json"]))

    def blueprints(self) -> dict[str, Document]:
        """Return the bodies that create the blueprints, by identifier, each after those it refers to."""
        created: dict[str, Document] = {}
        for name in self.resources.get("port_blueprint", {}):
            self._create(name, created, ())
        return created

    def relations(self) -> Iterator[tuple[str, str, Document]]:
        """Yield (blueprint, relation, its definition) of the relations with a resource of their own."""
        for arguments in self.resources.get("port_blueprint_relation", {}).values():
            found = _checked("blueprint_relation", self.value(arguments))
            blueprint, name = found.pop("blueprint"), found.pop("identifier")
            yield blueprint, name, found

    def integration(self) -> Document | None:
        """Return the body that creates the integration."""
        for arguments in self.resources.get("port_integration", {}).values():
            lifecycle = arguments["lifecycle"]
            assert lifecycle == {"ignore_changes": ["version"], "prevent_destroy": True}
            plain = {name: value for name, value in arguments.items() if name != "lifecycle"}
            found = _checked("integration", self.value(plain))
            assert _INSTALLATION_ID.fullmatch(found["installation_id"])
            kafka = {"type": "KAFKA"} if found.pop("kafka_changelog_destination", None) == {} else {}
            return {**_in_port(found), "config": json.loads(found["config"]), "changelogDestination": kafka}
        return None

    def value(self, argument: Any) -> Any:
        """Return the value of an argument. Keys are templates, too."""
        if isinstance(argument, dict):
            return {self.value(name): self.value(each) for name, each in argument.items()}
        if isinstance(argument, list):
            return [self.value(each) for each in argument]
        return evaluated(argument, self._value_of) if isinstance(argument, str) else argument

    def _value_of(self, code: str) -> Any:
        if code == _CONFIG:
            return json.dumps(self.mapping)
        if match := _REFERENCE.fullmatch(code):
            return self.value(self.resources["port_blueprint"][match[1]]["identifier"])
        return _no_value(code)

    def _create(self, name: str, created: dict[str, Document], ancestors: tuple[str, ...]) -> None:
        assert name not in ancestors, f"a cycle: {ancestors}"
        arguments = self.resources["port_blueprint"][name]
        for target in _REFERENCE.findall(json.dumps(arguments)):
            self._create(target, created, (*ancestors, name))
        body = _blueprint(_checked("blueprint", self.value(arguments)))
        created.setdefault(body["identifier"], body)


def apply_terraform(port: httpx.Client, files: Mapping[str, str]) -> None:
    """Send the requests of the provider to an empty Port."""
    found = Terraform.read(files)
    for body in found.blueprints().values():
        port.post("/v1/blueprints", json=body).raise_for_status()
    for identifier, name, relation in found.relations():
        path = f"/v1/blueprints/{quote(identifier, safe='')}"
        port.patch(path, json={"relations": {name: relation}}).raise_for_status()
    if integration := found.integration():
        port.post("/v1/integration", json=integration).raise_for_status()


def _checked(kind: str, arguments: Document) -> Document:
    assert arguments.keys() <= ARGUMENTS[kind], (kind, arguments.keys() - ARGUMENTS[kind])
    assert None not in arguments.values()
    return arguments


def _in_port(arguments: Document) -> Document:
    """Return arguments by Port's names: `enum_colors` is `enumColors`."""
    return {re.sub(r"_([a-z])", lambda match: match[1].upper(), name): v for name, v in arguments.items()}


def _blueprint(arguments: Document) -> Document:
    for name in ("identifier", "title"):
        assert arguments.get(name), f"{name} is required"
    properties: Document = {}
    required: list[str] = []
    for group, named in _checked("properties", arguments.pop("properties", {})).items():
        kind = group.removesuffix("_props")
        for name, each in named.items():
            properties[name] = {"type": kind, **_property(kind, each)}
            required += [name] if each.get("required") else []
    groups = {
        name: arguments.pop(name, {}) for name in ("relations", "mirror_properties", "calculation_properties")
    }
    relations = {name: _checked("relation", each) for name, each in groups["relations"].items()}
    mirrors = {name: _checked("mirror", each) for name, each in groups["mirror_properties"].items()}
    calculations = {name: _calculation(each) for name, each in groups["calculation_properties"].items()}
    return {
        **_changelog(arguments),
        "schema": {"properties": properties, "required": required},
        "relations": relations,
        "mirrorProperties": mirrors,
        "calculationProperties": calculations,
    }


def _changelog(arguments: Document) -> Document:
    for name in ("ownership", "team_inheritance"):
        _checked(name, arguments.get(name, {}))
    webhook = arguments.pop("webhook_changelog_destination", None)
    kafka = arguments.pop("kafka_changelog_destination", None)
    found = _in_port(arguments)
    if webhook:
        checked = _checked("webhook_changelog_destination", webhook)
        return {**found, "changelogDestination": {"type": "WEBHOOK", **checked}}
    return found if kafka is None else {**found, "changelogDestination": {"type": "KAFKA"}}


def _property(kind: str, arguments: Document) -> Document:
    found = {name: each for name, each in _checked(kind, arguments).items() if name != "required"}
    if kind == "object" and "default" in found:
        found["default"] = json.loads(found["default"])
    for group in [
        name for name in found if name.endswith("_items") and name not in ("min_items", "max_items")
    ]:
        items = dict(_checked(group, found.pop(group)))
        default = items.pop("default", None)
        item_kind = group.removesuffix("_items")
        if default is not None:
            found["default"] = [json.loads(each) for each in default] if item_kind == "object" else default
        found["items"] = {"type": item_kind, **_in_port(items)}
    if "spec_authentication" in found:
        found["spec_authentication"] = _in_port(_checked("spec_authentication", found["spec_authentication"]))
    return _in_port(found)


def _calculation(arguments: Document) -> Document:
    found = dict(_checked("calculation", arguments))
    _checked("calculation_items", found.get("items", {}))
    if "spec_authentication" in found:
        found["spec_authentication"] = _in_port(_checked("spec_authentication", found["spec_authentication"]))
    return _in_port(found)
