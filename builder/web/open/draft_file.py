"""Drafts as files: the whole work on the page as JSON, without secrets."""

import json
from collections.abc import Mapping
from dataclasses import replace

from pydantic import ValidationError

from builder.project import read_project
from builder.web.choose.endpoint import EndpointForm
from builder.web.connect.form import ConnectionForm
from builder.web.connect.redaction import redactor_of
from builder.web.connect.setting_fields import all_fields
from builder.web.open.draft_models import SavedDraft, SavedEndpoint, SavedInstallation, SavedRow, SavedSample
from builder.web.open.draft_samples import Redact, restore_sample, save_sample
from builder.web.page.workspace import Workspace
from rest.bodies import Json
from rest.errors import ResourceError
from rest.origin import Redactor

FORMAT = "ocean-custom-draft"
VERSION = 1
_MAX_SAMPLES_SIZE = 8 * 2**20
_OLDEST = 1


def draft_text(workspace: Workspace, *, with_samples: bool = True) -> str:
    """Return the work as the content of a draft file. Secrets are left out, and masked in other texts."""
    redact = _redactor(workspace)
    size = 0
    endpoints = []
    for each in workspace.endpoints:
        sample = save_sample(each.sample, redact) if with_samples and each.sample else None
        size += sample.size if sample else 0
        endpoints.append(_saved(each, sample if size <= _MAX_SAMPLES_SIZE else None))
    draft = SavedDraft(
        format=FORMAT,
        version=VERSION,
        saved_by=f"ocean-custom {read_project().version}",
        settings=dict(workspace.connection.texts),
        secrets=sorted(workspace.connection.secrets),
        installation=SavedInstallation(
            **{name: getattr(workspace.installation, name) for name in SavedInstallation.model_fields}
        ),
        endpoints=endpoints,
        current=workspace.current,
        opened=workspace.opened,
        kept=workspace.kept,
        catalog=sorted(workspace.catalog),
    )
    return json.dumps(_masked(draft.model_dump(mode="json"), redact), indent=1, ensure_ascii=False) + "\n"


def read_draft(content: Mapping[str, Json], workspace: Workspace) -> Workspace:
    """Return the work of a draft file. The workspace's secrets are kept.

    Raises ResourceError: the file is of another program or version, or is damaged.
    """
    _check_version(content)
    try:
        draft = SavedDraft.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ResourceError(
            f"The draft is damaged: {place}: {first['msg']}", hint="Save it again, or undo changes by hand"
        ) from error
    known = {field.name for field in all_fields() if not field.is_secret}
    settings = {name: text for name, text in draft.settings.items() if name in known}
    connection = ConnectionForm({**ConnectionForm().texts, **settings}, workspace.connection.secrets)
    installation = replace(workspace.installation, **draft.installation.model_dump())
    endpoints = tuple(_restored(each) for each in draft.endpoints) or (EndpointForm(1),)
    if len({each.number for each in endpoints}) < len(endpoints):
        raise ResourceError("The draft is damaged: two endpoints have the same number")
    return Workspace(
        connection,
        endpoints,
        draft.current if draft.current in {each.number for each in endpoints} else endpoints[0].number,
        installation,
        opened=draft.opened,
        kept=draft.kept,
        catalog=frozenset(draft.catalog),
    )


def missing_secrets(text: str, workspace: Workspace) -> list[str]:
    """Return the secrets that a draft had when it was saved, and that have to be entered again."""
    try:
        content = json.loads(text)
    except ValueError:
        return []  # a mapping in YAML
    secrets = content.get("secrets") if isinstance(content, dict) else None
    names = [str(each) for each in secrets] if isinstance(secrets, list) else []
    return [name for name in names if name not in workspace.connection.secrets]


def _check_version(content: Mapping[str, Json]) -> None:
    if content.get("format") != FORMAT:
        raise ResourceError(
            f"The file has the format {str(content.get('format'))[:40]!r}. This page reads {FORMAT}",
            hint="Choose a draft that was saved on this page",
        )
    version = content.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < _OLDEST:
        raise ResourceError(
            f"The draft has the version {str(version)[:40]}, which cannot be read",
            hint=f"This page reads the versions {_OLDEST} to {VERSION}",
        )
    if version > VERSION:
        raise ResourceError(
            f"The draft has the version {version}. It was saved by a newer release",
            hint=f"Upgrade. This release reads the versions {_OLDEST} to {VERSION}",
        )


def _saved(form: EndpointForm, sample: SavedSample | None) -> SavedEndpoint:
    names = SavedEndpoint.model_fields.keys() - {"rows", "sample"}
    rows = [
        SavedRow(
            name=row.name,
            title=row.title,
            type=row.type,
            expression=row.expression,
            is_selected=row.is_selected,
            enum=row.enum,
            keys=None if row.found is None else list(row.found.keys),
        )
        for row in form.rows
    ]
    return SavedEndpoint(**{name: getattr(form, name) for name in names}, rows=rows, sample=sample)


def _restored(saved: SavedEndpoint) -> EndpointForm:
    names = SavedEndpoint.model_fields.keys() - {"rows", "sample"}
    form = EndpointForm(**{name: getattr(saved, name) for name in names})
    return restore_sample(form, saved)


def _redactor(workspace: Workspace) -> Redact:
    """Return a function that masks the secrets of the API and of Port."""
    api, port = redactor_of(workspace.connection), Redactor.of([workspace.installation.client_secret])
    return lambda text: port(api(text))


def _masked(value: Json, redact: Redact) -> Json:
    if isinstance(value, dict):
        return {name: _masked(each, redact) for name, each in value.items()}
    if isinstance(value, list):
        return [_masked(each, redact) for each in value]
    return redact(value) if isinstance(value, str) else value
