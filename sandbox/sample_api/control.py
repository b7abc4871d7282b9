"""`/_control`: endpoints for tests and demonstrations. They are not part of the company's API."""

import re
from typing import Annotated

from fastapi import APIRouter, Body, Depends, HTTPException
from pydantic import BaseModel, ConfigDict, Field, field_validator

from sandbox.sample_api.company import COLLECTIONS
from sandbox.sample_api.faults import FAULTS, FaultRule
from sandbox.sample_api.sample import Sample, sample_of
from sandbox.sample_api.sample_data import Item, Json
from sandbox.sample_api.traffic import Entry

router = APIRouter(prefix="/_control")

type CurrentSample = Annotated[Sample, Depends(sample_of)]


class Settings(BaseModel):
    """A body without unknown fields."""

    model_config = ConfigDict(extra="forbid")


class Latency(Settings):
    """Delay of every response."""

    seconds: float = Field(ge=0)


class Rate(Settings):
    """Requests per second. null: no limit."""

    per_second: float | None = Field(gt=0)


class Tokens(Settings):
    """Validity of tokens.

    expires_in: lifetime in seconds of tokens issued from now on; revoke: revoke all issued tokens.
    uses: number of requests that the next token allows.
    """

    expires_in: int | None = Field(default=None, ge=1)
    uses: int | None = Field(default=None, ge=0)
    revoke: bool = False


class Removal(Settings):
    """Items to remove from a collection."""

    collection: str
    ids: list[int | str]


class NewFault(Settings):
    """A new `faults.FaultRule`."""

    path: str
    fault: str
    query: dict[str, str] = Field(default_factory=dict)
    status: int = Field(default=500, ge=200, le=599)
    headers: dict[str, str] = Field(default_factory=dict)
    after: int = Field(default=0, ge=0)
    times: int | None = Field(default=None, ge=0)
    seconds: float = Field(default=30, ge=0)

    @field_validator("path")
    @classmethod
    def _is_regex(cls, path: str) -> str:
        try:
            re.compile(path)
        except re.error as error:
            raise ValueError(f"must be a regular expression: {error}") from error
        return path

    @field_validator("fault")
    @classmethod
    def _is_known(cls, fault: str) -> str:
        if fault not in FAULTS:
            raise ValueError(f"must be one of {', '.join(FAULTS)}")
        return fault


@router.post("/reset")
async def reset(sample: CurrentSample) -> dict[str, int]:
    """Restore the initial state and return the sizes of the collections."""
    sample.reset()
    return sample.company.counts()


@router.get("/requests")
async def requests(sample: CurrentSample) -> list[dict[str, Json]]:
    """List the requests to the company's API in order of arrival."""
    return [_shown(entry) for entry in sample.traffic.entries]


@router.get("/stats")
async def stats(sample: CurrentSample) -> dict[str, Json]:
    traffic = sample.traffic
    return {
        "requests": traffic.requests,
        "max_in_flight": traffic.max_in_flight,
        "logins": sample.sessions.logins,
        "by_path": {**traffic.by_path},
    }


@router.post("/latency")
async def set_latency(sample: CurrentSample, latency: Latency) -> Latency:
    sample.traffic.latency_s = latency.seconds
    return latency


@router.post("/rate-limit")
async def set_rate_limit(sample: CurrentSample, rate: Annotated[Rate | None, Body()] = None) -> Rate | None:
    sample.set_rate_limit(rate.per_second if rate else None)
    return rate


@router.post("/tokens")
async def set_tokens(sample: CurrentSample, tokens: Tokens) -> Tokens:
    if tokens.expires_in is not None:
        sample.sessions.lifetime_s = tokens.expires_in
    if tokens.revoke:
        sample.sessions.revoke()
    if tokens.uses is not None:
        sample.sessions.next_uses = tokens.uses
    return tokens


@router.get("/tokens")
async def list_tokens(sample: CurrentSample) -> list[dict[str, Json]]:
    """List the logins since the last revocation, with their fields. Secrets are redacted."""
    logins = sample.sessions.valid_logins()
    return [{"style": login.style, "fields": {**login.fields}} for login in logins]


@router.post("/data")
async def replace_data(sample: CurrentSample, items: dict[str, list[Item]]) -> dict[str, int]:
    """Replace the items of the given collections. Children carry the ids of their parents."""
    require_known(*items)
    try:
        sample.company.replace(items)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    return sample.company.counts()


@router.post("/remove")
async def remove(sample: CurrentSample, removal: Removal) -> dict[str, int]:
    require_known(removal.collection)
    sample.company.remove(removal.collection, removal.ids)
    return sample.company.counts()


@router.post("/faults")
async def add_fault(sample: CurrentSample, fault: NewFault) -> NewFault:
    sample.rules.append(FaultRule(**fault.model_dump() | {"path": re.compile(fault.path)}))
    return fault


@router.get("/faults")
async def list_faults(sample: CurrentSample) -> list[dict[str, Json]]:
    """List faults with the number of matching requests (`seen`) and of affected requests (`played`)."""
    return [
        {"path": rule.path.pattern, "fault": rule.fault, "seen": rule.seen, "played": rule.played}
        for rule in sample.rules
    ]


@router.delete("/faults")
async def clear_faults(sample: CurrentSample) -> dict[str, int]:
    removed = len(sample.rules)
    sample.rules.clear()
    return {"removed": removed}


def require_known(*names: str) -> None:
    """Raise HTTPException 422 if a collection is unknown."""
    if unknown := sorted(set(names) - COLLECTIONS.keys()):
        raise HTTPException(422, f"unknown collection {', '.join(unknown)}. Known: {', '.join(COLLECTIONS)}")


def _shown(entry: Entry) -> dict[str, Json]:
    return {
        "method": entry.method,
        "path": entry.path,
        "style": entry.style,
        "query": {**entry.query},
        "headers_seen": [*entry.header_names],
        "status": entry.status,
    }
