import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.utils import translation

from pilotportal.templatetags import interface
from tests.pilotportal.pages import Element, read

NOW = datetime(2025, 7, 15, 12, 0, tzinfo=UTC)


class Form(forms.Form):
    city = forms.CharField(label="城市")
    kind = forms.ChoiceField(label="类型", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)

    def clean(self) -> None:
        raise forms.ValidationError("两项不一致。")


def render(source: str, **context: object) -> Element:
    return read(Template(source).render(Context(context)))


@pytest.mark.parametrize(
    ("left", "urgency"),
    [
        (timedelta(days=7, seconds=1), "calm"),
        (timedelta(days=7), "soon"),
        (timedelta(days=1, seconds=1), "soon"),
        (timedelta(days=1), "urgent"),
        (timedelta(seconds=1), "urgent"),
        (timedelta(0), "passed"),
        (timedelta(seconds=-1), "passed"),
    ],
)
def test_urgency_changes_at_a_week_a_day_and_the_end(left: timedelta, urgency: str) -> None:
    assert interface.urgency(NOW + left, NOW) == urgency


def test_a_deadline_says_what_is_left_and_until_when() -> None:
    closes_at = datetime(2025, 7, 18, 16, 0, tzinfo=UTC)
    page = render('{% include "components/deadline.html" with closes_at=closes_at now=now only %}', closes_at=closes_at, now=NOW)
    assert page.text == "还有3天4小时 2025年7月18日 24:00截止（北京时间）"
    with translation.override("en"):
        page = render('{% include "components/deadline.html" with closes_at=closes_at now=now only %}', closes_at=closes_at, now=NOW)
    assert page.text == "3 days and 4 hours left closes 18 July 2025 24:00 (Beijing time)"


def test_the_script_gets_the_words_of_the_server() -> None:
    words = json.loads(interface.time_words())
    assert words["days"] == "还有%(days)s%(hours)s"
    assert words["passed"] == "已截止"


def test_unknown_status_is_plain() -> None:
    assert interface.tone("accepted") == "good"
    assert interface.tone("something new") == "plain"


def test_no_status_has_two_tones() -> None:
    listed = [status for statuses in interface.TONES.values() for status in statuses]
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1, [1, 2, None, 10]),
        (2, [1, 2, 3, None, 10]),
        (3, [1, 2, 3, 4, None, 10]),
        (5, [1, None, 4, 5, 6, None, 10]),
        (10, [1, None, 9, 10]),
    ],
)
def test_page_numbers_keep_ends_and_neighbours(number: int, shown: list[int | None]) -> None:
    assert interface.page_numbers(Paginator(range(100), 10).page(number)) == shown


def test_page_numbers_of_a_single_page() -> None:
    assert interface.page_numbers(Paginator(range(3), 10).page(1)) == [1]


def test_records_wrap_a_table_that_can_be_scrolled_by_keyboard() -> None:
    page = render('{% records caption="城市 <1>" %}<tbody><tr><td>唐山</td></tr></tbody>{% endrecords %}')
    region = page.one("div")
    words = {"class": "records as-cards", "role": "region", "aria-label": "城市 <1>", "tabindex": "0"}
    assert {name: value for name, value in region.attributes.items() if name != "data-busy"} == words
    assert page.one("caption").text == "城市 <1>"
    assert page.one("td").text == "唐山"


@pytest.mark.parametrize(("language", "text"), [("zh-hans", "甲。乙。"), ("en", "甲。 乙。")])
def test_chinese_sentences_stand_without_a_gap(language: str, text: str) -> None:
    with translation.override(language):
        assert render("<p>甲。{% gap %}乙。</p>").one("p").text == text


def test_an_event_says_when_and_what() -> None:
    at = datetime(2025, 7, 18, 15, 41, tzinfo=UTC)
    page = render("{% event at=at %}唐山市<b>提交</b>{% endevent %}", at=at)
    assert page.one("time").attributes["datetime"] == "2025-07-18T23:41:00+08:00"
    assert page.one("li").text == "2025年7月18日 23:41:00 唐山市提交"


def test_breadcrumbs_begin_at_home() -> None:
    page = render('{% breadcrumbs %}<li aria-current="page">唐山</li>{% endbreadcrumbs %}')
    assert [item.text for item in page.all("li")] == ["首页", "唐山"]


def test_error_summary_links_to_each_field_and_says_what_belongs_to_none() -> None:
    page = render('{% include "components/error_summary.html" with form=form only %}', form=Form({}))
    assert page.one("h2").text == "有2处需要修改"
    assert [(link.attributes["href"], link.text) for link in page.all("a")] == [
        ("#id_city", "城市：这个字段是必填项。"),
        ("#id_kind_0", "类型：这个字段是必填项。"),
    ]
    assert "两项不一致。" in page.text


def test_error_summary_of_a_sound_form_is_absent() -> None:
    class Sound(forms.Form):
        city = forms.CharField()

    assert render('{% include "components/error_summary.html" with form=form only %}', form=Sound({"city": "唐山"})).children == []
    assert render('{% include "components/error_summary.html" with form=form only %}', form=Sound()).children == []


def test_crispy_puts_the_summary_on_top_and_ties_each_sentence_to_its_field() -> None:
    page = render("{% load crispy_forms_filters %}{{ form|crispy }}", form=Form({}))
    assert next(page.walk()).attributes["class"] == "error-summary"
    field = page.one("input", id="id_city")
    assert field.attributes["aria-invalid"] == "true"
    assert page.one("div", id=field.attributes["aria-describedby"]).text == "错误： 这个字段是必填项。"
    group = page.one("fieldset")
    assert page.one("div", id=group.attributes["aria-describedby"]).text == "错误： 这个字段是必填项。"


def test_a_formset_has_one_summary_that_names_the_row() -> None:
    formset = forms.formset_factory(Form, extra=0)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-city": "甲", "form-0-kind": "a"}
    )
    page = render("{% load crispy_forms_tags %}{% crispy formset %}", formset=formset)
    (summary,) = page.all("div", class_="error-summary")
    assert [link.text for link in summary.all("a")] == ["第2行，城市：这个字段是必填项。", "第2行，类型：这个字段是必填项。"]
    assert [link.attributes["href"] for link in summary.all("a")] == ["#id_form-1-city", "#id_form-1-kind_0"]


def test_summary_list_shows_what_is_missing_as_a_dash_and_nought_as_nought() -> None:
    page = render('{% include "components/summary_list.html" with rows=rows only %}', rows=[("名额", 0), ("备注", ""), ("文号", None)])
    assert [value.text for value in page.all("dd")] == ["0", "—", "—"]


def test_a_file_shows_size_and_digest() -> None:
    file = SimpleNamespace(size=2_411_724, digest="sm3:66c7f0f462eeedd9d1f2d46bdc10e4e2")
    page = render('{% include "components/file_item.html" with name="推荐函.pdf" size=file.size digest=file.digest only %}', file=file)
    assert "2.3 MB" in page.text
    assert "SM3 66c7 f0f4 62ee edd9" in page.text
