"""Plausible content for any form, invented from the seed by type and label. It reads like an application and says that it is none."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from applications import content as entries
from applications.definition import FieldDefinition, GroupDefinition, Section
from applications.industries import INDUSTRIES
from pilotportal.accounts.models import Division
from pilotportal.rehearsal import names, phrases
from pilotportal.rehearsal.chance import Chance

MARK = "（演示）"
USUAL_ROWS = 3
USUAL_INDICATORS = 5
BASE_YEAR = "2024"


def section(section: Section, *, city: Division, chance: Chance) -> dict[str, Any]:
    """A complete content of one section, in canonical values, without the undertakings: they are given with the submission."""
    writer = _Writer(city, chance)
    fields = {field.code: writer.value(field, field.code) for field in section.fields if field.type != "boolean" or not field.required}
    return fields | {group.code: writer.rows(group) for group in section.groups}


def paragraph(sentences: Sequence[str], *, city: Division, source: Random, length: int = 0) -> str:
    """Some of the sentences in a new order, with invented numbers and the note that they are; `length` cuts the text, never the note."""
    picked = source.sample(sentences, len(sentences))
    text = "".join(sentence.format(city=city.name, n=source.randint(2, 12), m=source.randint(120, 2400)) for sentence in picked)
    room = length - len(phrases.CLOSING) if length else len(text)
    return f"{text[: max(0, room)]}{phrases.CLOSING}"[: length or None]


class _Writer:
    def __init__(self, city: Division, chance: Chance) -> None:
        self.city, self.chance = city, chance
        self.latest = 0  # the number written last, of which the next field may be a part

    def value(self, field: FieldDefinition, *about: object) -> entries.Value:
        raw = getattr(self, f"_{field.type}")(field, self.chance.of("content", self.city.pk, *about))
        return entries.read(field, raw)

    def rows(self, group: GroupDefinition) -> list[entries.Row]:
        if {"baseline", "target"} <= {field.code for field in group.fields}:
            return self._indicators(group)
        count = self.chance.number(max(group.minimum, 1), _most(group, USUAL_ROWS), "rows", self.city.pk, group.code)
        return [{field.code: self.value(field, group.code, row, field.code) for field in group.fields} for row in range(count)]

    def _indicators(self, group: GroupDefinition) -> list[entries.Row]:
        source = self.chance.of("indicators", self.city.pk)
        promised = [_promise(*facts, source=source) for facts in source.sample(phrases.INDICATORS, _most(group, USUAL_INDICATORS))]
        return [
            {
                field.code: entries.read(field, promise[field.code])
                if field.code in promise
                else self.value(field, group.code, row, field.code)
                for field in group.fields
            }
            for row, promise in enumerate(promised)
        ]

    def _text(self, field: FieldDefinition, source: Random) -> str:
        label = field.label.zh
        if "电话" in label or "手机" in label:
            return f"0000-{source.randint(0, 9_999_999):07}"
        if "联系人" in label or "姓名" in label:
            return names.person(self.chance, self.city.pk, field.code)
        invented = {
            "数据来源": f"2024年{self.city.name}统计公报{MARK}",
            "申报单位": f"{self.city.name}人力资源和社会保障局",
            "通讯地址": f"{self.city.name}示例路{source.randint(1, 200)}号{MARK}",
            "企业名称": f"{self.city.name}示例{source.choice(phrases.COMPANIES)}有限公司",
            "名称": f"{self.city.name}{source.choice(phrases.CONSORTIA)}{MARK}",
        }
        return invented.get(label, f"{source.choice(phrases.COMPANIES)}{MARK}")[: field.max_length]

    def _long_text(self, field: FieldDefinition, source: Random) -> str:
        sentences = phrases.SENTENCES.get(field.serves, phrases.SENTENCES[""])
        return paragraph(sentences, city=self.city, source=source, length=field.max_length)

    def _integer(self, field: FieldDefinition, source: Random) -> str:
        return str(self._number(field, source, scale=1))

    def _decimal(self, field: FieldDefinition, source: Random) -> str:
        return str(Decimal(self._number(field, source, scale=10**field.places)).scaleb(-field.places))

    def _number(self, field: FieldDefinition, source: Random, *, scale: int) -> int:
        """In units of 1/scale; a part is smaller than the whole before it."""
        low, high = phrases.RANGES.get(field.unit.zh, phrases.RANGES[""])
        value = source.randint(low * scale, high * scale)
        if field.label.zh.startswith("其中"):
            value = self.latest * scale * phrases.SHARE_OF_PART // 100
        least, most = field.minimum or 0, high if field.maximum is None else field.maximum
        value = min(max(value, least * scale), max(most, least) * scale)
        self.latest = value // scale
        return value

    def _year(self, _field: FieldDefinition, _source: Random) -> str:
        return BASE_YEAR

    def _choice(self, field: FieldDefinition, source: Random) -> str:
        return source.choice(field.choices).code

    def _industry(self, _field: FieldDefinition, source: Random) -> str:
        return source.choice(sorted(INDUSTRIES))

    def _boolean(self, _field: FieldDefinition, _source: Random) -> str:
        return "on"


def _most(group: GroupDefinition, usual: int) -> int:
    return min(group.maximum, max(group.minimum, usual))


def _promise(name: str, unit: str, low: int, high: int, *, source: Random) -> dict[str, Any]:
    baseline = source.randint(low, high)
    target = baseline * source.randint(115, 160) // 100
    return {"name": name, "unit": unit, "baseline_year": BASE_YEAR, "baseline": str(baseline), "target": str(target)}
