"""Our entity processor has the same entities and log lines as Ocean's own."""

from typing import Any

import pytest
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor
from port_ocean.utils.signal import SignalHandler, _signal_handler

from extraction import Verdict
from mapping import Entity, EntityMapping, Mapped
from ocean_adapter.mapping_check import check_mapping, entity_tally
from ocean_adapter.processor import CustomEntityProcessor
from rest.doubts import DoubtName
from rest.errors import DoubtError, ItemsError

ITEMS: list[Any] = [
    {"id": "a", "name": "Ann", "owner": {"id": "o1"}, "tags": [{"name": "x"}, {"name": "y"}], "open": True},
    {"id": "b", "name": None, "owner": None, "tags": "none", "open": False},
    {"id": None, "name": "nobody", "open": True},
    {"id": "c", "name": "Cé", "score": 1.0, "large": 2**60, "open": "perhaps"},
]
NAMED = {"identifier": ".id", "blueprint": '"task"'}
RULES = {
    "combinator": '"and"',
    "rules": [
        {"property": '"$title"', "operator": "'='", "value": ".name"},
        {"property": '"x"', "operator": '"="', "value": "empty"},
    ],
}


@pytest.mark.process
@pytest.mark.parametrize(
    "mapping",
    [
        NAMED,
        {**NAMED, "title": ".name", "icon": "'Port'", "team": ".tags"},
        {**NAMED, "properties": {"needed": ".none", "p": ".name", "large": ".large", "score": ".score"}},
        {**NAMED, "properties": {"needed": ".tags | map(.name)", "odd": '.name | "\\(.)!" # comment'}},
        {**NAMED, "relations": {"owner": ".owner.id", "others": "[.tags[].name]"}},
        {**NAMED, "relations": {"owner": RULES}},
        {**NAMED, "identifier": RULES, "team": RULES},
        {**NAMED, "title": None, "team": None},
        {**NAMED, "title": ".name)", "properties": {"needed": ".a |", "p": "nonsense", "q": ".id"}},
        {**NAMED, "blueprint": ".none"},
        {**NAMED, "blueprint": ".owner | if . then .id else halt end"},
        {**NAMED, "icon": ".tags"},
        {**NAMED, "identifier": '"" // .a\0', "properties": {"p": ".id\0 | x(", "q": "\0", "r": '"a\0"'}},
    ],
    ids=[
        *["names", "plain", "required", "jq", "relations", "search relation", "search identifier"],
        *["no expressions", "no jq", "no blueprint", "halting", "no entity", "NUL"],
    ],
)
@pytest.mark.parametrize(
    "query",
    ["true", "false", ".open", ".open == true", '.id != null and .id < "b"', "empty", ".tags.x", "(("],
)
@pytest.mark.parametrize("every", [False, True], ids=["passing", "every"])
def test_a_batch_is_mapped_as_ocean_maps_it(
    processors: Any, mapping: dict[str, Any], query: str, *, every: bool
) -> None:
    theirs, ours = processors.reports(mapping, ITEMS, query=query, every=every)
    assert ours == theirs


@pytest.mark.process
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_oceans_forked_processes_have_the_same_result(processors: Any) -> None:
    mapping = {
        **NAMED,
        "title": ".tags | first | .name",
        "properties": {"needed": ".name | ascii_downcase", "large": ".large", "p": ".score"},
        "relations": {"owner": ".owner.id"},
    }
    entry = {"selector": {"query": ".open != 1"}, "port": {"entity": {"mappings": mapping}}}
    theirs = processors.report(JQEntityProcessor(ocean), entry, ITEMS * 5)
    ours = processors.report(processors.ours, entry, ITEMS * 5)
    assert ours == theirs
    assert len(ours.passed) == 15
    assert any(
        line.startswith("ERROR Unable to find valid data for: 'properties.needed'") for line in ours.lines
    )
    assert any(line.startswith("WARNING Search failed for field 'title'") for line in ours.lines)


def test_an_entry_without_a_selector_maps_all_items(processors: Any) -> None:
    report = processors.report(processors.ours, {"port": {"entity": {"mappings": NAMED}}}, ITEMS)
    assert len(report.passed) == 3


@pytest.mark.process
@pytest.mark.parametrize(
    ("expression", "rules"),
    [
        (".parts", {}),
        (".parts", {"items_to_parse_top_level_transform": False}),
        (".parts | map(. + 1)", {}),
        ("(.parts // [])", {}),
        (".parts[]", {}),
        (".none", {}),
        (".id.x", {}),
        ("empty", {}),
        ("[range(450)]", {}),
        ("((", {}),
    ],
)
def test_items_to_parse_are_parsed_as_ocean_does(
    processors: Any, expression: str, rules: dict[str, Any]
) -> None:
    items = [{"id": 1, "parts": [1, 2.5, {"a": None}]}, {"id": 2, "parts": "none"}, {"id": 3, "parts": []}]
    theirs, ours = processors.parse(items, expression, **{"items_to_parse_top_level_transform": True} | rules)
    assert ours == theirs


@pytest.mark.process
def test_large_integers_of_parsed_items_keep_their_digits(processors: Any) -> None:
    _, (batches, _) = processors.parse([{"id": 2**60 + 1, "parts": [2**60 + 1]}], ".parts")
    assert batches == [[{"id": 2**60 + 1, "part": 2**60 + 1}]]


