"""The Chinese of the portal is held to the guide for texts, docs/writing.md, whose tables are read here."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
GUIDE = (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
DATA = [ROOT / "applications" / "data" / "form_2025.json", ROOT / "applications" / "data" / "round_2025.json"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]|<[^>]+>")
LATIN = re.compile(r"[A-Za-z][A-Za-z/-]*")
FORMATS = {"PDF", "PDF/UA", "pdf", "JPEG", "PNG", "Excel", "ZIP", "CSV", "csv", "xls", "xlsx", "XLSX", "MB"}
UNDERSTOOD = frozenset(FORMATS | {"GB/T", "Cookie", "SM", "SHA-", "GDP", "R", "D", "WCAG", "AA", "axe-core", "Chromium"})
OFFICIAL = re.compile("典型项目遴选")  # words of the ministry's own documents
EXAMPLES = frozenset({"nomination-", "talent", "a", "f"})  # of what is to be typed in Latin letters
DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{4}年0\d月|月0\d日")
AS_TYPED = "例如"  # a date field takes the form of ISO 8601
LONE_NUMBER = re.compile(r"(?<![\d.,〔])\d{5,}(?![\d.〕号])")
WHOLE = 5  # characters; what is shorter fits anything
LOUD = re.compile(r"[！]|抱歉|对不起|点击|单击|请注意|OK")


def avoided() -> list[tuple[str, str]]:
    """What to write, and what not, from the table of terms."""
    table = GUIDE.split("| We write | Not |")[1].split("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return [(term, word) for term, words in rows for word in words.split("、")]


def in_chinese() -> Iterator[tuple[str, str]]:
    """Where it stands, and the text."""
    for entry in polib.pofile(CATALOGUE):
        if not entry.obsolete:
            yield from ((entry.msgid, text) for text in entry.msgstr_plural.values() or [entry.msgstr])
    for path in DATA:
        yield from ((path.name, text) for text in strings(json.loads(path.read_text(encoding="utf-8"))))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str) and re.search("[\u4e00-\u9fff]", value):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from strings(each) if key != "en" and not key.endswith("_en") else ()
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def faults(text: str) -> list[str]:
    plain = OFFICIAL.sub("", PLACEHOLDER.sub("", text))
    found = [f"{word}: {term}" for term, word in avoided() if word in plain.replace(term, "")]
    found += [word for word in LATIN.findall(plain) if word not in UNDERSTOOD | EXAMPLES]
    found += DATE.findall(plain) if AS_TYPED not in plain else []
    return found + LONE_NUMBER.findall(plain) + LOUD.findall(plain)


def test_texts_keep_to_the_guide():
    wrong = {f"{where}: {text}": found for where, text in in_chinese() if (found := faults(text))}
    assert wrong == {}


def test_there_are_texts_and_terms():
    """Else the test above would hold for anything."""
    assert len(list(in_chinese())) > 1000
    assert len(avoided()) > 20


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("请在截止日期前提交", "截止日期: 截止时间"),
        ("密数为64位", "密数: 秘密数"),
        ("请上传file", "file"),
        ("2025-07-18截止", "2025-07-18"),
        ("2025年07月18日", "2025年07月"),
        ("共12345人", "12345"),
        ("提交成功！", "！"),
        ("请点击按钮", "点击"),
    ],
)
def test_what_the_guide_rejects_is_found(text, fault):
    assert fault in faults(text)


@pytest.mark.parametrize(
    "text", ["秘密数为64位", "2025年7月18日24:00截止", "人社部发〔2025〕27号", "共%(count)s人", "PDF文件不超过20 MB", "12,345人"]
)
def test_what_the_guide_asks_for_passes(text):
    assert faults(text) == []


def test_examples_of_the_guide_are_texts_of_the_product():
    examples = re.findall(r"^\| (?:Refusal|Conflict|Error|Nothing here|Late) \| (.+?) \|", GUIDE, re.MULTILINE)
    shapes = [
        ".+".join(re.escape(part) for part in PLACEHOLDER.split(text))
        for _where, text in in_chinese()
        if len(PLACEHOLDER.sub("", text)) > WHOLE
    ]
    assert len(examples) == 5
    assert [each for each in examples if not re.fullmatch(f"({'|'.join(shapes)})+", each)] == []
