"""What people enter is read as they meant it, or refused with a sentence; and what is stored is shown as they know it."""

import pytest

from applications import content
from applications.content.comparison import pieces
from applications.content.presentation import shown_section
from applications.definition import Choice, FieldDefinition, FormDefinition, GroupDefinition, Section, Text
from applications.enums import Problem

TEXT = Text(zh="项", en="entry")
YUAN = Text(zh="亿元", en="100 million yuan")


def field(type_, **facts):
    choices = (Choice(code="a", label=Text(zh="甲", en="A")),) if type_ == "choice" else ()
    return FieldDefinition(code="x", label=TEXT, type=type_, choices=choices, **facts)


def group(*fields, **facts):
    return GroupDefinition(code="rows", label=TEXT, fields=fields or (field("text"),), **facts)


def form(*items):
    fields = tuple(item for item in items if isinstance(item, FieldDefinition))
    groups = tuple(item for item in items if isinstance(item, GroupDefinition))
    return FormDefinition(code="f", version=1, sections=(Section(code="s", label=TEXT, fields=fields, groups=groups),))


@pytest.mark.parametrize(
    ("type_", "raw", "value"),
    [
        ("integer", "1200", 1200),
        ("integer", "１，２００", 1200),
        ("integer", "1,200,000", 1200000),
        ("integer", "1 200 000", 1200000),
        ("integer", "1\u00a0200", 1200),
        ("integer", "　1200　", 1200),
        ("integer", "1200.0", 1200),
        ("integer", "0", 0),
        ("integer", "-5", -5),
        ("integer", "－５", -5),
        ("integer", "1200亿元", 1200),
        ("decimal", "1200.5", "1200.50"),
        ("decimal", "１，２００．５", "1200.50"),
        ("decimal", "1,200", "1200.00"),
        ("decimal", "１２３,４５６．７", "123456.70"),
        ("decimal", "１２３，４５６．７亿元", "123456.70"),
        ("decimal", "\u200b12.5\u00ad", "12.50"),
        ("integer", "\u202a1200\u202c", 1200),
        ("decimal", "12.500", "12.50"),
        ("decimal", "-0.00", "0.00"),
        ("decimal", "12.50 亿元", "12.50"),
        ("decimal", "9007199254740991", "9007199254740991.00"),
        ("year", "2024", 2024),
        ("year", "２０２４年", 2024),
        ("choice", "a", "a"),
        ("industry", "C36", "C36"),
        ("boolean", "on", True),
        ("boolean", "off", False),
        ("text", "  唐山市 ", "唐山市"),
        ("text", "𠮷林", "𠮷林"),
        ("text", "甲\r\n乙", "甲 乙"),
        ("text", "e\u0301", "é"),
        ("text", "a\x00b\ufeff", "ab"),
        ("long_text", "甲\r\n乙\r丙", "甲\n乙\n丙"),
        ("long_text", "第一行\x0b第二行", "第一行\n第二行"),
        ("long_text", "<p class=MsoNormal>一</p>", "<p class=MsoNormal>一</p>"),
        ("long_text", "“智造”——‘工匠’…", "“智造”——‘工匠’…"),
        ("long_text", "制造\u00ad业\u200b与\u2060服务\u200e业\u202e", "制造业与服务业"),
        ("long_text", "مى\u200cخ", "مى\u200cخ"),
        ("long_text", "一\x85二\u2028三", "一\n二\n三"),
        ("long_text", "𠮷野𡈽木\U0002e9f4", "𠮷野𡈽木\U0002e9f4"),
    ],
)
def test_read_gives_what_was_meant(type_, raw, value):
    read = content.read(field(type_, unit=YUAN), raw)
    assert (read, type(read)) == (value, type(value))
    content.check(field(type_, unit=YUAN), read)


@pytest.mark.parametrize("type_", ["text", "long_text", "integer", "decimal", "year", "choice", "industry", "boolean"])
@pytest.mark.parametrize("raw", ["", "   ", "　", "\u200b\ufeff"])
def test_nothing_entered_is_nothing(type_, raw):
    assert content.read(field(type_), raw) is None


