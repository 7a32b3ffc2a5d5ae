"""What holds for every page's template, whoever wrote it."""

import re
from enum import Enum
from inspect import getmembers, isclass
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db.models import TextChoices

import applications.enums
import pilotportal.jobs.enums
import review.enums
from pilotportal.templatetags.interface import TONES

TEMPLATES = settings.BASE_DIR / "templates"
NOT_FOR_BROWSERS = {"documents", "charts", "pdf", "email"}
PARTS = {"components", "bootstrap5", "messages"}
WEB = sorted(path for path in TEMPLATES.rglob("*.html") if not NOT_FOR_BROWSERS & set(path.relative_to(TEMPLATES).parts))
PAGES = [
    path
    for path in WEB
    if not PARTS & set(path.relative_to(TEMPLATES).parts)
    and not path.name.startswith("_")
    and path.name not in {"base.html", "500.html", "503.html", "gateway.html"}
]
STYLESHEETS = [
    *sorted((settings.BASE_DIR / "static" / "css").glob("*.css")),
    *(Path(finders.find(f"bootstrap/css/bootstrap-{part}.min.css")) for part in ("reboot", "grid")),
]
FORBIDDEN = {
    "a style attribute": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "a script without src": r"<script(?![^>]*\ssrc=)",
    "an event attribute": r"\s(on[a-z]+|hx-on[\w:-]*)\s*=",
    "a javascript address": r"javascript:",
    "another host": r"""\s(src|href|action)\s*=\s*["']?(https?:)?//""",
    "evaluated htmx": r"""hx-(vals|headers)\s*=\s*["']js:|hx-trigger\s*=\s*["'][^"']*\[""",
}


def name_of(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def offences(text: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]


def without_tags(text: str) -> str:
    text = re.sub(r"[\w-]+-(\{%[^%]*%\}[\w-]*)+", " ", re.sub(r"\{\{.*?\}\}|\{#.*?#\}", "", text))
    return re.sub(r"\{%.*?%\}", " ", text)


def classes_in(text: str) -> set[str]:
    """Names that are spelt out; the ends of `pill-{{ tone }}` and `pill-{% if … %}good{% endif %}` are not."""
    return {name for value in re.findall(r'class="([^"]*)"', without_tags(text)) for name in value.split() if not name.endswith("-")}


@pytest.mark.parametrize("path", WEB, ids=name_of)
def test_the_content_security_policy_would_stop_nothing(path: Path) -> None:
    assert offences(path.read_text()) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<p style="color: red">', "a style attribute"),
        ("<style>p {}</style>", "a style element"),
        ("<script>alert(1)</script>", "a script without src"),
        ('<a onclick="go()">', "an event attribute"),
        ('<a hx-on:click="go()">', "an event attribute"),
        ('<a href="javascript:go()">', "a javascript address"),
        ('<img src="//cdn.example/a.png">', "another host"),
        ("<a hx-vals='js:{a: b()}'>", "evaluated htmx"),
    ],
)
def test_the_search_finds_each_offence(text: str, what: str) -> None:
    assert offences(text) == [what]


def test_what_looks_similar_is_no_offence() -> None:
    assert offences('<script src="/static/a.js" defer></script><a href="/x" data-style="1" class="once">on = off</a>') == []


@pytest.mark.parametrize("path", WEB, ids=name_of)
def test_every_class_is_defined_in_a_stylesheet(path: Path) -> None:
    defined = {name for sheet in STYLESHEETS for name in re.findall(r"\.([a-zA-Z_][\w-]*)", sheet.read_text())}
    assert classes_in(path.read_text()) - defined == set()


def test_classes_are_read_through_template_tags() -> None:
    text = '<p class="a{% if b %} c{% else %} d{% endif %} pill-{{ tone|default:"x" }} e-{% if f %}g{% else %}h{% endif %}">'
    assert classes_in(text) == {"a", "c", "d"}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_page_stands_in_the_frame_and_has_a_title(path: Path) -> None:
    text = path.read_text()
    parent = re.match(r'\{% extends "([^"]+)" %\}', text)
    assert parent, "extends nothing"
    assert parent[1] == "base.html" or (TEMPLATES / parent[1]) in WEB
    assert "{% block title %}" in text
    assert "{% block content %}" in text


@pytest.mark.parametrize("path", WEB, ids=name_of)
def test_every_asset_exists(path: Path) -> None:
    for name in re.findall(r"""\{% static ["']([^"']+)["'] %\}""", path.read_text()):
        assert finders.find(name), name


def statuses(module: ModuleType) -> list[type[Enum]]:
    return [kind for name, kind in getmembers(module, isclass) if issubclass(kind, TextChoices) and name.endswith(("Status", "Place"))]


@pytest.mark.parametrize(
    "kind",
    [kind for module in (applications.enums, review.enums, pilotportal.jobs.enums) for kind in statuses(module)],
    ids=lambda kind: f"{kind.__module__}.{kind.__name__}",
)
def test_every_status_has_a_tone(kind: type[Enum]) -> None:
    assert {status.value for status in kind} <= {status for listed in TONES.values() for status in listed}
