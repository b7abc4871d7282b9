"""The mapping editor."""

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.process


def test_mapping_is_corrected_after_an_error_and_saved(company: Any, window: Any) -> None:
    page = window.open(company.mapping_url)
    text = page.get_by_label("The mapping as YAML")
    good = text.input_value()
    assert good.splitlines()[3] == "  - kind: /api/v1/users"
    text.fill(good.replace("data_path: .users", "data_path: [.users"))
    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Not saved. Line 6: while parsing a flow sequence")
    assert text.input_value() == good.replace("data_path: .users", "data_path: [.users")
    assert (
        page.evaluate("text.value.slice(text.selectionStart, text.selectionEnd)")
        == "      data_path: [.users"
    )
    text.fill(good.replace("          identifier: .id\n          title: .name\n", "          title: .name\n"))
    page.get_by_role("button", name="Save").click()
    expect(alert).to_contain_text('Line 15: the key "identifier" is missing')
    text.fill(good.replace("data_path: .users", "data_path: .users | map(select(.id > 100))"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("A resync was requested")).to_be_visible()
    assert company.config()["resources"][0]["selector"]["data_path"] == ".users | map(select(.id > 100))"
