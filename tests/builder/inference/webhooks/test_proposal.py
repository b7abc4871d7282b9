"""What is said about a proposal: its reasons, its doubts, and why there is none."""

import time
from collections.abc import Sequence

import pytest

from builder.draft import Blueprint, Source
from builder.inference import SampledSource
from builder.inference.webhooks import Payload, WebhookProposal, propose_webhooks
from rest.bodies import Json
from rest.page import Item

_ORDERS: list[Item] = [{"id": 10_000 + n, "ref": f"R{n}", "total": 3.5, "customer": "c"} for n in range(3)]


def _sampled(kind: str, items: Sequence[Item], identifier: str = ".id", **selector: Json) -> SampledSource:
    return SampledSource(Source(kind, Blueprint("", ""), identifier, None, selector), items)


def _only(payload: Payload, *samples: SampledSource, is_signed: bool = True) -> WebhookProposal:
    [found, *_] = propose_webhooks(payload, samples, "https://api.example.com", is_signed=is_signed)
    return found


def _order_event(**order: Json) -> Payload:
    return Payload(body={"event": "order.updated", "order": order})


def test_sampled_identifier_is_a_reason_and_an_unknown_one_is_a_doubt() -> None:
    """Where the payload's identifier is not in the sample, the doubt says what the choice rests on."""
    known = _only(_order_event(**_ORDERS[0]), _sampled("/orders", _ORDERS))
    assert "{id}: .id is 10000, as of a sampled item" in known.reasons
    assert not any("not in the sample" in each for each in known.doubts)
    unknown = _only(_order_event(**{**_ORDERS[0], "id": 99_999}), _sampled("/orders", _ORDERS))
    rests_on_fields = (
        "The identifier in the payload is not in the sample, so the choice rests on the fields of the object"
    )
    assert rests_on_fields in unknown.doubts
    named = _only(_order_event(id=99_999), _sampled("/orders", _ORDERS))
    assert rests_on_fields.replace("the fields of the object", "names") in named.doubts


def test_path_that_nothing_proves_is_a_doubt() -> None:
    """The listing's path with the identifier is a guess until the items' own URLs or a document show it."""
    source = _sampled("/orders", _ORDERS)
    assert any("/orders/{id} exists" in each for each in _only(_order_event(**_ORDERS[0]), source).doubts)
    linked = [{**each, "self": f"https://api.example.com/order/{each['id']}"} for each in _ORDERS]
    found = _only(_order_event(**linked[0]), _sampled("/orders", linked))
    assert found.block is not None
    assert found.block["fetch"] == "/order/{id}"
    assert not any("exists" in each for each in found.doubts)


def test_documented_path_is_taken_over() -> None:
    """An OpenAPI document says how the path of one item is written."""
    [found] = propose_webhooks(
        _order_event(**_ORDERS[0]),
        [_sampled("/orders", _ORDERS)],
        "",
        ["/orders/{orderId}/lines", "/orders/{orderId}"],
    )
    assert found.block is not None
    assert found.block["fetch"] == "/orders/{orderId}"
    assert found.block["values"] == {"orderId": ".id"}
    assert found.doubts == ()


def test_value_that_the_request_does_not_confirm_needs_a_signature() -> None:
    """Without signatures, a value of an event must not become part of an entity."""
    items: list[Item] = [
        {"id": f"t-{n}abc", "self": f"https://api.example.com/tasks/t-{n}abc", "due": "x", "__team": "red"}
        for n in range(2)
    ]
    source = _sampled(
        "/teams/{team}/tasks", items, path_parameters={"team": {"endpoint": "/teams", "field": ".slug"}}
    )
    payload = Payload(body={"type": "task.updated", "task": items[0], "team": {"slug": "red"}})
    signed = _only(payload, source)
    assert signed.block is not None
    assert signed.block["values"] == {"team": "$event.body.team.slug", "id": ".id"}
    hint = _only(payload, source, is_signed=False)
    assert hint.block is None
    assert "does not use {team}" in hint.refusal


@pytest.mark.parametrize(
    ("body", "items", "reason"),
    [
        ({"invoice": {"id": 5}}, _ORDERS, "No object in the payload has the identifier"),
        ("text", _ORDERS, "neither a JSON object nor a list of objects"),
        ({"order": _ORDERS[0]}, [], "The endpoint has no sample"),
        (
            {"event": "refund.paid", "refund": {"id": 1}, "order": _ORDERS[0]},
            _ORDERS,
            "about the object at .body.refund",
        ),
        ({"event": "x", "actor": _ORDERS[0]}, _ORDERS, "only at .body.actor"),
    ],
    ids=["unrelated", "no-object", "no-sample", "about-another-object", "actor"],
)
def test_no_block_without_evidence(body: Json, items: list[Item], reason: str) -> None:
    """A refusal says what is missing."""
    found = _only(Payload(body=body), _sampled("/orders", items))
    assert found.block is None
    assert reason in found.refusal


@pytest.mark.parametrize("kind", ["/orders.list", "/search/orders", "/listOrders", "/orders:query"])
def test_no_path_of_one_item_where_the_listing_is_a_call(kind: str) -> None:
    """A path that calls something is not continued with an identifier."""
    found = _only(_order_event(**_ORDERS[0]), _sampled(kind, _ORDERS))
    assert found.block is None
    assert "the path of one item is not known" in found.refusal


def test_parent_is_read_again_where_the_path_of_one_child_is_not_known() -> None:
    """All items of one parent are read by the kind's own path."""
    items: list[Item] = [
        {"name": "a", "size": 1, "__repo": "acme"},
        {"name": "b", "size": 1, "__repo": "acme"},
    ]
    source = _sampled(
        "/repos/{repo}/files.list", items, path_parameters={"repo": {"endpoint": "/repos", "field": ".name"}}
    )
    found = _only(Payload(body={"event": "file_changed", "file": items[0], "repo": {"name": "acme"}}), source)
    assert found.block is not None
    assert found.block["fetch"] == "/repos/{repo}/files.list"
    assert found.block["values"] == {"repo": "$event.body.repo.name"}


def test_deletion_whose_identifier_cannot_be_computed_is_left_to_the_api() -> None:
    """The event's own `id` would be taken for the item's."""
    body: Json = {"events": [{"id": "e1", "type": "order.deleted", "data": {"id": 10_000}}]}
    found = _only(Payload(body=body), _sampled("/orders", _ORDERS))
    assert found.block is not None
    assert "delete" not in found.block
    assert any("cannot be computed" in each for each in found.doubts)


def test_large_payload_and_large_sample_take_seconds() -> None:
    """The sampled identifiers are indexed once, not for each value of the payload."""
    items: list[Item] = [{"id": 100_000 + n, **{f"field{k}": k for k in range(20)}} for n in range(1000)]
    body: Json = {
        "event": "thing.updated",
        "thing": items[900],
        "log": [[{"id": n, "x": [{"id": n}]} for n in range(20)]],
    }
    start = time.process_time()
    found = _only(Payload(body=body), *(_sampled(f"/v{n}/things", items) for n in range(4)))
    assert found.block is not None
    assert "{id}: .id is 100900, as of a sampled item" in found.reasons
    assert time.process_time() - start < 10
