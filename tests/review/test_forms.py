"""Entries read as people type them, and the sentence where they cannot be."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import translation

from applications.models import Criterion, Nomination, NominationVersion, Round
from review.forms import AcceptForm, CommitForm, MarkField, SecretNumberField, SheetForm, TieForm

AT = datetime(2025, 7, 26, tzinfo=UTC)
ODD = Criterion(code="odd", name_zh="100%达标", name_en="100% reached", weight=60, max_mark=25)
PLAIN = Criterion(code="plain", name_zh="基础", name_en="Base", weight=40, max_mark=10)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def sent(**entries: str) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in entries.items():
        data[name.replace("__", "-")] = value
    return data


@pytest.mark.parametrize(("typed", "read"), [("25", 25), ("２５", 25), ("\u30000 ", 0), ("0025", 25), ("", None), (None, None)])
def test_a_mark_is_read_in_any_width(typed, read):
    assert MarkField(ODD).clean(typed) == read


@pytest.mark.parametrize("typed", ["26", "-1", "2.5", "²", "二", "1e1", "0x1", "1 2", "9" * 5000])
def test_what_is_no_mark_is_told_its_range(typed):
    """A percent sign in the name of a criterion disturbs nothing."""
    with pytest.raises(ValidationError) as refused:
        MarkField(ODD).clean(typed)
    assert refused.value.messages == ["A whole number from 0 to 25."]
    assert MarkField(ODD).label == "Mark for “100% reached”"


def test_a_sheet_gives_what_can_be_read_and_names_what_cannot():
    form = SheetForm([ODD, PLAIN], sent(revision="3", mark__odd="99", comment__odd="好。", mark__plain="7", comment__plain=" 稳。 "))
    assert not form.is_valid()
    assert form.marks == {"plain": (7, "稳。")}
    form.ask_for_missing()
    assert set(form.errors) == {"mark-odd"}


def test_a_submission_asks_for_each_mark_and_comment():
    form = SheetForm([ODD, PLAIN], sent(revision="3", mark__odd="0", comment__plain="稳。"))
    assert form.is_valid()
    form.ask_for_missing()
    assert set(form.errors) == {"comment-odd", "mark-plain"}


def test_what_was_left_empty_takes_over_what_was_saved():
    form = SheetForm([ODD, PLAIN], sent(revision="3", mark__odd="5", comment__odd=""))
    form.is_valid()
    form.take_over({"odd": (9, "另一窗口。"), "plain": (None, "另一窗口。")})
    assert [(mark.value(), comment.value()) for _criterion, mark, comment in form.rows] == [("5", ""), ("", "另一窗口。")]


@pytest.mark.parametrize("typed", ["ab" * 32, " " + "AB " * 32, "ａｂ" * 32])
def test_a_secret_number_may_be_copied_in_any_shape(typed):
    assert SecretNumberField().clean(typed) == "ab" * 32


@pytest.mark.parametrize("typed", ["ab" * 31, "ab" * 33, "gh" * 32])
def test_what_is_no_secret_number_is_told_so(typed):
    with pytest.raises(ValidationError, match="64 digits from 0 to 9 and a to f"):
        SecretNumberField().clean(typed)


@pytest.mark.parametrize(("pool", "size"), [(100, 21), (10, 10), (3, 7)])
def test_the_proposed_size_is_three_for_a_seat_as_far_as_the_pool_goes_and_never_below_a_panel(pool, size):
    proposal = CommitForm.proposal(Round(panel_size=7), pool=pool)
    assert proposal["size"] == size
    assert SecretNumberField().clean(proposal["nonce"]) == proposal["nonce"]
    assert proposal["nonce"] != CommitForm.proposal(Round(panel_size=7), pool=pool)["nonce"]


ENTRIES = [{"nomination": code, "city": code, "rank": 4} for code in "ABC"]


@pytest.mark.parametrize(
    ("places", "faulty"),
    [
        (("3", "1", "2"), set()),
        (("1", "1", "2"), {"A", "B"}),
        (("2", "2", "2"), {"A", "B", "C"}),
        (("1", "2", "4"), {"C"}),
        (("1", "", "1"), {"A", "B", "C"}),
    ],
)
def test_each_place_among_those_tied_is_given_once(places, faulty):
    form = TieForm(ENTRIES, sent(method="draw", reason="公开抽签", **dict(zip("ABC", places, strict=True))))
    assert set(form.errors) == faulty
    if not faulty:
        assert form.order == ["B", "C", "A"]


def nomination(code: str, *, version: int) -> Nomination:
    made = Nomination(pk=version, code=code)
    made._prefetched_objects_cache = {"versions": [NominationVersion(number=version, submitted_at=AT + timedelta(days=version))]}
    return made


def test_together_are_accepted_the_versions_that_were_seen(monkeypatch):
    monkeypatch.setattr(Nomination, "__str__", lambda self: self.code)
    acceptable = [nomination("AAAA", version=1), nomination("BBBB", version=2)]
    assert [value for value, _nomination, marked in AcceptForm(acceptable).rows if marked] == ["AAAA.1", "BBBB.2"]
    data = QueryDict("nomination=AAAA.1&nomination=BBBB.1")
    assert not AcceptForm(acceptable, data).is_valid()
    form = AcceptForm(acceptable, QueryDict("nomination=BBBB.2"))
    assert form.is_valid()
    assert form.chosen == [acceptable[1]]
    assert [value for value, _nomination, marked in form.rows if marked] == ["BBBB.2"]
