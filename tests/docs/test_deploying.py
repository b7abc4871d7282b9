"""The pages about deploying name the files that the builder writes."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.draft import Blueprint, Draft, Source
from builder.install import argocd_application, bundle

_ROOT = Path(__file__).parents[2]
_FOLDERS = ("argocd/", "kubernetes/", "terraform/", "resources/", ".github/workflows/")


@pytest.fixture(scope="module")
def draft() -> Draft:
    source = Source("/users", Blueprint("user", "User"), ".id")
    return Draft({"baseUrl": "https://api.example.com"}, (source,))


def test_the_page_of_the_builder_lists_the_files_of_the_bundle(pages: dict[str, Any], draft: Draft) -> None:
    rows = re.findall(r"^\| (`[^|]+`) \| ", pages["docs/builder.md"].text, re.MULTILINE)
    names = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert {name for name in names if "." in name} == bundle(draft).keys()


def test_the_files_that_the_page_names_are_in_the_bundle(pages: dict[str, Any], draft: Draft) -> None:
    page = pages["docs/deploying.md"]
    words = [word for text in (*page.spans, *(block for _, block in page.blocks)) for word in text.split()]
    named = {word for word in words if word.startswith(_FOLDERS) and "." in word.rpartition("/")[2]}
    assert named - bundle(draft).keys() == set()
    assert {name for name in bundle(draft) if name.startswith(("argocd/", "terraform/"))} <= named


def test_the_application_with_two_sources_uses_the_same_chart_and_existing_files(
    pages: dict[str, Any], draft: Draft
) -> None:
    [block] = [text for language, text in pages["docs/deploying.md"].blocks if language == "yaml"]
    shown, written = yaml.safe_load(block), yaml.safe_load(argocd_application(draft))
    chart, values = shown["spec"]["sources"]
    own = written["spec"]["source"]
    assert [chart[name] for name in ("repoURL", "chart", "targetRevision")] == [
        own[name] for name in ("repoURL", "chart", "targetRevision")
    ]
    assert values["ref"] == "values"
    for file in chart["helm"]["valueFiles"]:
        assert (_ROOT / file.removeprefix("$values/")).is_file(), file
    secret = own["helm"]["valuesObject"]["secret"]
    assert chart["helm"]["valuesObject"]["secret"] == secret
    assert shown["spec"]["destination"] == written["spec"]["destination"]
    assert (shown["apiVersion"], shown["kind"]) == (written["apiVersion"], written["kind"])
