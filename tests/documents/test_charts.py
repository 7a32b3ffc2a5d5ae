from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from pilotportal.documents import charts
from pilotportal.documents.charts import Bar, Stack
from tests.documents.conftest import Render
from tests.documents.reading import pages

SVG = "{http://www.w3.org/2000/svg}"
SCORES = [Bar(label="70–75", value=4), Bar(label="75–80", value=8, emphasis=True), Bar(label="80–85", value=0)]
REGIONS = [Stack(label="东部", values=[15, 3, 9]), Stack(label="东北", values=[3, 0, 1])]
KEYS = ["拟入选", "递补", "未入选"]


def _read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 (our own)


def _texts(svg: str) -> list[str]:
    return [(text.text or "").strip() for text in _read(svg).iter(f"{SVG}text")]


def _bars(svg: str) -> list[ET.Element]:
    return [rect for rect in _read(svg).findall(f"{SVG}rect") if rect.get("stroke")]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def bars() -> str:
    return charts.bars(name="scores", title="得分分布", axis="城市数", items=SCORES)


@pytest.fixture
def stacked() -> str:
    return charts.stacked(name="regions", title="区域平衡", keys=KEYS, rows=REGIONS)


def test_bars_are_in_proportion_and_stand_on_the_axis(bars: str) -> None:
    drawn = _bars(bars)

    heights = [float(bar.get("height", "")) for bar in drawn]
    assert heights[1] == 2 * heights[0] > 0
    assert heights[2] == 0
    assert {float(bar.get("y", "")) + float(bar.get("height", "")) for bar in drawn} == {230}


def test_parts_are_in_proportion_and_follow_each_other(stacked: str) -> None:
    legend, drawn = _bars(stacked)[:3], _bars(stacked)[3:]

    widths = [float(part.get("width", "")) for part in drawn]
    assert len(legend) == 3
    assert len(widths) == 5  # 东北 has no reserve
    assert [round(width / widths[1], 2) for width in widths] == [5, 1, 3, 1, 0.33]
    assert float(drawn[1].get("x", "")) == pytest.approx(float(drawn[0].get("x", "")) + widths[0], abs=0.02)


def test_every_figure_is_printed_and_told(bars: str, stacked: str) -> None:
    assert _texts(bars) == ["城市数", "4", "70–75", "8", "75–80", "0", "80–85"]
    assert _texts(stacked) == [*KEYS, "东部", "15", "3", "9", "27", "东北", "3", "1", "4"]
    for figure in ("15", "3", "9", "0", "1"):
        assert figure in (_read(stacked).findtext(f"{SVG}desc") or "")


def test_a_part_too_narrow_for_its_figure_leaves_it_to_the_description() -> None:
    svg = charts.stacked(name="regions", title="区域平衡", keys=KEYS[:2], rows=[Stack(label="东部", values=[997, 2])])

    assert _texts(svg) == ["拟入选", "递补", "东部", "997", "999"]
    assert "2" in (_read(svg).findtext(f"{SVG}desc") or "")


def test_series_differ_by_pattern_not_by_colour_alone(bars: str, stacked: str) -> None:
    assert _bars(bars)[0].get("fill") == "url(#scores-stripes)"
    assert len({rect.get("fill") for rect in _bars(stacked)}) == 3
    assert len([rect for rect in _bars(stacked)[:3] if "url(#regions-" in rect.get("fill", "")]) == 2


def test_a_fifth_part_is_refused() -> None:
    assert charts.stacked(name="x", title="x", keys=list("abcd"), rows=[Stack(label="x", values=[1, 2, 3, 4])])
    with pytest.raises(ValueError, match="at most 4"):
        charts.stacked(name="x", title="x", keys=list("abcde"), rows=[Stack(label="x", values=[1, 2, 3, 4, 5])])


@pytest.mark.parametrize("svg", ["bars", "stacked"])
def test_a_chart_is_named_for_screen_readers_and_obeys_the_content_security_policy(svg: str, request: pytest.FixtureRequest) -> None:
    drawn = request.getfixturevalue(svg)
    root = _read(drawn)

    assert root.get("role") == "img"
    named = {child.get("id"): child.text for child in root if child.get("id")}
    assert all(named[reference] for reference in root.get("aria-labelledby", "").split())
    assert not [item for item in root.iter() if "style" in item.attrib or item.tag.endswith(("script", "style"))]


def test_an_empty_chart_says_so() -> None:
    assert charts.bars(name="x", title="x", items=[]).count("No data") == 2
    assert charts.stacked(name="x", title="x", keys=["a"], rows=[]).count("No data") == 2


def test_all_zero_is_drawn() -> None:
    assert "0" in _texts(charts.bars(name="x", title="x", items=[Bar(label="a", value=0)]))
    assert "0" in _texts(charts.stacked(name="x", title="x", keys=["a"], rows=[Stack(label="a", values=[0])]))


def test_labels_cannot_become_markup() -> None:
    assert "</svg><script>" in _texts(charts.bars(name="x", title="<b>", items=[Bar(label="</svg><script>", value=1)]))


def test_the_same_chart_stands_in_the_pdf(render: Render, bars: str, stacked: str) -> None:
    (text,) = pages(render(context={"extra": bars + stacked}))

    assert all(label in text for label in ("70–75", "75–80", "东部", "东北", "拟入选", "27"))
