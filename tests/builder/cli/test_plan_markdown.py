"""The plan as Markdown: complete, bounded, and without an effect of what the API says."""

import os
import string
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from builder.cli.main import main as ocean_custom
from builder.cli.markdown import Page, literal
from builder.cli.plan_markdown import failure_markdown, plan_markdown
from builder.field_changes import FieldChange
from builder.imports.sample_redaction import SampleRedactor
from builder.planning import KindPlan, Plan, Update
from rest.errors import Mistake, SettingsError, SyncError
from rest.origin import Redactor
from tests.loopback_server import Response, serving
from tests.servers import client_of

GITHUB_LIMIT = 65_536
TAGS = {"p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "ul", "li", "details", "summary"}
ATTACKS = [
    "@team",
    "a|b",
    "`x` ``y``",
    "<img src=x onerror=alert(1)>",
    "</details></code><script>",
    "\n\n/close\n/approve",
    "\n# Title\n- item",
    "[text](https://evil.example)",
    "![](https://evil.example/pixel.png)",
    "https://evil.example and www.evil.example",
    "someone@evil.example",
    "\\| \\` \\",
    "&lt;b&gt; &#64;team",
    "-->",
    "<!-- ocean-custom plan -->",
    "#1 !2 $3 ~label %milestone :tada:",
    "\u202ereversed\u202c \x1b[31mred\x00",
    "*a* _b_ ~~c~~ $$d$$",
    "```\nfence",
]
TEXTS = st.sampled_from(ATTACKS) | st.text(
    st.characters(codec="utf-8") | st.sampled_from(string.punctuation + "\n\t "), max_size=40
)


class Reader(HTMLParser):
    """Reads the HTML of a page: its tags, its text outside of code, and the texts in code."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.codes: list[str] = []
        self.plain = ""
        self.attributes: list[Any] = []
        self._is_code = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self.attributes += [each for each in attrs if each[0] != "style"]
        if tag == "code":
            self._is_code = True
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_code = self._is_code and tag != "code"

    def handle_data(self, data: str) -> None:
        if self._is_code:
            self.codes[-1] += data
        else:
            self.plain += data


def read(markdown: str) -> Reader:
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)
    reader = Reader()
    reader.feed(html)
    return reader


def plan_with(text: str) -> Plan:
    """Return a plan in which each text of others is this one."""
    kind = KindPlan(text, items=1, verdict=text, error=text, hint=text, refusal=text, warnings=(text,))
    change = FieldChange(("properties", text), "changed", text, {"a": [text]})
    return Plan(
        (kind,),
        create=((text, text),),
        update=(Update(text, text, (change,)),),
        delete=((text, text),),
        unchanged=1,
        kept=((text, text),),
        kept_because=(text,),
    )


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_text_of_the_api_has_no_effect(attack: str) -> None:
    _check_harmless(plan_with(attack))


@given(TEXTS.filter(bool))
def test_no_text_has_an_effect(text: str) -> None:
    _check_harmless(plan_with(text))


def _check_harmless(plan: Plan) -> None:
    """Texts of others are in code only, and the page has the same structure as with harmless texts."""
    markdown = plan_markdown(plan)
    found, expected = read(markdown), read(plan_markdown(plan_with("x")))
    assert set(found.tags) <= TAGS
    assert [tag for tag in found.tags if tag != "code"] == [tag for tag in expected.tags if tag != "code"]
    assert found.attributes == []
    assert found.plain.replace("(empty)", "") == expected.plain
    assert not any(line.lstrip().startswith(("/", "#", "@")) for line in markdown.splitlines())
    assert all(character.isprintable() or character == "\n" for character in markdown)
    assert "<!--" not in markdown


@given(TEXTS)
def test_code_shows_the_text_as_it_is(text: str) -> None:
    shown = "".join(each if each.isprintable() else "\ufffd" for each in " ".join(text.split()))
    assert read(literal(text)).codes == ([shown] if shown else [])


def test_the_first_line_has_the_verdict_and_the_totals() -> None:
    plan = Plan((KindPlan("/a"),), create=(("t", "1"),), delete=(("t", "2"), ("t", "3")), unchanged=4)
    first = plan_markdown(plan).splitlines()[0]
    assert first == (
        "**The sync would change 3 entities.** 1 to create, 0 to update, 2 to delete, 4 unchanged."
    )
    assert plan_markdown(plan, max_deletions=2).startswith("**The sync would change 3 entities.**")
    assert plan_markdown(plan, max_deletions=1).startswith(
        "**The sync would delete 2 entities, more than the limit of 1.**"
    )
    assert plan_markdown(Plan((KindPlan("/a", error="no"), KindPlan("/b")))).startswith(
        "**The sync would fail: 1 of 2 kinds cannot be synced.**"
    )
    assert plan_markdown(Plan((), kept=(("t", "1"),))).startswith(
        "**The sync would change nothing.** 0 to create, 0 to update, 0 to delete, 1 stale but kept"
    )


def test_the_changes_of_each_blueprint_are_collapsed() -> None:
    changes = tuple(FieldChange(("properties", f"p{number}"), "added", new=number) for number in range(7))
    plan = Plan(
        (KindPlan("/a"),),
        create=(("red", "new"),),
        update=(Update("blue", "old", changes), Update("blue", "b")),
    )
    text = plan_markdown(plan)
    assert "<details><summary><code>blue</code>: 2 to update</summary>" in text
    assert "| <code>old</code> | <code>p4</code> | (none) | <code>4</code> |" in text.replace(
        "properties&#46;", ""
    )
    assert "p5" not in text
    assert "| <code>old</code> | 2 more fields |  |  |" in text
    assert "<details><summary><code>red</code>: 1 to create</summary>\n\n- <code>new</code>" in text
    assert text.count("<details>") == text.count("</details>") == 2
    assert "--json" not in text


@pytest.mark.parametrize(
    ("kinds", "entities", "blueprints", "length"),
    [(0, 0, 1, 1), (1, 60, 3, 400), (300, 0, 1, 400), (90, 400, 200, 30), (2, 3000, 1, 5), (0, 300, 300, 2)],
)
def test_a_page_is_never_too_long_and_always_complete(
    kinds: int, entities: int, blueprints: int, length: int
) -> None:
    text = "|" * length
    names = tuple((f"{text}{number % blueprints}", f"{text}{number}") for number in range(entities))
    changes = (FieldChange(("properties", text), "changed", text, text),) * 9
    plan = Plan(
        tuple(KindPlan(f"/{number}{text}", error=text, warnings=(text,)) for number in range(kinds)),
        create=names,
        update=tuple(Update(*name, changes) for name in names[:200]),
        delete=names,
    )
    markdown = plan_markdown(plan)
    assert len(markdown) < GITHUB_LIMIT - 1000
    tags = read(markdown).tags
    assert markdown.count("<details>") == markdown.count("</details>") == tags.count("details")
    is_whole = all(f"<code>{'&#124;' * min(length, 300)}" in markdown for _ in names)
    assert is_whole or "--json" in markdown or not names


def test_what_does_not_fit_is_counted_and_failing_kinds_come_first() -> None:
    kinds = tuple(KindPlan(f"/{number}", error="broken" if number == 400 else "") for number in range(500))
    text = plan_markdown(Plan(kinds, create=tuple(("t", str(number)) for number in range(60))))
    rows = [line for line in text.splitlines() if line.startswith("| <code>/")]
    assert rows[0].startswith("| <code>/400</code>")
    assert len(rows) == 100
    assert "| and 400 more |" in text
    assert "- and 10 more" in text
    assert text.endswith("\nNot all of it fits here. `ocean-custom plan --json` shows everything.\n")


def test_a_block_that_does_not_fit_is_left_out_as_a_whole() -> None:
    page = Page(limit=300)
    page.add(["a"], ["- b"], ["c"])
    page.add(["x" * 200], ["- y"], ["z"])
    assert page.text("cut") == "a\n- b\nc\n\ncut\n"


def test_secrets_are_masked_also_by_the_name_of_the_field() -> None:
    secret = "s3cret-token-of-the-api"
    changes = (
        FieldChange(("properties", "note"), "changed", f"uses {secret}", "nothing"),
        FieldChange(("properties", "apiKey"), "changed", "first-key", "second-key"),
    )
    kind = KindPlan(f"/items?id={secret}", error=f"rejected {secret}")
    plan = Plan((kind,), create=(("t", secret),), update=(Update("t", "a", changes),))
    text = plan_markdown(plan, SampleRedactor(Redactor.of([secret])))
    for word in (secret, literal(secret), "first", "second-key"):
        assert word.removeprefix("<code>").removesuffix("</code>") not in text
    assert "<code>properties&#46;apiKey</code> | <code>&#42;&#42;&#42;</code>" in text


def test_a_failure_says_what_is_wrong_and_what_to_do() -> None:
    errors = [SettingsError([Mistake("baseUrl", "required", "Set it")]), SyncError("no @team")]
    text = failure_markdown(errors)
    assert text.startswith(
        "**The plan could not be made.**\n\n- <code>baseUrl&#58; required</code> <code>Set it<"
    )
    assert "- <code>no &#64;team</code>\n" in text


def test_json_and_markdown_exclude_each_other() -> None:
    result = CliRunner().invoke(ocean_custom, ["plan", "--json", "--markdown"])
    assert result.exit_code == 2
    assert "--json cannot be combined with --markdown" in result.output


@pytest.mark.process
def test_a_plan_that_cannot_be_made_is_also_markdown() -> None:
    env = {name: None for name in os.environ if name.startswith("OCEAN__")}
    result = CliRunner().invoke(ocean_custom, ["plan", "--markdown"], env=env)
    assert result.exit_code == 1
    assert result.stdout.startswith("**The plan could not be made.**\n\n- <code>baseUrl&#58; ")
    assert "Error: baseUrl: " in result.stderr


@pytest.mark.process
def test_the_command_prints_the_plan_and_its_exit_code(port_server: str, tmp_path: Path) -> None:
    mappings = {"identifier": ".id", "blueprint": '"markdownUser"'}
    mapping = {"resources": [{"kind": "/users", "selector": {}, "port": {"entity": {"mappings": mappings}}}]}
    file = tmp_path / "mapping.yml"
    file.write_text(yaml.safe_dump(mapping))
    with client_of(port_server) as http:
        http.post("/_sandbox/blueprints-for-mapping", json={**mapping, "relations": {}}).raise_for_status()

    def run(*options: str) -> Any:
        return CliRunner().invoke(ocean_custom, ["plan", "--mapping", str(file), *options], env=env)

    with serving(lambda _: Response([{"id": "amy"}])) as url:
        env = {
            "OCEAN__PORT__BASE_URL": port_server,
            "OCEAN__PORT__CLIENT_ID": "sandbox",
            "OCEAN__PORT__CLIENT_SECRET": "sandbox",
            "OCEAN__INTEGRATION__IDENTIFIER": "markdown",
            "OCEAN__INTEGRATION__CONFIG__BASE_URL": url,
            "OCEAN__INTEGRATION__CONFIG__MAX_RETRIES": "0",
        }
        found = run("--markdown", "--max-deletions", "0")
        assert found.exit_code == 0, found.output
        assert found.stdout.startswith(
            "**The sync would change 1 entity.** 1 to create, 0 to update, 0 to delete"
        )
        assert run("--json", "--exit-code").exit_code == 3
        assert "markdownUser" in run().stdout
    assert run("--markdown").exit_code == 1
