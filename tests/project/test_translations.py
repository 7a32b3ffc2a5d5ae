"""Chinese is the first language of the portal: no text in the code or the templates may be left in English."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
SOURCES = ("pilotportal", "applications", "review", "reporting", "templates")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|%[sd]")
SAME_IN_CHINESE: frozenset[str] = frozenset()  # names and abbreviations, each put here by hand
Key = tuple[str | None, str]


@pytest.fixture(scope="module")
def used(tmp_path_factory) -> dict[Key, polib.POEntry]:
    """What the present code and templates ask for, extracted from a copy."""
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", copy)
    (copy / "locale").mkdir()
    (copy / "static").mkdir()
    command = [sys.executable, "manage.py", "makemessages", "--locale=zh_Hans", "--no-location"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    return {key(entry): entry for entry in polib.pofile(copy / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po")}


@pytest.fixture(scope="module")
def translated() -> dict[Key, polib.POEntry]:
    return {key(entry): entry for entry in polib.pofile(CATALOGUE) if not entry.obsolete}


def key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text)}


def test_extraction_finds_texts_of_code_and_of_templates(used):
    """Else the comparisons below would compare nothing."""
    assert (None, "Ministry staff") in used
    assert len(used) > 300


def test_every_text_is_translated(used, translated):
    missing = [msgid for context, msgid in used if (context, msgid) not in translated or not all(texts(translated[context, msgid]))]
    assert missing == []


def test_no_translation_is_doubtful(translated):
    assert [entry.msgid for entry in translated.values() if entry.fuzzy] == []


def test_no_translation_is_left_over(used, translated):
    assert sorted(str(each) for each in translated.keys() - used.keys()) == []


def test_translations_keep_the_placeholders(translated):
    """A plural form may leave the number out; nothing else may be lost or invented."""
    wrong = []
    for entry in translated.values():
        allowed = placeholders(entry.msgid) | placeholders(entry.msgid_plural or "")
        needed = allowed if not entry.msgid_plural else set()
        wrong += [entry.msgid for text in texts(entry) if not needed <= placeholders(text) <= allowed]
    assert wrong == []


def test_translations_are_chinese(translated):
    """A text with words but without a Chinese character is one that nobody translated."""
    word, chinese = re.compile(r"[A-Za-z]{3}"), re.compile("[\u4e00-\u9fff]")
    texts_left = [text for entry in translated.values() for text in texts(entry) if not chinese.search(text)]
    assert [text for text in texts_left if word.search(PLACEHOLDER.sub("", text)) and text not in SAME_IN_CHINESE] == []
