"""`/_control`: what tests and demonstrations do to the sample company. No part of its API."""

import re
from typing import Annotated

from fastapi import APIRouter, Body, Depends, HTTPException
from pydantic import BaseModel, ConfigDict, Field, field_validator

from sandbox.sample_api.company import COLLECTIONS
from sandbox.sample_api.data import Item, Json
from sandbox.sample_api.faults import FAULTS, Rule
from sandbox.sample_api.sample import Sample, sample_of
from sandbox.sample_api.traffic import Entry

router = APIRouter(prefix="/_control")

type TheSample = Annotated[Sample, Depends(sample_of)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Latency(_Settings):
    """Seconds that each answer is held back."""

    seconds: float = Field(ge=0)


class Rate(_Settings):
    """Requests a second; null: no limit."""

    per_second: float | None = Field(gt=0)


class Tokens(_Settings):
    """expires_in: seconds for tokens given out from now on; revoke: those given out so far are void.

    uses: how many requests the next token is good for.
    """

    expires_in: int | None = Field(default=None, ge=1)
    uses: int | None = Field(default=None, ge=0)
    revoke: bool = False


class Removal(_Settings):
    """Items to take out of a collection."""

    collection: str
    ids: list[int | str]


class FaultRule(_Settings):
    """As faults.Rule tells."""

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
            raise ValueError(f"no regular expression: {error}") from error
        return path

    @field_validator("fault")
    @classmethod
    def _is_known(cls, fault: str) -> str:
        if fault not in FAULTS:
            raise ValueError(f"must be one of {', '.join(FAULTS)}")
        return fault


@router.post("/reset")
async def reset(sample: TheSample) -> dict[str, int]:
    """Data, faults, record, latency, limit and tokens as at the start; gives the collections' sizes."""
    sample.reset()
    return sample.company.counts()


@router.get("/requests")
async def requests(sample: TheSample) -> list[dict[str, Json]]:
    """The company's requests in the order of their arrival."""
    return [_shown(entry) for entry in sample.traffic.entries]


@router.get("/stats")
async def stats(sample: TheSample) -> dict[str, Json]:
    traffic = sample.traffic
    return {
        "requests": traffic.requests,
        "max_in_flight": traffic.max_in_flight,
        "logins": sample.sessions.logins,
        "by_path": {**traffic.by_path},
    }


@router.post("/latency")
async def set_latency(sample: TheSample, latency: Latency) -> Latency:
    sample.traffic.latency_s = latency.seconds
    return latency


@router.post("/rate-limit")
async def set_rate_limit(sample: TheSample, rate: Annotated[Rate | None, Body()] = None) -> Rate | None:
    sample.limit(rate.per_second if rate else None)
    return rate


@router.post("/tokens")
async def set_tokens(sample: TheSample, tokens: Tokens) -> Tokens:
    if tokens.expires_in is not None:
        sample.sessions.lifetime_s = tokens.expires_in
    if tokens.revoke:
        sample.sessions.revoke()
    if tokens.uses is not None:
        sample.sessions.next_uses = tokens.uses
    return tokens


@router.get("/tokens")
async def list_tokens(sample: TheSample) -> list[dict[str, Json]]:
    """The logins that gave out tokens, but those revoked; the fields they came with, secrets hidden."""
    logins = sample.sessions.since_revoked()
    return [{"style": login.style, "fields": {**login.fields}} for login in logins]


@router.post("/data")
async def replace_data(sample: TheSample, items: dict[str, list[Item]]) -> dict[str, int]:
    """Other items for the collections named; children carry their parents' ids."""
    _require_known(*items)
    try:
        sample.company.replace(items)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    return sample.company.counts()


@router.post("/remove")
async def remove(sample: TheSample, removal: Removal) -> dict[str, int]:
    _require_known(removal.collection)
    sample.company.remove(removal.collection, removal.ids)
    return sample.company.counts()


@router.post("/faults")
async def add_fault(sample: TheSample, fault: FaultRule) -> FaultRule:
    sample.rules.append(Rule(**fault.model_dump() | {"path": re.compile(fault.path)}))
    return fault


@router.get("/faults")
async def list_faults(sample: TheSample) -> list[dict[str, Json]]:
    """Each fault with how many requests matched (`seen`) and to how many it happened (`played`)."""
    return [
        {"path": rule.path.pattern, "fault": rule.fault, "seen": rule.seen, "played": rule.played}
        for rule in sample.rules
    ]


@router.delete("/faults")
async def clear_faults(sample: TheSample) -> dict[str, int]:
    removed = len(sample.rules)
    sample.rules.clear()
    return {"removed": removed}


def _require_known(*names: str) -> None:
    if unknown := sorted(set(names) - COLLECTIONS.keys()):
        raise HTTPException(422, f"no collection {', '.join(unknown)}; there are {', '.join(COLLECTIONS)}")


def _shown(entry: Entry) -> dict[str, Json]:
    return {
        "method": entry.method,
        "path": entry.path,
        "style": entry.style,
        "query": {**entry.query},
        "headers_seen": [*entry.header_names],
        "status": entry.status,
    }
