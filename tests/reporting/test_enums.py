"""Every kind and every particular of an event that the sources record has its words, and no words stand for what nothing records."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

import applications.rules
import review.rules
from reporting.enums import EVENTS, words_of
from reporting.particulars import PARTICULARS

ROOMS = ("pilotportal", "applications", "review", "reporting")
KIND = re.compile(r"[a-z]+\.[a-z_]+")
BY_STATUS = {
    "nomination": applications.rules.TRANSITIONS,
    "summary": applications.rules.SUMMARY_TRANSITIONS,
    "assignment": review.rules.RUN_TRANSITIONS,
    "sheet": review.rules.SHEET_TRANSITIONS,
    "selection": review.rules.SELECTION_TRANSITIONS,
}
PASSING_ON = {"record", "_record", "_become", "_judge"}
EVERY_EVENT = {"at", "by", "target", "round_code"}
FAMILIES = {kind.partition(".")[0] for kind in EVENTS}


def recording() -> Iterator[ast.Module]:
    """Modules in which events are recorded, by the service or by a helper that passes the kind on."""
    for room in ROOMS:
        for path in sorted((Path(settings.BASE_DIR) / room).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if "migrations" not in path.parts and any(is_record(node) for node in ast.walk(tree)):
                yield tree


def is_record(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"record", "_record"}


def kinds() -> set[str]:
    found: set[str] = set()
    for tree in recording():
        for node in ast.walk(tree):
            if is_record(node) and node.args and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KIND.fullmatch(node.value):
                found |= {node.value} if node.value.partition(".")[0] in FAMILIES else set()
            if isinstance(node, ast.JoinedStr) and (family := family_of(node)):
                found |= {f"{family}.{status}" for news in BY_STATUS[family].values() for status in news}
    return found


def family_of(text: ast.JoinedStr) -> str:
    """Of a kind that ends with a status: `f"nomination.{status}"`."""
    head = text.values[0]
    return head.value[:-1] if isinstance(head, ast.Constant) and re.fullmatch(r"[a-z]+\.", head.value) else ""


def particulars() -> set[str]:
    """Whatever is passed on to `record` by its name, directly or by way of a helper, or put together as `particulars` before."""
    found: set[str] = set()
    for tree in recording():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in PASSING_ON:
                found |= {word.arg for word in node.keywords if word.arg}
            if isinstance(node, ast.AnnAssign | ast.AugAssign) and ast.unparse(node.target) == "particulars" and node.value:
                found |= {
                    key.value
                    for each in ast.walk(node.value)
                    if isinstance(each, ast.Dict)
                    for key in each.keys
                    if isinstance(key, ast.Constant)
                }
    return found - EVERY_EVENT


def test_kinds_are_found_in_the_sources():
    """Else the comparisons below would compare nothing."""
    assert {"account.signed_in", "nomination.returned", "sheet.submitted", "letter.made"} <= kinds()


def test_every_kind_of_event_has_its_words():
    assert sorted(kinds() - EVENTS.keys()) == []


def test_no_words_stand_for_a_kind_that_nothing_records():
    assert sorted(EVENTS.keys() - kinds()) == []


def test_no_two_kinds_have_the_same_words():
    words = [str(word) for word in EVENTS.values()]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("kind", ["nomination.saved", "seal.of_old_days"])
def test_a_kind_of_old_days_stands_as_it_was_recorded(kind):
    assert (words_of(kind) == kind) == (kind not in EVENTS)


def test_every_particular_has_its_words_and_no_words_stand_for_none():
    assert {"department", "digest", "taken_over", "automatic"} <= particulars()
    assert sorted(particulars() ^ PARTICULARS.keys()) == []