@pytest.mark.parametrize(
    ("definition", "raw", "problem"),
    [
        (field("integer"), "12.5", Problem.NOT_INTEGER),
        (field("integer"), "一千", Problem.NOT_INTEGER),
        (field("integer"), "12²", Problem.NOT_INTEGER),
        (field("integer"), "①", Problem.NOT_INTEGER),
        (field("integer"), "٣", Problem.NOT_INTEGER),
        (field("integer"), "1,2", Problem.NOT_INTEGER),
        (field("integer"), "12,00", Problem.NOT_INTEGER),
        (field("integer"), "1e9", Problem.NOT_INTEGER),
        (field("integer"), "9" * 17, Problem.NOT_INTEGER),
        (field("integer"), "9007199254740992", Problem.TOO_LARGE),
        (field("integer"), "-9007199254740992", Problem.TOO_LARGE),
        (field("integer", minimum=0), "-1", Problem.TOO_SMALL),
        (field("integer", maximum=100), "101", Problem.TOO_LARGE),
        (field("integer"), "300万", Problem.IN_MYRIADS),
        (field("decimal", unit=YUAN), "3.2亿", Problem.IN_MYRIADS),
        (field("decimal"), "１２ 万", Problem.IN_MYRIADS),
        (field("decimal"), "亿元", Problem.NOT_NUMBER),
        (field("decimal"), "12,5", Problem.NOT_NUMBER),
        (field("decimal"), "1.234", Problem.TOO_PRECISE),
        (field("decimal", places=0), "1.5", Problem.TOO_PRECISE),
        (field("decimal"), ".5", Problem.NOT_NUMBER),
        (field("decimal"), "1.2.3", Problem.NOT_NUMBER),
        (field("decimal"), "NaN", Problem.NOT_NUMBER),
        (field("decimal", maximum=100), "100.01", Problem.TOO_LARGE),
        (field("year"), "24", Problem.NOT_YEAR),
        (field("year"), "1989", Problem.NOT_YEAR),
        (field("year"), "2036", Problem.NOT_YEAR),
        (field("choice"), "b", Problem.NOT_A_CHOICE),
        (field("industry"), "C12", Problem.NOT_A_CHOICE),
        (field("text", max_length=3), "四个字了", Problem.TOO_LONG),
    ],
)
def test_read_refuses_with_a_sentence(definition, raw, problem):
    with pytest.raises(content.Invalid) as invalid:
        content.read(definition, raw)
    assert invalid.value.problem == problem
    assert str(invalid.value)
    assert "%(" not in str(invalid.value)


def test_a_rare_character_counts_as_one_and_a_line_break_as_one():
    assert content.read(field("text", max_length=2), "𠮷𠮷") == "𠮷𠮷"
    assert content.read(field("long_text", max_length=3), "甲\r\n乙") == "甲\n乙"


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("integer", "12"),
        ("integer", True),
        ("decimal", 12),
        ("decimal", "12.5"),
        ("decimal", "1,200.00"),
        ("text", " x"),
        ("text", 5),
        ("text", ["x"]),
        ("boolean", "on"),
        ("choice", "b"),
    ],
)
def test_check_refuses_what_no_entry_would_have_stored(type_, value):
    with pytest.raises(content.Invalid):
        content.check(field(type_), value)


@pytest.mark.parametrize(
    "rows",
    [
        [{"key": "1", "x": "a"}, {"key": "1", "x": "b"}],
        [{"key": "a b", "x": "a"}],
        [{"key": "k" * 41, "x": "a"}],
        [{"key": "1", "y": "a"}],
        [{"key": str(number), "x": "a"} for number in range(4)],
    ],
    ids=["key twice", "key with a space", "long key", "unknown field", "too many"],
)
def test_check_rows_refuses(rows):
    good = [{"key": "1", "x": "a"}, {"x": "new"}]
    content.check_rows(group(maximum=3), good)
    with pytest.raises(content.Invalid):
        content.check_rows(group(maximum=3), rows)


def test_check_section_refuses_entries_of_another_section():
    (section,) = form(field("text")).sections
    content.check_section(section, {"x": "a"})
    with pytest.raises(content.Invalid, match="other"):
        content.check_section(section, {"x": "a", "other": 1})


def test_zero_is_an_entry_and_an_empty_text_is_none():
    definition = form(field("integer"))
    assert list(content.gaps(definition, {"x": 0})) == []
    assert [gap.problem for gap in content.gaps(definition, {"x": None})] == [Problem.MISSING]
    assert [gap.problem for gap in content.gaps(form(field("text")), {"x": ""})] == [Problem.MISSING]


def test_an_undertaking_that_is_not_given_is_a_gap_of_its_own_kind():
    definition = form(field("boolean"))
    assert [gap.problem for gap in content.gaps(definition, {"x": False})] == [Problem.UNDERTAKING]
    assert list(content.gaps(definition, {"x": True})) == []


