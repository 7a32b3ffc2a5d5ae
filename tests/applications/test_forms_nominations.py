"""A section as a form: every type of field, rows without a script, two editors, and nothing that was typed is lost."""

import json

import pytest
from crispy_forms.utils import render_crispy_form
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from applications.content import Content
from applications.definition import Choice, FieldDefinition, GroupDefinition, Section, Text
from applications.forms.files import FileForm
from applications.forms.nominations import StartForm
from applications.forms.sections import BASE, HIDDEN, REVISION, SectionForm
from pilotportal.accounts.models import Division
from tests.factories import HEBEI
from tests.pilotportal.pages import read

TYPES = ("text", "long_text", "integer", "decimal", "year", "choice", "industry", "boolean")
ENTERED = {
    "text": ("唐山市", "唐山市"),
    "long_text": ("第一行\r\n第二行", "第一行\n第二行"),
    "integer": ("１，２００", 1200),
    "decimal": ("1,200.5", "1200.50"),
    "year": ("2024年", 2024),
    "choice": ("a", "a"),
    "industry": ("C36", "C36"),
    "boolean": ("on", True),
}
WRONG = {"integer": "一千", "decimal": "12,5", "year": "24", "choice": "b", "industry": "A01", "text": "字" * 31, "long_text": "字" * 31}


def field(type_, code=""):
    choices = (Choice(code="a", label=Text(zh="甲", en="A")),) if type_ == "choice" else ()
    label = Text(zh=f"栏目{type_}", en=f"entry {type_}")
    unit = Text(zh="亿元", en="100 million yuan") if type_ == "decimal" else Text(zh="", en="")
    return FieldDefinition(
        code=code or f"a_{type_}", label=label, type=type_, choices=choices, unit=unit, max_length=30, help=Text(zh="说明", en="help")
    )


GROUP = GroupDefinition(
    code="rows", label=Text(zh="企业", en="Enterprises"), fields=(field("text", "name"), field("decimal", "sum")), minimum=1, maximum=3
)
SECTION = Section(code="all", label=Text(zh="全部", en="All"), fields=tuple(field(type_) for type_ in TYPES), groups=(GROUP,))
EVERYTHING = set(SECTION.codes)
STANDING: Content = {
    "a_text": "旧",
    "a_long_text": "甲\n乙",
    "a_integer": 0,
    "a_decimal": "12.50",
    "a_year": 2024,
    "a_choice": "a",
    "a_industry": "C13",
    "a_boolean": True,
    "rows": [{"key": "k1", "name": "甲厂", "sum": "1.00"}, {"key": "k2", "name": "乙厂", "sum": None}],
}


def blank(standing=None, **facts):
    return SectionForm(SECTION, **{"standing": standing or {}, "revision": 0, "open_codes": EVERYTHING} | facts)


def page_of(form):
    return read(render_crispy_form(form))


def value_on(page, name):
    for tag in ("input", "textarea", "select"):
        for control in page.all(tag, name=name):
            if tag == "select":
                return next((option.attributes["value"] for option in control.all("option") if "selected" in option.attributes), "")
            if control.attributes.get("type") == "checkbox":
                return "on" if "checked" in control.attributes else ""
            return control.attributes.get("value", "") if tag == "input" else "".join(control.content).removeprefix("\n")
    raise AssertionError(f"no control {name}")


def sent(form, **changes):
    """What a browser would send from the page of a form."""
    page = page_of(form)
    data = QueryDict(mutable=True)
    for control in page.all("input") + page.all("textarea") + page.all("select"):
        if name := control.attributes.get("name"):
            data.appendlist(name, value_on(page, name) if name != "rows" else control.attributes["value"])
    for name, value in changes.items():
        data[name.replace("__", "-")] = value
    return data


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_has_a_control_with_its_label_and_help(type_):
    page = page_of(blank(STANDING))
    name = f"a_{type_}"
    (label,) = page.all("label", for_=f"id_{name}")
    assert f"栏目{type_}" in label.text
    assert ("亿元" in label.text) == (type_ == "decimal")
    assert "提交前必填" in label.text
    control = next(element for element in page.walk() if element.attributes.get("id") == f"id_{name}")
    assert control.attributes["aria-describedby"] == f"id_{name}_helptext"
    assert page.one("div", id=f"id_{name}_helptext").text == "说明"
    assert "maxlength" not in control.attributes  # a browser would cut off what is pasted


@pytest.mark.parametrize("type_", TYPES)
def test_what_stands_is_sent_back_unchanged(type_):
    form = blank(STANDING, data=sent(blank(STANDING)))
    assert form.is_valid()
    assert form.values[f"a_{type_}"] == STANDING[f"a_{type_}"]
    assert type(form.values[f"a_{type_}"]) is type(STANDING[f"a_{type_}"])


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_entered_is_read(type_):
    raw, value = ENTERED[type_]
    form = blank(data=sent(blank(), **{f"a_{type_}": raw}))
    assert form.is_valid()
    assert form.values[f"a_{type_}"] == value


