"""The archive, and the steps of an installation by hand."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import yaml
from port_ocean.core.defaults.common import get_port_integration_defaults

from builder.draft import Draft, Installation
from builder.install import bundle, mapping, steps, zipped
from builder.install.steps import readme
from ocean_adapter.selector import CustomPortAppConfig


def test_every_file_has_the_format_of_its_extension(draft: Draft) -> None:
    for name, text in bundle(draft).items():
        if name.endswith((".yaml", ".yml")):
            assert isinstance(yaml.safe_load(text), dict), name
        elif name.endswith(".json"):
            assert isinstance(json.loads(text), dict if name.startswith("terraform/") else list), name
        elif name.endswith(".sh"):
            assert text.startswith("#!/bin/sh\nset -e\n"), name
        assert text.endswith("\n"), name


def test_the_archive_is_reproducible_and_has_all_files(draft: Draft) -> None:
    files = bundle(draft)
    content = zipped(files)
    assert content == zipped(bundle(draft))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == files
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    assert modes["helm-install.sh"] == 0o755
    assert modes["values.yaml"] == 0o644


def test_ocean_reads_blueprints_and_mapping_from_the_folder(draft: Draft, tmp_path: Path) -> None:
    for name, text in bundle(draft).items():
        if name.startswith("resources/"):
            (tmp_path / Path(name).name).write_text(text, encoding="utf-8")
    found = get_port_integration_defaults(CustomPortAppConfig, str(tmp_path))
    assert found is not None
    assert [each["identifier"] for each in found.blueprints] == ["sampleProject", "sampleUser"]
    assert found.port_app_config.to_request()["resources"] == mapping(draft)["resources"]


def test_steps_name_existing_files(draft: Draft) -> None:
    files = bundle(draft)
    named = [file for step in steps(draft) for file in step.files]
    assert named
    assert set(named) <= files.keys()


def test_steps_name_placeholders_and_blueprints(draft: Draft) -> None:
    text = readme(draft)
    assert "`<YOUR_API_TOKEN>`" in text
    assert "`sampleProject`, `sampleUser`" in text
    assert "Leave out the relations of `sampleProject`" in text
    assert "docker build -t port-ocean-custom ." in text
    assert "docker push <YOUR_REGISTRY>/port-ocean-custom" in text
    assert "## 4. Add the mapping in Port" in text


def test_steps_without_secrets_of_the_api_name_those_of_port_only(draft: Draft) -> None:
    plain = replace(
        draft, settings={"baseUrl": "https://a.example"}, installation=Installation(type="generic-http")
    )
    text = readme(plain)
    assert "From your API" not in text
    assert "docker build -t port-ocean-generic-http --build-arg INTEGRATION_TYPE=generic-http ." in text


def test_a_start_creates_nothing_in_port_if_the_user_disables_it(draft: Draft) -> None:
    by_hand = replace(draft, installation=Installation(initialize_port_resources=False))
    assert "Skip this step" in readme(draft)
    assert "Skip this step" not in readme(by_hand)
    assert "--mount" in bundle(draft)["docker-env-file.sh"]
    assert "--mount" not in bundle(by_hand)["docker-env-file.sh"]