@pytest.mark.process
@pytest.mark.parametrize("allowed", [True, False])
def test_expressions_read_the_environment_only_if_ocean_allows_it(
    processors: Any, app: Any, monkeypatch: pytest.MonkeyPatch, *, allowed: bool
) -> None:
    monkeypatch.setenv("OCEAN_SECRET", "hunter22")
    monkeypatch.setattr(app.config, "allow_environment_variables_jq_access", allowed)
    processor = CustomEntityProcessor(ocean)
    mapping = {**NAMED, "properties": {"secret": "env.OCEAN_SECRET"}}
    report = processors.report(processor, {"port": {"entity": {"mappings": mapping}}}, ITEMS[:1])
    processors.runner.run(processor._mapper.close())
    assert ('"secret": "hunter22"' in report.passed[0]) is allowed


@pytest.mark.process
def test_an_endless_expression_fails_the_batch(
    processors: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.config, "process_in_queue_timeout", 0.5)
    processor = CustomEntityProcessor(ocean)
    mapping = {**NAMED, "title": "last(repeat(1))"}
    report = processors.report(processor, {"port": {"entity": {"mappings": mapping}}}, ITEMS)
    processors.runner.run(processor._mapper.close())
    assert report.raised.startswith("ResourceError the mapping took longer than 0.5 s")


@pytest.mark.process
def test_workers_end_with_ocean(processors: Any) -> None:
    handler = SignalHandler()
    _signal_handler.push(handler)
    processor = CustomEntityProcessor(ocean)
    _signal_handler.pop()
    processors.report(processor, {"port": {"entity": {"mappings": {**NAMED, "title": ".id | ."}}}}, ITEMS)
    (worker,) = processor._mapper._workers._started
    assert worker.returncode is None
    processors.runner.run(handler.exit())
    assert worker.returncode == -9


def _check(mapped: Mapped, items: list[Any], *accepted: DoubtName) -> None:
    attributes: dict[str, Any] = {}
    entity_tally(attributes, 0).note(mapped, items)
    verdict = Verdict(accepted)
    check_mapping(entity_tally(attributes, 0), "/x", verdict)
    # An accepted doubt does not count: the verdict is complete.
    assert verdict.words.startswith("complete: ")
    other = entity_tally(attributes, 1)
    assert (other.items, other.entities) == (0, 0)


def test_a_kind_fails_if_no_passing_item_has_an_identifier(processors: Any) -> None:
    items = [{"id": 1}, {"id": 2}]
    mapping = EntityMapping({"identifier": ".none", "blueprint": "false"})
    mapped = processors.runner.run(processors.ours._mapper.map(mapping, items))
    with pytest.raises(
        ItemsError, match=r"^/x: the mapping produces no blueprint and identifier for any item"
    ):
        _check(mapped, items, "skipped_items")


def test_a_kind_fails_if_some_passing_items_have_no_identifier(processors: Any) -> None:
    items = [{"id": 1, "no": "a"}, {"id": 2}, {"id": 3, "no": 7}, {"id": 4, "no": "b", "off": True}]
    mapping = EntityMapping({"identifier": ".no", "blueprint": '"b"'}, ".off | not")
    mapped = processors.runner.run(processors.ours._mapper.map(mapping, items))
    assert mapped.lost == [1]
    with pytest.raises(
        DoubtError,
        match=r"^/x: 1 of 3 items .* no entity, because they have no identifier; the first has id 2",
    ):
        _check(mapped, items)
    _check(mapped, items, "skipped_items")


def test_a_kind_fails_if_the_query_is_not_boolean_for_some_items(processors: Any) -> None:
    items = [{"id": "1", "on": True}, {"id": "2"}]
    mapping = EntityMapping({"identifier": ".id", "blueprint": '"b"'}, ".on")
    mapped = processors.runner.run(processors.ours._mapper.map(mapping, items))
    with pytest.raises(DoubtError, match="neither true nor false; the first has id 2"):
        _check(mapped, items)


@pytest.mark.parametrize(
    ("mapped", "items"),
    [
        (Mapped(), []),
        (Mapped(skipped=3), [{}, {}, {}]),
        (Mapped(passed=[{"identifier": "a", "blueprint": "b"}], places=[0]), [{}]),
    ],
    ids=["no items", "none pass", "all have identifiers"],
)
def test_a_kind_passes_if_all_passing_items_became_entities(mapped: Mapped, items: list[Any]) -> None:
    _check(mapped, items)


def test_a_warning_names_entities_that_overwrite_each_other(logged: list[str]) -> None:
    duplicates: list[Entity] = [
        {"identifier": "a", "blueprint": "b", "title": title} for title in ("x", "y", "y", "x")
    ]
    _check(Mapped(passed=duplicates, places=[0, 1, 2, 3]), [{}, {}, {}, {}])
    warnings = [line for line in logged if "overwrite" in line]
    assert len(warnings) == 1
    assert "2 entities overwrite another item's entity with the same identifier" in warnings[0]
    assert "the first is b a" in warnings[0]


def test_the_same_item_twice_is_not_reported_as_overwriting(logged: list[str]) -> None:
    duplicates: list[Entity] = [{"identifier": "a", "blueprint": "b", "title": "x"} for _ in range(2)]
    _check(Mapped(passed=duplicates, places=[0, 1]), [{}, {}])
    assert not [line for line in logged if "overwrite" in line]