@pytest.mark.parametrize("type_", WRONG)
def test_wrong_input_is_told_at_the_field_and_kept(type_):
    name, raw = f"a_{type_}", WRONG[type_]
    form = blank(STANDING, data=sent(blank(STANDING), **{name: raw, "rows-k1-sum": "很多"}))
    assert not form.is_valid()
    assert {fault.anchor for fault in form.faults()} == {f"id_{name}", "id_rows-k1-sum"}
    page = page_of(form)
    control = next(element for element in page.walk() if element.attributes.get("id") == f"id_{name}")
    assert control.attributes["aria-invalid"] == "true"
    assert f"id_{name}_error" in control.attributes["aria-describedby"]
    assert page.one("div", id=f"id_{name}_error").text
    if type_ not in {"choice", "industry"}:  # a list cannot show what it does not offer
        assert value_on(page, name) == raw
    assert value_on(page, "rows-k1-sum") == "很多"
    assert value_on(page, "a_text") == (raw if type_ == "text" else "旧")


def test_the_summary_names_the_row():
    form = blank(STANDING, data=sent(blank(STANDING), **{"rows-k2-sum": "x"}))
    form.is_valid()
    (fault,) = form.faults()
    assert "第2行" in fault.label


def test_an_empty_group_offers_as_many_rows_as_are_needed():
    assert len(blank().groups["rows"].forms) == 1
    assert blank(data=sent(blank())).groups["rows"].value == []


def test_rows_keep_keys_and_order_and_empty_ones_are_left_out():
    data = sent(blank(STANDING), **{"rows-k1-name": "", "rows-k1-sum": "", "rows-k2-sum": "３"})
    form = blank(STANDING, data=data)
    assert form.is_valid()
    assert form.values["rows"] == [{"key": "k2", "name": "乙厂", "sum": "3.00"}]


def test_add_and_remove_redraw_the_page_with_everything_typed():
    form = blank(STANDING, data=sent(blank(STANDING), a_text="新", a_integer="一千", **{"rows-k2-name": "丙厂"}))
    form.add_row("rows")
    page = page_of(form)
    assert [row.key for row in form.groups["rows"].forms][:2] == ["k1", "k2"]
    assert len(form.groups["rows"].forms) == 3
    assert (value_on(page, "a_text"), value_on(page, "a_integer"), value_on(page, "rows-k2-name")) == ("新", "一千", "丙厂")
    assert list(form.faults()) == []  # nothing was to be saved, so the page does not scold
    assert [control.attributes["id"] for control in page.all("input") if "autofocus" in control.attributes] == [
        f"id_rows-{form.focus}-name"
    ]
    again = blank(STANDING, data=sent(form))
    again.remove_row("rows", "k1")
    assert again.groups["rows"].forms[0].key == "k2"
    assert value_on(page_of(again), "rows-k2-name") == "丙厂"


def test_no_row_can_be_added_beyond_the_maximum_and_more_are_refused():
    form = blank(data=sent(blank()))
    for _time in range(5):
        form.add_row("rows")
    assert len(form.groups["rows"].forms) == 3
    assert "disabled" in page_of(form).one("button", name="add").attributes
    data = sent(form)
    for number in range(4):
        data.appendlist("rows", f"n{number}")
        data[f"rows-n{number}-name"] = "厂"
    crowded = blank(data=data)
    assert not crowded.is_valid()
    assert "3" in crowded.groups["rows"].error


@pytest.mark.parametrize("key", ["", "a b", "../x", "k" * 41, "é"])
def test_a_forged_row_key_is_ignored(key):
    data = sent(blank(STANDING))
    data.appendlist("rows", key)
    data.appendlist("rows", "k1")  # once more
    assert [row.key for row in blank(STANDING, data=data).groups["rows"].forms] == ["k1", "k2"]


def test_unknown_buttons_change_nothing():
    form = blank(STANDING, data=sent(blank(STANDING)))
    form.add_row("nothing")
    form.remove_row("nothing", "k1")
    form.take_over("nothing")
    assert form.focus == ""
    assert form.is_valid()


# -- a correction ----------------------------------------------------------------------------------------------------------------


