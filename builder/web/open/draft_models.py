"""The content of a draft file."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from builder.draft import KeptEntry
from builder.web.choose.endpoint import OpenedEntry, Origin, OwnRelation, ParameterForm, RelationRow
from builder.web.open.opened import Opened
from rest.bodies import Json


class _Saved(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SavedResponse(_Saved):
    """A response of a sample. values, fields: what its items receive from their parents."""

    status: int
    headers: dict[str, str]
    content: str
    values: dict[str, str | int | float | bool] = {}
    fields: dict[str, Json] = {}


class SavedSample(_Saved):
    """A sample with masked secrets."""

    origin: Origin
    kind: str
    url: str
    data_path: str
    responses: list[SavedResponse]

    @property
    def size(self) -> int:
        """The number of characters of all responses."""
        return sum(len(each.content) for each in self.responses)


class SavedRow(_Saved):
    """A property. keys: the path of the field in the sample, None for a property that the user added."""

    name: str
    title: str
    type: str
    expression: str
    is_selected: bool
    enum: tuple[str | int | float, ...] = ()
    keys: list[str] | None = None


class SavedEndpoint(_Saved):
    """The inputs of an endpoint."""

    number: int
    kind: str
    method: str
    query_params: str
    headers: str
    body: str
    min_items: str
    more: str
    parameters: dict[str, ParameterForm]
    data_path: str
    query: str
    blueprint: str
    blueprint_title: str
    icon: str
    identifier: str
    title: str
    relations: tuple[RelationRow, ...]
    own_relations: tuple[OwnRelation, ...]
    notes: tuple[str, ...]
    opened: OpenedEntry | None
    rows: list[SavedRow]
    sample: SavedSample | None
    body_type: str = ""
    webhook: str = ""


class SavedInstallation(_Saved):
    """The inputs of step 3, without credentials."""

    identifier: str
    type: str
    region: str
    port_base_url: str
    event_listener: Literal["POLLING", "KAFKA", "WEBHOOKS_ONLY", "ONCE"]
    resync_minutes: str


class SavedDraft(_Saved):
    """A whole draft. secrets: the names of the settings that are not in the file."""

    format: str
    version: int
    saved_by: str
    settings: dict[str, str]
    secrets: list[str]
    installation: SavedInstallation
    endpoints: list[SavedEndpoint]
    current: int
    opened: Opened | None
    kept: tuple[KeptEntry, ...]
    catalog: list[str]