def test_gaps_of_a_group_name_row_key_and_field():
    definition = form(group(minimum=2))
    (few, missing) = content.gaps(definition, {"rows": [{"key": "k1", "x": None}]})
    assert few.problem == Problem.TOO_FEW_ROWS
    assert "2" in str(few)
    assert (missing.row, missing.key, missing.field, missing.anchor) == (1, "k1", "x", "id_rows-k1-x")


def test_what_is_not_required_leaves_no_gap():
    assert list(content.gaps(form(field("text", required=False)), {})) == []


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ({}, {"x": ""}, []),
        ({"x": None}, {}, []),
        ({"x": 0}, {}, ["x"]),
        ({"x": 0}, {"x": None}, ["x"]),
        ({"x": 0}, {"x": False}, ["x"]),
        ({"x": "a"}, {"x": "a"}, []),
        ({"x": "a"}, {"x": "b"}, ["x"]),
    ],
)
def test_changed_codes(old, new, changed):
    assert content.changed_codes(form(field("integer")), old, new) == changed


def test_pieces_mark_the_clauses_that_the_other_side_lacks():
    old, new = pieces("基础较好，潜力较大。", "基础雄厚，潜力较大。后续。")
    assert [(piece.text, piece.changed) for piece in old] == [("基础较好，", True), ("潜力较大。", False)]
    assert [(piece.text, piece.changed) for piece in new] == [("基础雄厚，", True), ("潜力较大。", False), ("后续。", True)]


@pytest.mark.parametrize(("old", "new"), [("", ""), ("", "一，二"), ("甲。乙\n\n丙", "乙\n丙")])
def test_pieces_lose_no_character(old, new):
    left, right = pieces(old, new)
    assert ("".join(piece.text for piece in left), "".join(piece.text for piece in right)) == (old, new)


def test_differences_follow_rows_by_their_key():
    definition = form(group())
    old = {"rows": [{"key": "1", "x": "甲"}, {"key": "2", "x": "乙"}]}
    new = {"rows": [{"key": "2", "x": "乙"}, {"key": "1", "x": "丙"}, {"key": "3", "x": "丁"}]}
    (difference,) = content.differences(definition, old, new, "zh-hans")
    assert difference.changed
    assert [[cell.changed for cell in row] for row in difference.old_rows] == [[True], [False]]
    assert [[cell.changed for cell in row] for row in difference.new_rows] == [[False], [True], [True]]


@pytest.mark.parametrize(
    ("definition", "value", "language", "text", "unit"),
    [
        (field("integer", unit=YUAN), 1234567, "zh-hans", "1,234,567", "亿元"),
        (field("decimal", unit=YUAN), "1234.50", "en", "1,234.50", "100 million yuan"),
        (field("decimal"), "-0.50", "zh-hans", "-0.50", ""),
        (field("decimal"), "-1234.50", "zh-hans", "-1,234.50", ""),
        (field("integer"), 0, "zh-hans", "0", ""),
        (field("year"), 2024, "zh-hans", "2024", ""),
        (field("choice"), "a", "zh-hans", "甲", ""),
        (field("choice"), "a", "en", "A", ""),
        (field("choice"), "gone", "en", "gone", ""),
        (field("industry"), "C36", "zh-hans", "C36 汽车制造业", ""),
        (field("industry"), "C36", "en", "C36 Manufacture of automobiles", ""),
        (field("text"), None, "zh-hans", "", ""),
        (field("boolean"), False, "zh-hans", "", ""),
    ],
)
def test_shown_field(definition, value, language, text, unit):
    shown = content.shown_field(definition, value, language)
    assert (shown.text, shown.unit) == (text, unit)


def test_persons_are_left_out_for_those_who_do_not_handle_the_nomination():
    private = FieldDefinition(code="phone", label=TEXT, type="text", personal=True)
    section = Section(code="s", label=TEXT, fields=(field("text"), private), groups=(group(field("text"), private),))
    entered = {"x": "公开", "phone": "0315-1234567", "rows": [{"key": "1", "x": "公开", "phone": "0315-7654321"}]}
    assert "0315" in str(shown_section(section, entered, "zh-hans"))
    hidden = shown_section(section, entered, "zh-hans", personal=False)
    assert "0315" not in str(hidden)
    assert str(hidden).count("公开") == 2


def test_a_section_of_persons_alone_is_not_shown_at_all():
    private = FieldDefinition(code="phone", label=TEXT, type="text", personal=True)
    assert list(content.shown_sections(form(private), {"phone": "1"}, "zh-hans", personal=False)) == []