def test_a_correction_opens_its_entries_and_shows_the_others_as_they_stand():
    form = blank(STANDING, open_codes={"a_text", "elsewhere"}, notes={"a_text": "请补充\n数据"})
    page = page_of(form)
    assert {control.attributes.get("name") for control in page.all("input")} == {*HIDDEN, "a_text"}
    assert page.all("textarea") == page.all("select") == []
    text = page.text
    assert "请补充" in text
    assert "C13 农副食品加工业" in text
    assert "甲厂" in text
    form = blank(STANDING, open_codes={"a_text"}, data=sent(form, a_text="新", a_integer="7", **{"rows-k1-name": "x"}))
    assert form.is_valid()
    assert form.values == {"a_text": "新"}


# -- two editors -----------------------------------------------------------------------------------------------------------------


def compared(mine, theirs):
    """One saved `theirs` while another typed `mine`; both had opened the page at STANDING."""
    form = blank(STANDING, data=sent(blank(STANDING), **mine))
    form.is_valid()
    form.compare(standing=dict(STANDING) | theirs, revision=7)
    return form


def test_an_entry_changed_on_both_sides_keeps_mine_and_shows_theirs():
    form = compared({"a_text": "我的"}, {"a_text": "对方的"})
    page = page_of(form)
    assert value_on(page, "a_text") == "我的"
    assert "对方的" in page.text
    assert page.one("button", name="take").attributes["value"] == "a_text"
    assert value_on(page, REVISION) == "7"


def test_an_entry_that_was_not_touched_here_takes_what_was_saved():
    form = compared({"a_text": "我的"}, {"a_decimal": "99.00", "rows": [{"key": "k9", "name": "新厂", "sum": None}]})
    page = page_of(form)
    assert (value_on(page, "a_text"), value_on(page, "a_decimal"), value_on(page, "rows-k9-name")) == ("我的", "99.00", "新厂")
    assert all(conflict.taken_over for conflict in form.conflicts.values())
    assert set(form.conflicts) == {"a_decimal", "rows"}
    saved_again = blank(data=sent(form))
    assert saved_again.is_valid()
    assert saved_again.values["a_decimal"] == "99.00"
    assert saved_again.values["rows"] == [{"key": "k9", "name": "新厂", "sum": None}]


def test_the_same_change_on_both_sides_is_no_conflict():
    assert compared({"a_text": "一样"}, {"a_text": "一样"}).conflicts == {}


def test_what_cannot_be_read_is_kept_beside_what_was_saved():
    form = compared({"a_integer": "一千", "rows-k1-sum": "x"}, {"a_integer": 5, "rows": [{"key": "k1", "name": "甲厂", "sum": "2.00"}]})
    page = page_of(form)
    assert (value_on(page, "a_integer"), value_on(page, "rows-k1-sum")) == ("一千", "x")
    assert [conflict.taken_over for conflict in form.conflicts.values()] == [False, False]


def test_the_saved_entry_can_be_taken_over():
    form = compared({"a_text": "我的", "a_integer": "一千"}, {"a_text": "对方的", "a_integer": 5})
    for code, value in (("a_text", "对方的"), ("a_integer", "5")):
        again = blank(dict(STANDING) | {"a_text": "对方的", "a_integer": 5}, data=sent(form))
        again.take_over(code)
        again.compare(standing=again.standing, revision=7)
        assert value_on(page_of(again), code) == value
        assert code not in again.conflicts


@pytest.mark.parametrize("base", ["", "{", "[]", json.dumps({"a_text": 5})])
def test_a_page_that_lost_what_it_was_made_from_overwrites_nothing_unseen(base):
    form = blank(STANDING, data=sent(blank(STANDING), **{BASE: base}))
    form.is_valid()
    form.compare(standing=dict(STANDING) | {"a_text": "对方的"}, revision=1)
    assert not form.conflicts["a_text"].taken_over
    assert "对方的" in page_of(form).text


# -- the other forms -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_start_offers_the_cities_it_is_given_and_asks_for_a_reason_only_where_one_may_be_needed():
    cities = Division.objects.filter(province_id=HEBEI, level="prefecture_city")
    form = StartForm(cities=cities)
    assert len(form.fields["city"].choices) == cities.count() + 1
    assert "level_reason" not in form.fields
    assert "level_reason" in StartForm(cities=Division.objects.filter(level="other_prefecture")).fields


@pytest.mark.django_db
def test_start_with_a_single_city_has_chosen_it():
    (beijing,) = Division.objects.filter(pk="110000")
    form = StartForm(cities=Division.objects.filter(pk="110000"))
    assert form.fields["city"].initial == beijing.pk


@pytest.mark.parametrize(("size", "valid"), [(100, True), (101, False)])
def test_a_file_above_the_limit_is_refused(settings, size, valid):
    settings.UPLOAD_LIMIT = 100
    form = FileForm({}, {"file": SimpleUploadedFile("a.pdf", b"x" * size)})
    assert form.is_valid() == valid
    assert bool(form.errors.get("file")) != valid
