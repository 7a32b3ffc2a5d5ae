"""Stylesheets and scripts: light, readable in Chromium 90, and with the contrasts that they claim."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from pytest_django import Settings

from pilotportal import gateway
from pilotportal.assets import BUNDLES

KILOBYTE = 1000
CSS_LIMIT, SCRIPT_LIMIT = 40 * KILOBYTE, 40 * KILOBYTE
OWN = sorted(path for folder in ("css", "js") for path in (settings.BASE_DIR / "static" / folder).iterdir())
BASE = Path(get_template("base.html").origin.name).read_text()
STATIC = re.compile(r'\{% static "([^"]+)" %\}')
LINKED = STATIC.findall(BASE)
OF_PAGES = {path.name: STATIC.findall(path.read_text()) for path in (settings.BASE_DIR / "templates").glob("*/*.html")}
BUNDLED = [part for parts in BUNDLES.values() for part in parts]

NOT_IN_CHROMIUM_90 = {
    "css": {
        "the selector :has": r":has\(",
        "cascade layers": r"@layer",
        "container queries": r"@container|container-type",
        "nesting": r"^\s+&|[{;]\s*&",
        "ranges in media queries": r"@media[^{]*[<>]",
        "accent-color": r"accent-color",
        "color-mix, oklch and lab": r"color-mix|oklch|\blab\(",
        "units of the dynamic viewport": r"\d(dvh|svh|lvh|dvw|cqw|cqi)\b",
        "translate, rotate and scale as properties": r"^\s*(translate|rotate|scale):",
        "subgrid": r"subgrid",
        "text-wrap": r"text-wrap",
        "scrollbar-gutter": r"scrollbar-gutter",
        "overflow: clip on one axis": r"overflow-[xy]: clip",
        "object-view-box, mask without prefix": r"object-view-box|^\s*mask:",
        "@scope, @starting-style": r"@scope|@starting-style",
        "light-dark": r"light-dark\(",
    },
    "js": {
        "structuredClone": r"structuredClone",
        ".at()": r"\.at\(",
        "Object.hasOwn": r"Object\.hasOwn\b",
        "findLast": r"findLast",
        "inert": r"\.inert\b",
        "crypto.randomUUID": r"randomUUID",
        "array methods that copy": r"toSorted|toReversed|toSpliced",
        "Object.groupBy": r"groupBy",
        "requestSubmit is there, showPicker is not": r"showPicker",
        "class static blocks": r"static \{",
        "at() and cause of errors": r"cause:",
        "AbortSignal.timeout": r"AbortSignal\.(timeout|any)",
        "replaceChildren is there, setHTML is not": r"setHTML",
    },
}


def compressed(name: str) -> int:
    path = finders.find(name)
    assert path, name
    return len(gzip.compress(Path(path).read_bytes(), compresslevel=9))


def test_every_page_is_light() -> None:
    for page, own in OF_PAGES.items():
        assert sum(compressed(name) for name in LINKED + own if name.endswith(".css")) <= CSS_LIMIT, page
        assert sum(compressed(name) for name in LINKED + own if name.endswith(".js")) <= SCRIPT_LIMIT, page
    assert set(LINKED) == BUNDLES.keys()  # each one request, beside the page


def test_every_own_file_is_in_a_bundle_or_of_one_page() -> None:
    of_one_page = {name for own in OF_PAGES.values() for name in own}
    of_the_proxy = {f"css/{name}" for name in gateway.STYLESHEETS}
    assert {f"{path.parent.name}/{path.name}" for path in OWN} <= {*BUNDLED, *of_one_page, *of_the_proxy}


def test_a_bundle_is_its_parts_one_behind_the_other() -> None:
    bundle = Path(finders.find("portal.css")).read_text()
    places = [bundle.index(part) for part in ("Bootstrap Reboot", "Bootstrap Grid", "--paper:", ".frame-head", ".panel")]
    assert places == sorted(places)
    assert "sourceMappingURL" not in bundle
    assert "@media print {\n/* On paper" in bundle


def test_a_changed_part_is_in_the_bundle_at_once(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    part = tmp_path / "css" / "pages.css"
    settings.STATICFILES_DIRS = [tmp_path, *settings.STATICFILES_DIRS]
    finders.get_finder.cache_clear()
    for text in (".one {}", ".two {}"):
        part.write_text(text)
        assert text in Path(finders.find("portal.css")).read_text()
    finders.get_finder.cache_clear()


def test_a_part_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUNDLES, "portal.js", ("js/none.js",))
    with pytest.raises(FileNotFoundError, match=r"js/none\.js"):
        finders.find("portal.js")


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_no_feature_that_officials_browsers_lack(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    kind = path.suffix[1:]
    assert [name for name, pattern in NOT_IN_CHROMIUM_90[kind].items() if re.search(pattern, text, re.MULTILINE)] == []


def test_the_search_for_such_features_finds_them() -> None:
    found = {
        name
        for name, pattern in NOT_IN_CHROMIUM_90["css"].items()
        if re.search(pattern, ".a { &:hover { b: c } }\n@media (width > 3em) {}")
    }
    assert found == {"nesting", "ranges in media queries"}


@pytest.mark.parametrize("path", [path for path in OWN if path.suffix == ".css"], ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    assert re.findall(r"url\((?!\"data:)|@import|https?://(?!www\.w3\.org/2000/svg)", path.read_text()) == []


def test_only_tokens_name_colours() -> None:
    """White on a coloured button and the ink of paper apart."""
    for path in OWN:
        if path.suffix == ".css" and path.name not in {"tokens.css", "print.css"}:
            declared = re.sub(r'url\("[^"]*"\)', "", path.read_text())
            assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", declared)) <= {"#fff"}, path.name


def luminance(colour: str) -> float:
    channels = [int(colour[position : position + 2], 16) / 255 for position in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TOKENS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", TOKENS))
CLAIMS = [
    (name, ground, float(ratio))
    for name, comment in re.findall(r"--([\w-]+): #[0-9a-f]{6}; /\*(.*?)\*/", TOKENS)
    for ratio, ground in re.findall(r"([\d.]+) on ([\w-]+)", comment)
]


@pytest.mark.parametrize(("name", "ground", "ratio"), CLAIMS)
def test_contrasts_are_what_the_tokens_claim(name: str, ground: str, ratio: float) -> None:
    measured = contrast(COLOURS[name], COLOURS[ground])
    assert int(measured * 10) / 10 == ratio
    assert measured >= (3 if name == "edge" else 4.5)


def test_every_text_colour_makes_a_claim() -> None:
    texts = {
        "ink",
        "quiet",
        "on-deep",
        "on-deep-quiet",
        "act",
        "act-strong",
        "good",
        "warn",
        "bad",
        "info",
        "plain",
        "demo",
        "focus-on-paper",
        "focus-on-deep",
        "edge",
    }
    assert texts <= {name for name, _ground, _ratio in CLAIMS}


def test_htmx_evaluates_nothing_and_writes_no_style() -> None:
    """Else the content security policy would stop it."""
    (content,) = re.findall(r"name=\"htmx-config\" content='([^']+)'", BASE)
    configuration = json.loads(content)
    assert configuration["allowEval"] is False
    assert configuration["includeIndicatorStyles"] is False
    assert configuration["selfRequestsOnly"] is True
