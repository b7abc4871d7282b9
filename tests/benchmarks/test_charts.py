"""Bar charts as SVG."""

from xml.etree import ElementTree as Xml

import pytest

from benchmarks.charts import WIDTH, Bar, Chart

_SVG = "{http://www.w3.org/2000/svg}"


def _parsed(chart: Chart) -> Xml.Element:
    return Xml.fromstring(chart.svg())  # noqa: S314 - our own text


def test_bars_are_proportional_and_labelled() -> None:
    root = _parsed(Chart("Speed", [[Bar("a", 10, "10 s"), Bar("b", 5, "5 s")]]))
    first, second = (float(bar.attrib["width"]) for bar in root.iter(f"{_SVG}rect"))
    assert first == pytest.approx(2 * second, abs=0.1)
    assert [text.text for text in root.iter(f"{_SVG}text")] == ["Speed", "a", "10 s", "b", "5 s"]


def test_nothing_is_drawn_outside() -> None:
    groups = [[Bar("a", 1, "1")], [Bar("b", 3, "3"), Bar("c", 2, "2")]]
    root = _parsed(Chart("Speed", groups, mark=(9, "limit")))
    height = float(root.attrib["height"])
    for bar in root.iter(f"{_SVG}rect"):
        assert float(bar.attrib["x"]) + float(bar.attrib["width"]) <= WIDTH
        assert float(bar.attrib["y"]) + float(bar.attrib["height"]) <= height
    mark = next(root.iter(f"{_SVG}line"))
    assert float(mark.attrib["x1"]) < WIDTH


def test_bars_at_the_same_place_of_groups_have_the_same_color() -> None:
    groups = [[Bar("a", 1, "1"), Bar("b", 1, "1")], [Bar("c", 1, "1")]]
    first, second, third = (bar.attrib["fill"] for bar in _parsed(Chart("", groups)).iter(f"{_SVG}rect"))
    assert first == third != second


def test_text_is_escaped_and_has_a_color_on_dark_pages() -> None:
    svg = Chart('a "<b>" & c', [[Bar("<i>", 0, "0 & more")]]).svg()
    title = next(Xml.fromstring(svg).iter(f"{_SVG}title"))  # noqa: S314 - our own text
    assert title.text == 'a "<b>" & c'
    assert "prefers-color-scheme:dark" in svg


@pytest.mark.parametrize("groups", [[], [[]], [[Bar("a", -1, "-1")]]])
def test_a_chart_needs_bars_of_0_or_more(groups: list[list[Bar]]) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Chart("Speed", groups).svg()
