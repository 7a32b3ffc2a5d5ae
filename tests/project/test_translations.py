"""Chinese is the first language of the portal: no text in the code or the templates may be left in English."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
SOURCES = ("pilotportal", "applications", "review", "reporting", "templates")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|%[sd]")
TWO_LANGUAGES = (
    ROOT / "applications" / "data" / "form_2025.json",
    ROOT / "applications" / "data" / "round_2025.json",
    ROOT / "review" / "data" / "pledges.json",
)
CHINESE = re.compile("[\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z]{3}")
DOCUMENT_NUMBER = re.compile("[\u4e00-\u9fff]+〔[0-9]{4}〕[0-9]+号")  # has no English
HALF_WIDTH = re.compile(r"""[\u4e00-\u9fff][,.;:?!()"']|[,.;:?!()"'][\u4e00-\u9fff]""")
SPACED = re.compile(r"[\u4e00-\u9fff] [\u4e00-\u9fffA-Za-z0-9]|[A-Za-z0-9] [\u4e00-\u9fff]")
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
    texts_left = [text for entry in translated.values() for text in texts(entry) if not CHINESE.search(text)]
    assert [text for text in texts_left if WORD.search(PLACEHOLDER.sub("", text)) and text not in SAME_IN_CHINESE] == []


def mistyped(text: str) -> bool:
    """As a clerk sets type: full-width punctuation beside Chinese characters, and no space between them and figures or Latin words."""
    plain = PLACEHOLDER.sub("0", text)
    return bool(HALF_WIDTH.search(plain) or SPACED.search(plain))


def test_translations_are_set_in_chinese_type(translated):
    assert [text for entry in translated.values() for text in texts(entry) if mistyped(text)] == []


@pytest.mark.parametrize("text", ["截止,", "(省级)", "共 3 个", "PDF 文件", "第%(row)s 行", "提交: 成功", "城市 省份"])
def test_what_is_not_chinese_type_is_found(text):
    assert mistyped(text)


@pytest.mark.parametrize("text", ["截止，", "（省级）", "共%(count)s个", "PDF文件", "2025年7月18日24:00", "20 MB", "%(city)s：%(at)s"])
def test_chinese_type_passes(text):
    assert not mistyped(text)


def pairs(value: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every text that a data file holds in both languages: where it stands, the Chinese, the English."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from pairs(each, f"{path}/{number}")
    elif isinstance(value, dict):
        for chinese, english in pair_names(value):
            yield f"{path}/{chinese}", value.get(chinese), value.get(english)
        for key, each in value.items():
            yield from pairs(each, f"{path}/{key}")


def pair_names(value: dict[str, Any]) -> set[tuple[str, str]]:
    """Pairs of keys of which at least one is there: zh and en, name_zh and name_en, text and text_en."""
    bases = {key.removesuffix(suffix) for key in value for suffix in ("_zh", "_en") if key.endswith(suffix)}
    named = {(f"{base}_zh", f"{base}_en") if base != "text" else ("text", "text_en") for base in bases}
    plain = {("zh", "en")} if value.keys() & {"zh", "en"} else set()
    return named | plain | ({("text", "text_en")} if "text" in value else set())


def untranslated(chinese: Any, english: Any) -> bool:
    """Lists of paragraphs are held to each other paragraph by paragraph."""
    if isinstance(chinese, list) and isinstance(english, list):
        return len(chinese) != len(english) or any(untranslated(one, other) for one, other in zip(chinese, english, strict=True))
    if not chinese or not english:
        return True
    in_english = WORD.search(chinese) and not CHINESE.search(chinese)
    return bool(in_english or CHINESE.search(DOCUMENT_NUMBER.sub("", english)))


@pytest.mark.parametrize("path", TWO_LANGUAGES, ids=lambda path: path.name)
def test_data_is_complete_in_both_languages(path):
    found = list(pairs(json.loads(path.read_text(encoding="utf-8"))))
    assert found
    assert [where for where, chinese, english in found if untranslated(chinese, english)] == []


def test_a_label_without_its_english_is_found():
    record = {"label": {"zh": "城市"}, "name_zh": "基础", "name_en": "基础", "text": "通知", "rows": [{"zh": ["一", "二"], "en": ["one"]}]}
    assert {where for where, chinese, english in pairs(record) if untranslated(chinese, english)} == {
        "/label/zh",
        "/name_zh",
        "/text",
        "/rows/0/zh",
    }
