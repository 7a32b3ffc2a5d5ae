"""Nominations in the browser: what each role may open, what a province can do, and that nothing typed is lost."""

import io
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings as portal
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.enums import AttachmentKind, Status
from applications.models import Nomination
from applications.services import decisions, holding, nominations
from pilotportal import clock
from pilotportal.accounts.enums import Role
from pilotportal.audit.models import Event
from pilotportal.jobs.models import Job
from tests import factories
from tests.factories import BEIJING_CODE, DEADLINE, HEBEI, IN_TIME, LANGFANG, SHANXI, SHIJIAZHUANG, TAIYUAN, TANGSHAN
from tests.pilotportal.pages import read

pytestmark = pytest.mark.django_db

PAGE, REDIRECT, FORBIDDEN, NOT_FOUND, CONFLICT, TOO_LARGE, REFUSED = 200, 302, 403, 404, 409, 413, 422
SECRET = "绝密的修改中内容"


@pytest.fixture(autouse=True)
def three_days_left():
    """The portal's clock stands still, three days before the deadline."""
    clock.set_simulated(IN_TIME, running=False)
    yield
    Path(portal.CLOCK_FILE).unlink()


@pytest.fixture
def round():
    return factories.opened_round()


def url(name, nomination, *more):
    return reverse(f"applications:{name}", args=[nomination.code, *more])


def sign_in(client, user):
    client.force_login(user)
    return user


def returned(round, *codes, city=TANGSHAN, closes_at=DEADLINE + timedelta(days=10)):
    nomination = factories.submitted(round, city=city)
    decisions.return_for_correction(
        nomination_id=nomination.pk,
        fields=[{"code": code, "note": f"请核对{code}"} for code in codes],
        closes_at=closes_at,
        by=factories.staff(),
        at=IN_TIME,
    )
    return Nomination.objects.get(pk=nomination.pk)


def form_data(client, nomination, section, **changes):
    """What a browser sends from the page of a section."""
    page = read(client.get(url("nomination_section", nomination, section)).content.decode())
    (form,) = page.all("form", class_="panel section-form")
    data = {}
    for control in form.walk():
        name, value = control.attributes.get("name"), control.attributes.get("value", "")
        if control.tag == "input" and name:
            data.setdefault(name, []).append(value)
        elif control.tag == "textarea":
            data[name] = "".join(control.content).removeprefix("\n")
        elif control.tag == "select":
            data[name] = next((option.attributes["value"] for option in control.all("option") if "selected" in option.attributes), "")
    return data | changes


def download(client, address):
    """Status and bytes; a stream that is read to its end closes its file."""
    answer = client.get(address)
    return answer.status_code, b"".join(answer.streaming_content) if answer.streaming else answer.content


def pdf_file(name="推荐函.pdf", content=None):
    if content is None:
        document = pikepdf.new()
        document.add_blank_page()
        target = io.BytesIO()
        document.save(target)
        content = target.getvalue()
    return SimpleUploadedFile(name, content, content_type="application/pdf")


# -- rights ----------------------------------------------------------------------------------------------------------------------

OWN, OTHER, READER, OUTSIDER = "own province", "other province", "reader", "outsider"
PEOPLE = {
    "handler": (Role.PROVINCE_HANDLER, HEBEI, OWN),
    "approver": (Role.PROVINCE_APPROVER, HEBEI, OWN),
    "other handler": (Role.PROVINCE_HANDLER, SHANXI, OTHER),
    "other approver": (Role.PROVINCE_APPROVER, SHANXI, OTHER),
    "staff": (Role.STAFF, None, READER),
    "supervisor": (Role.SUPERVISOR, None, READER),
    "partner": (Role.PARTNER, None, READER),
    "expert": (Role.EXPERT, SHANXI, OUTSIDER),
    "city": (Role.CITY, TANGSHAN, OUTSIDER),
    "co-department": (Role.CO_DEPARTMENT, HEBEI, OUTSIDER),
    "system admin": (Role.SYSTEM_ADMIN, None, OUTSIDER),
    "security admin": (Role.SECURITY_ADMIN, None, OUTSIDER),
    "audit admin": (Role.AUDIT_ADMIN, None, OUTSIDER),
}


def everybody(client):
    """One person after the other, signed in, with the relation to a nomination of Hebei."""
    for who, (role, division, relation) in PEOPLE.items():
        client.force_login(factories.user(role, division))
        yield who, relation


def test_who_may_open_the_pages_of_a_submitted_nomination(client, round):
    nomination = factories.submitted(round)
    letter = nomination.attachments.get()
    for who, relation in everybody(client):
        reading = {OWN: PAGE, READER: PAGE, OTHER: NOT_FOUND, OUTSIDER: NOT_FOUND}[relation]
        writing = {OWN: PAGE, READER: FORBIDDEN, OTHER: NOT_FOUND, OUTSIDER: NOT_FOUND}[relation]
        for name, more in {"nomination": [], "nomination_preview": [], "nomination_receipt": [], "nomination_version": [1]}.items():
            assert client.get(url(name, nomination, *more)).status_code == reading, (who, name)
        for name, more in {"nomination_section": ["basics"], "letter_attach": [], "nomination_submit": []}.items():
            assert client.get(url(name, nomination, *more)).status_code == writing, (who, name)
        withdrawing = FORBIDDEN if who == "handler" else writing
        assert client.get(url("nomination_withdraw", nomination)).status_code == withdrawing, who
        assert download(client, url("nomination_file", nomination, letter.pk))[0] == reading, who
        asked = client.post(url("nomination_receipt_pdf", nomination, 1)).status_code
        handles = relation == OWN or who == "staff"  # the record inside holds the contacts
        assert asked == (REDIRECT if handles else writing), who


def test_a_draft_exists_only_for_its_own_province(client, round):
    nomination = factories.complete_draft(round)
    letter = nomination.attachments.get()
    for who, relation in everybody(client):
        expected = PAGE if relation == OWN else NOT_FOUND
        for name, more in {"nomination": [], "nomination_preview": [], "nomination_section": ["basics"], "nomination_submit": []}.items():
            assert client.get(url(name, nomination, *more)).status_code == expected, (who, name)
        assert download(client, url("nomination_file", nomination, letter.pk))[0] == expected, who
        assert client.get(url("nomination_receipt", nomination)).status_code == NOT_FOUND, who


def test_acts_are_refused_to_all_but_the_officials_of_the_province(client, round):
    nomination = factories.complete_draft(round)
    letter = nomination.attachments.get()
    posts = {"nomination_section": ["basics"], "letter_attach": [], "nomination_submit": [], "nomination_withdraw": []}
    for who, relation in everybody(client):
        for name, more in posts.items():
            answer = client.post(url(name, nomination, *more)).status_code
            approves = name in {"nomination_submit", "nomination_withdraw"}
            own = FORBIDDEN if who == "handler" and approves else REFUSED  # nothing was entered: refused by the form
            assert answer == (own if relation == OWN else NOT_FOUND), (who, name)
        if relation != OWN:
            assert client.post(url("nomination_detach", nomination, letter.pk)).status_code == NOT_FOUND, who
    letter.refresh_from_db()
    assert letter.replaced_at is None
    assert Nomination.objects.get().status == Status.DRAFT


def test_who_has_the_list_and_who_can_start(client, round):
    for who, relation in everybody(client):
        listing = client.get(reverse("applications:nominations"))
        has_one = relation != OUTSIDER or PEOPLE[who][0] in {Role.CITY, Role.CO_DEPARTMENT}
        assert listing.status_code == (PAGE if has_one else FORBIDDEN), who
        starting = client.get(reverse("applications:nomination_start", args=[round.code]))
        assert (starting.status_code == PAGE) == (relation in {OWN, OTHER}), who


def test_without_signing_in_every_page_leads_to_the_sign_in(client, round):
    nomination = factories.submitted(round)
    for name, more in {"nomination": [], "nomination_preview": [], "nomination_section": ["basics"], "nomination_file": [1]}.items():
        answer = client.get(url(name, nomination, *more))
        assert answer.status_code == REDIRECT
        assert answer.headers["Location"].startswith(reverse("account_login"))


def test_what_cannot_be_written_by_a_link_is_not(client, round):
    nomination = factories.complete_draft(round)
    sign_in(client, factories.approver())
    for name, more in {"nomination_detach": [nomination.attachments.get().pk], "nomination_receipt_pdf": [1]}.items():
        assert client.get(url(name, nomination, *more)).status_code == 405


# -- what readers see ------------------------------------------------------------------------------------------------------------


def test_readers_see_what_was_handed_in_and_never_a_correction_in_the_making(client, round):
    nomination = returned(round, "overview", "letter")
    by = factories.handler()
    section = round.definition.section("basics")
    nominations.save_section(nomination_id=nomination.pk, section=section, values={"overview": SECRET}, revision=1, by=by, at=IN_TIME)
    nominations.attach(
        nomination_id=nomination.pk, kind=AttachmentKind.LETTER, file=factories.stored_pdf("new"), name="新推荐函.pdf", by=by, at=IN_TIME
    )
    old, new = nomination.attachments.order_by("pk")
    sign_in(client, by)
    assert SECRET in client.get(url("nomination_preview", nomination)).content.decode()
    for role in (Role.STAFF, Role.PARTNER, Role.SUPERVISOR):
        sign_in(client, factories.user(role))
        for name, more in {"nomination": [], "nomination_preview": [], "nomination_version": [1], "nomination_receipt": []}.items():
            with CaptureQueriesContext(
                connection,
            ) as queries:
                page = client.get(url(name, nomination, *more)).content.decode()
            assert SECRET not in page
            assert "新推荐函" not in page
            assert not [query for query in queries if '"applications_nomination"."content"' in query["sql"]]
        assert "推荐函.pdf" in client.get(url("nomination_preview", nomination)).content.decode()
        assert download(client, url("nomination_file", nomination, old.pk))[0] == PAGE
        assert download(client, url("nomination_file", nomination, new.pk))[0] == NOT_FOUND
    nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
    assert SECRET in client.get(url("nomination_preview", nomination)).content.decode()
    assert download(client, url("nomination_file", nomination, new.pk))[0] == PAGE


def test_reading_and_downloading_by_others_is_recorded(client, round):
    nomination = factories.submitted(round)
    letter = nomination.attachments.get()
    for user, reads in ((factories.handler(), 0), (factories.staff(), 1)):
        sign_in(client, user)
        client.get(url("nomination_preview", nomination))
        download(client, url("nomination_file", nomination, letter.pk))
        events = Event.objects.filter(actor_id=user.pk)
        assert events.filter(kind="nomination.read").count() == reads
        assert events.filter(kind="nomination.downloaded").count() == 1


def test_the_download_is_the_file_under_its_own_name(client, round):
    nomination = factories.submitted(round)
    letter = nomination.attachments.get()
    sign_in(client, factories.staff())
    answer = client.get(url("nomination_file", nomination, letter.pk))
    assert b"".join(answer.streaming_content) == letter.file.read()
    assert answer.headers["X-Content-Digest"] == letter.file.digest
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_lists_filter_narrows_by_province_and_status(client, round):
    factories.submitted(round)
    factories.submitted(round, city=TAIYUAN)
    returned(round, "overview", city=SHIJIAZHUANG)
    factories.complete_draft(round, city=LANGFANG)
    sign_in(client, factories.staff())

    def cities(**query):
        page = client.get(reverse("applications:nominations"), query).context["page"]
        return {nomination.city_id for nomination in page}

    assert cities() == {TANGSHAN, TAIYUAN, SHIJIAZHUANG}
    assert cities(province=HEBEI) == {TANGSHAN, SHIJIAZHUANG}
    assert cities(province=HEBEI, status=Status.RETURNED) == {SHIJIAZHUANG}
    assert cities(status="draft") == cities(province="nonsense") == {TANGSHAN, TAIYUAN, SHIJIAZHUANG}


# -- the number of queries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cities", [[TANGSHAN], [TANGSHAN, SHIJIAZHUANG, LANGFANG]], ids=["1", "3"])
def test_the_provinces_list_takes_a_constant_number_of_queries(client, round, cities, django_assert_num_queries):
    for city in cities:
        factories.submitted(round, city=city)
    sign_in(client, factories.handler())
    client.get(reverse("applications:nominations"))
    with django_assert_num_queries(15):
        client.get(reverse("applications:nominations"))


@pytest.mark.parametrize("cities", [[TANGSHAN], [TANGSHAN, SHIJIAZHUANG, TAIYUAN]], ids=["1", "3"])
def test_the_ministrys_list_takes_a_constant_number_of_queries(client, round, cities, django_assert_num_queries):
    for city in cities:
        factories.submitted(round, city=city)
    sign_in(client, factories.staff())
    client.get(reverse("applications:nominations"))
    with django_assert_num_queries(5):
        client.get(reverse("applications:nominations"))


@pytest.mark.parametrize("versions", [1, 3])
def test_the_page_of_a_nomination_takes_a_constant_number_of_queries(client, round, versions, django_assert_num_queries):
    nomination = factories.submitted(round)
    for _again in range(versions - 1):
        decisions.return_for_correction(
            nomination_id=nomination.pk,
            fields=[{"code": "overview", "note": "请补充"}],
            closes_at=DEADLINE,
            by=factories.staff(),
            at=IN_TIME,
        )
        nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
    sign_in(client, factories.staff())
    client.get(url("nomination", nomination))
    with django_assert_num_queries(10):
        client.get(url("nomination", nomination))


# -- start -----------------------------------------------------------------------------------------------------------------------


def test_start_leads_to_the_checklist(client, round):
    sign_in(client, factories.handler())
    answer = client.post(reverse("applications:nomination_start", args=[round.code]), {"city": TANGSHAN})
    nomination = Nomination.objects.get()
    assert answer.headers["Location"] == nomination.get_absolute_url()
    assert (nomination.city_id, nomination.province_id) == (TANGSHAN, HEBEI)


@pytest.mark.parametrize(
    ("city", "sentence"),
    [("", "城市"), (TAIYUAN, "太原市"), (HEBEI, "河北省"), (TANGSHAN, "唐山市"), ("999999", "城市")],
    ids=["none", "other province", "the province", "nominated already", "unknown"],
)
def test_start_refuses_with_a_sentence_at_the_field(client, round, city, sentence):
    factories.draft(round)
    sign_in(client, factories.handler())
    answer = client.post(reverse("applications:nomination_start", args=[round.code]), {"city": city})
    assert answer.status_code == REFUSED
    page = read(answer.content.decode())
    assert page.one("div", id="id_city_error").text
    assert sentence in page.text
    assert Nomination.objects.count() == 1


def test_start_above_the_quota_says_so_and_the_list_offers_no_button(client):
    round = factories.opened_round(quotas={HEBEI: 1})
    factories.draft(round)
    sign_in(client, factories.handler())
    address = reverse("applications:nomination_start", args=[round.code])
    listing = client.get(reverse("applications:nominations")).content.decode()
    assert address not in listing
    assert "名额" in listing
    answer = client.post(address, {"city": LANGFANG})
    assert answer.status_code == REFUSED
    assert answer.context["form"]["city"].value() == LANGFANG
    assert answer.context["form"].non_field_errors()


def test_start_of_a_prefecture_that_is_no_city_needs_a_reason_and_keeps_it(client, round):
    by = factories.handler("650000")
    sign_in(client, by)
    address = reverse("applications:nomination_start", args=[round.code])
    prefecture = next(
        code for code, _label in client.get(address).context["form"].fields["city"].choices if code.startswith(("652", "653"))
    )
    answer = client.post(address, {"city": prefecture, "level_reason": "  "})
    assert answer.status_code == REFUSED
    assert answer.context["form"].errors.keys() == {"level_reason"}
    assert client.post(address, {"city": prefecture, "level_reason": "区域制造业集聚"}).status_code == REDIRECT
    assert Nomination.objects.get().level_reason == "区域制造业集聚"


def test_a_municipality_finds_itself_chosen(client, round):
    sign_in(client, factories.handler(BEIJING_CODE))
    page = read(client.get(reverse("applications:nomination_start", args=[round.code])).content.decode())
    assert [option.attributes["value"] for option in page.all("option") if "selected" in option.attributes] == [BEIJING_CODE]


def test_after_the_deadline_nothing_can_be_started(client, round):
    clock.set_simulated(DEADLINE, running=False)
    sign_in(client, factories.handler())
    answer = client.post(reverse("applications:nomination_start", args=[round.code]), {"city": TANGSHAN})
    assert answer.status_code == REFUSED
    assert "24:00" in answer.content.decode()
    assert not Nomination.objects.exists()


# -- a section -------------------------------------------------------------------------------------------------------------------


def test_saving_a_section_keeps_what_was_entered_and_goes_on(client, round):
    nomination, by = factories.draft(round), factories.handler()
    sign_in(client, by)
    data = form_data(client, nomination, "basics", applicant="唐山市人民政府", gdp="９，８０１．２", next="")
    answer = client.post(url("nomination_section", nomination, "basics"), data)
    assert answer.headers["Location"] == url("nomination_section", nomination, "contacts")
    saved = Nomination.objects.get()
    assert (saved.content["applicant"], saved.content["gdp"]) == ("唐山市人民政府", "9801.20")
    assert saved.sections["basics"]["by"] == by.name
    shown = client.get(url("nomination_section", nomination, "basics")).content.decode()
    assert "唐山市人民政府" in shown


def test_saving_stays_and_the_last_section_leads_back_to_the_checklist(client, round):
    nomination = factories.draft(round)
    sign_in(client, factories.handler())
    stays = client.post(url("nomination_section", nomination, "basics"), form_data(client, nomination, "basics"))
    assert stays.headers["Location"] == url("nomination_section", nomination, "basics")
    last = client.post(url("nomination_section", nomination, "safeguards"), form_data(client, nomination, "safeguards", next=""))
    assert last.headers["Location"] == nomination.get_absolute_url()


def test_wrong_entries_are_told_and_everything_typed_is_kept(client, round):
    nomination = factories.draft(round)
    sign_in(client, factories.handler())
    typed = {"applicant": "唐山市", "gdp": "很多", "basics_year": "2099", "overview": "字" * 1600}
    answer = client.post(url("nomination_section", nomination, "basics"), form_data(client, nomination, "basics", **typed))
    assert answer.status_code == REFUSED
    page = read(answer.content.decode())
    for code, text in typed.items():
        (control,) = [element for element in page.walk() if element.attributes.get("name") == code]
        assert (control.attributes.get("value") or "".join(control.content).removeprefix("\n")) == text
    assert {link.attributes["href"] for link in page.one("div", class_="error-summary").all("a")} == {
        "#id_gdp",
        "#id_basics_year",
        "#id_overview",
    }
    assert Nomination.objects.get().content == {}


def test_rows_are_added_removed_and_saved_without_a_script(client, round):
    nomination = factories.draft(round)
    address = url("nomination_section", nomination, "direction")
    sign_in(client, factories.handler())
    data = form_data(client, nomination, "direction", direction_reason="理由")
    (first,) = data["sub_sectors"]
    data |= {f"sub_sectors-{first}-industry": "C36", f"sub_sectors-{first}-description": "新能源汽车"}
    answer = client.post(address, data | {"add": "sub_sectors"})
    assert answer.status_code == PAGE
    group = answer.context["form"].groups["sub_sectors"]
    assert group.forms[0].key == first
    second = group.forms[1].key
    data |= {"sub_sectors": [first, second], f"sub_sectors-{second}-industry": "C31", f"sub_sectors-{second}-description": "特种钢"}
    answer = client.post(address, data | {"remove": f"sub_sectors/{first}"})
    assert [row.key for row in answer.context["form"].groups["sub_sectors"].forms] == [second]
    assert "理由" in answer.content.decode()
    assert Nomination.objects.get().content == {}
    assert client.post(address, data | {"sub_sectors": [second]}).status_code == REDIRECT
    assert Nomination.objects.get().content["sub_sectors"] == [{"key": second, "industry": "C31", "description": "特种钢"}]


@pytest.mark.parametrize("button", [{"add": "nothing"}, {"remove": "nothing"}, {"remove": "sub_sectors/"}, {"take": "nothing"}])
def test_a_forged_button_breaks_nothing(client, round, button):
    nomination = factories.draft(round)
    sign_in(client, factories.handler())
    data = form_data(client, nomination, "direction") | button
    assert client.post(url("nomination_section", nomination, "direction"), data).status_code in {PAGE, REDIRECT}


@pytest.mark.parametrize("revision", ["", "x", "-1"])
def test_a_forged_revision_overwrites_nothing(client, round, revision):
    nomination = factories.draft(round)
    sign_in(client, factories.handler())
    data = form_data(client, nomination, "basics", applicant="伪造", _revision=revision)
    assert client.post(url("nomination_section", nomination, "basics"), data).status_code in {CONFLICT, REFUSED}
    assert Nomination.objects.get().content == {}


def test_a_fourth_sub_sector_is_told_and_nothing_is_lost(client, round):
    nomination = factories.draft(round)
    sign_in(client, factories.handler())
    keys = ["a", "b", "c", "d"]
    data = form_data(client, nomination, "direction") | {"sub_sectors": keys}
    for key in keys:
        data |= {f"sub_sectors-{key}-industry": "C36", f"sub_sectors-{key}-description": f"方向{key}"}
    answer = client.post(url("nomination_section", nomination, "direction"), data)
    assert answer.status_code == REFUSED
    assert "最多填写3行" in answer.content.decode()
    assert "方向d" in answer.content.decode()


def test_a_stale_page_is_answered_with_both_texts_and_saves_nothing(client, round):
    nomination, first, second = factories.draft(round), factories.handler(), factories.handler()
    sign_in(client, second)
    address = url("nomination_section", nomination, "basics")
    data = form_data(client, nomination, "basics", overview="乙写的概况", applicant="乙写的单位")
    values = {"overview": "甲写的概况", "gdp": "77.00"}
    nominations.save_section(
        nomination_id=nomination.pk, section=round.definition.section("basics"), values=values, revision=0, by=first, at=IN_TIME
    )
    answer = client.post(address, data)
    assert answer.status_code == CONFLICT
    page = answer.content.decode()
    for text in ("甲写的概况", "乙写的概况", "乙写的单位", "77.00", first.name):
        assert text in page
    assert Nomination.objects.get().content["overview"] == "甲写的概况"
    form = answer.context["form"]
    again = data | {"gdp": form["gdp"].value(), "_revision": form["_revision"].value()}
    assert client.post(address, again).status_code == REDIRECT
    saved = Nomination.objects.get().content
    assert (saved["overview"], saved["applicant"], saved["gdp"]) == ("乙写的概况", "乙写的单位", "77.00")


def test_after_the_deadline_a_section_can_be_read_and_what_was_typed_is_still_there(client, round):
    nomination = factories.draft(round)
    sign_in(client, factories.handler())
    data = form_data(client, nomination, "basics", overview="最后一秒的修改")
    clock.set_simulated(DEADLINE, running=False)
    answer = client.post(url("nomination_section", nomination, "basics"), data)
    assert answer.status_code == REFUSED
    assert "最后一秒的修改" in answer.content.decode()
    assert "24:00" in answer.content.decode()
    page = read(client.get(url("nomination_section", nomination, "basics")).content.decode())
    assert page.all("textarea") == []
    assert Nomination.objects.get().content == {}


@pytest.mark.parametrize("section", ["nothing", "undertaking"])
def test_only_sections_of_the_form_that_are_filled_in_have_a_page(client, round, section):
    nomination = factories.draft(round)
    sign_in(client, factories.handler())
    assert client.get(url("nomination_section", nomination, section)).status_code == NOT_FOUND


def test_a_body_that_is_too_large_is_answered_with_a_page(client, round, settings):
    nomination = factories.draft(round)
    sign_in(client, factories.handler())
    data = form_data(client, nomination, "basics", overview="字" * 2000)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5000
    answer = client.post(url("nomination_section", nomination, "basics"), data)
    assert answer.status_code == TOO_LARGE
    assert read(answer.content.decode()).one("h1").text


def test_the_checklist_links_each_gap_to_its_entry(client, round):
    nomination = factories.draft(round)
    sign_in(client, factories.handler())
    data = form_data(client, nomination, "basics", overview="概况")
    client.post(url("nomination_section", nomination, "basics"), data)
    page = read(client.get(nomination.get_absolute_url()).content.decode())
    links = {link.attributes["href"] for link in page.all("a")}
    section = url("nomination_section", nomination, "basics")
    assert f"{section}#id_gdp" in links
    assert f"{section}#id_overview" not in links
    assert f"{section}#id_address" not in links  # not required
    target = read(client.get(section).content.decode())
    assert [element for element in target.walk() if element.attributes.get("id") == "id_gdp"]


# -- a correction ----------------------------------------------------------------------------------------------------------------


def test_a_returned_nomination_opens_only_the_named_entries_with_their_notes(client, round):
    nomination = returned(round, "overview", "indicators")
    clock.set_simulated(DEADLINE + timedelta(days=1), running=False)
    sign_in(client, factories.handler())
    page = client.get(nomination.get_absolute_url()).content.decode()
    assert "请核对overview" in page
    assert url("nomination_section", nomination, "basics") in page
    assert url("nomination_section", nomination, "focus") not in page
    assert url("letter_attach", nomination) not in page
    data = form_data(client, nomination, "basics", overview="补充后", applicant="偷换的单位")
    assert "applicant" not in client.get(url("nomination_section", nomination, "basics")).context["form"].fields
    assert client.post(url("nomination_section", nomination, "basics"), data | {"next": ""}).headers["Location"] == url(
        "nomination_section", nomination, "goals"
    )
    saved = Nomination.objects.get().content
    assert saved["overview"] == "补充后"
    assert saved["applicant"] != "偷换的单位"


def test_files_are_closed_in_a_correction_that_does_not_name_them(client, round):
    nomination = returned(round, "overview", "evidence")
    sign_in(client, factories.handler())
    answer = client.post(url("letter_attach", nomination), {"file": pdf_file()})
    assert answer.status_code == REFUSED
    client.post(url("nomination_detach", nomination, nomination.attachments.get().pk))
    assert nomination.attachments.get().replaced_at is None
    answer = client.post(url("evidence_add", nomination), {"file": pdf_file(), "caption": "名单"})
    assert answer.status_code == REDIRECT


def test_an_expired_correction_closes_the_nomination_again(client, round):
    nomination = returned(round, "overview", closes_at=DEADLINE)
    sign_in(client, factories.approver())
    seen = holding.draft_digest(nomination)
    clock.set_simulated(DEADLINE, running=False)
    answer = client.post(url("nomination_submit", nomination), {"undertaking": "on", "seen": seen})
    assert answer.status_code == REFUSED
    assert nomination.versions.count() == 1
    assert "24:00" in client.get(nomination.get_absolute_url()).content.decode()


def test_the_comparison_puts_what_changed_first(client, round):
    nomination = returned(round, "overview", "indicators")
    by = factories.handler()
    save = {"nomination_id": nomination.pk, "by": by, "at": IN_TIME, "revision": 1}
    rows = [{**nomination.content["indicators"][0], "target": "888.00"}]
    nominations.save_section(section=round.definition.section("basics"), values={"overview": "改写后的概况。"}, **save)
    nominations.save_section(section=round.definition.section("goals"), values={"indicators": rows}, **save)
    nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
    sign_in(client, by)
    answer = client.get(url("nomination_compare", nomination, 1, 2))
    assert [difference.code for difference in answer.context["changed"]] == ["overview", "indicators"]
    page = read(answer.content.decode())
    assert [mark.text for mark in page.all("ins")] == ["改写后的概况。", "888.00"]
    assert client.get(url("nomination_compare", nomination, 1, 3)).status_code == NOT_FOUND
    assert url("nomination_compare", nomination, 1, 2) in client.get(nomination.get_absolute_url()).content.decode()


# -- files -----------------------------------------------------------------------------------------------------------------------


def encrypted_pdf():
    document = pikepdf.new()
    document.add_blank_page()
    target = io.BytesIO()
    document.save(target, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "空"),
        (b"only a text, called a pdf", "PDF"),
        (b"%PDF-1.7 broken", "PDF"),
        (b"PK\x03\x04 zip", "PDF"),
        (b"x" * 2_097_153, "2 MB"),
        (None, "密码"),
    ],
    ids=["empty", "text", "broken", "zip", "too large", "encrypted"],
)
def test_files_that_are_not_what_they_should_be_are_refused_at_the_field(client, round, settings, content, sentence):
    settings.UPLOAD_LIMIT = 2 * 2**20
    nomination = factories.draft(round)
    sign_in(client, factories.handler())
    upload = pdf_file("名单.pdf", encrypted_pdf() if content is None else content)
    answer = client.post(url("evidence_add", nomination), {"file": upload, "caption": "规模以上企业名单"})
    assert answer.status_code == REFUSED
    page = read(answer.content.decode())
    assert page.one("div", id="id_file_error").text
    assert sentence in page.one("div", id="id_file_error").text
    assert page.one("input", name="caption").attributes["value"] == "规模以上企业名单"
    assert not nomination.attachments.exists()


def test_a_new_letter_takes_the_place_of_the_old_one_which_is_kept(client, round):
    nomination = factories.draft(round)
    sign_in(client, factories.handler())
    for name in ("一.pdf", "二.pdf"):
        assert client.post(url("letter_attach", nomination), {"file": pdf_file(name)}).status_code == REDIRECT
    assert [(file.name, bool(file.replaced_at)) for file in nomination.attachments.order_by("pk")] == [("一.pdf", True), ("二.pdf", False)]
    client.get(nomination.get_absolute_url())  # takes the messages along
    page = client.get(nomination.get_absolute_url()).content.decode()
    assert "二.pdf" in page
    assert "一.pdf" not in page


def test_a_file_is_taken_out_once(client, round):
    nomination = factories.complete_draft(round)
    letter = nomination.attachments.get()
    sign_in(client, factories.handler())
    assert client.post(url("nomination_detach", nomination, letter.pk)).status_code == REDIRECT
    assert client.post(url("nomination_detach", nomination, letter.pk)).status_code == NOT_FOUND
    assert Event.objects.filter(kind="nomination.detached").count() == 1


def test_a_file_of_another_nomination_is_not_there(client, round):
    mine, other = factories.draft(round), factories.complete_draft(round, city=SHIJIAZHUANG)
    sign_in(client, factories.handler())
    assert client.get(url("nomination_file", mine, other.attachments.get().pk)).status_code == NOT_FOUND
    assert client.post(url("nomination_detach", mine, other.attachments.get().pk)).status_code == NOT_FOUND


# -- submission ------------------------------------------------------------------------------------------------------------------


def test_the_approving_official_submits_and_gets_the_receipt(client, round):
    nomination = factories.complete_draft(round)
    Nomination.objects.filter(pk=nomination.pk).update(content={**nomination.content, "undertaking": None})
    by = sign_in(client, factories.approver())
    page = client.get(url("nomination_submit", nomination))
    seen = page.context["form"]["seen"].value()
    answer = client.post(url("nomination_submit", nomination), {"undertaking": "on", "seen": seen})
    assert answer.headers["Location"] == url("nomination_receipt", nomination)
    version = nomination.versions.get()
    assert (version.submitted_by, version.submitted_at, version.content["undertaking"]) == (by, IN_TIME, True)
    receipt = client.get(answer.headers["Location"]).content.decode()
    for text in (version.digest, nomination.code, "2025年7月16日 00:00:00", by.name, "推荐函.pdf"):
        assert text in receipt


def test_the_receipt_promises_the_formal_review_only_until_it_is_over(client, round):
    nomination = factories.submitted(round)
    sign_in(client, factories.approver())
    assert "下一步为形式审查" in client.get(url("nomination_receipt", nomination)).content.decode()
    Nomination.objects.filter(pk=nomination.pk).update(status=Status.ACCEPTED)
    page = client.get(url("nomination_receipt", nomination)).content.decode()
    assert "下一步为形式审查" not in page
    assert nomination.code in page


def test_without_the_undertaking_nothing_is_submitted(client, round):
    nomination = factories.complete_draft(round)
    sign_in(client, factories.approver())
    answer = client.post(url("nomination_submit", nomination), {"seen": holding.draft_digest(nomination)})
    assert answer.status_code == REFUSED
    assert read(answer.content.decode()).one("div", id="id_undertaking_error").text
    assert not nomination.versions.exists()


def test_what_was_changed_after_reading_is_not_submitted_unread(client, round):
    nomination = factories.complete_draft(round)
    sign_in(client, factories.approver())
    seen = client.get(url("nomination_submit", nomination)).context["form"]["seen"].value()
    nominations.save_section(
        nomination_id=nomination.pk,
        section=round.definition.section("basics"),
        values={"overview": "打开之后的改动"},
        revision=1,
        by=factories.handler(),
        at=IN_TIME,
    )
    answer = client.post(url("nomination_submit", nomination), {"undertaking": "on", "seen": seen})
    assert answer.status_code == REFUSED
    page = read(answer.content.decode())
    assert "打开之后的改动" in page.text
    assert "checked" not in page.one("input", name="undertaking").attributes
    assert not nomination.versions.exists()
    renewed = page.one("input", name="seen").attributes["value"]
    assert renewed != seen
    assert client.post(url("nomination_submit", nomination), {"undertaking": "on", "seen": renewed}).status_code == REDIRECT


def test_the_handling_official_sees_who_submits(client, round):
    nomination, approver = factories.complete_draft(round), factories.approver()
    factories.approver(SHANXI)
    sign_in(client, factories.handler())
    page = client.get(url("nomination_submit", nomination))
    assert list(page.context["approvers"]) == [approver]
    assert approver.name in page.content.decode()
    assert read(page.content.decode()).all("input", name="undertaking") == []


def test_an_incomplete_nomination_lists_its_gaps_instead_of_the_button(client, round):
    nomination = factories.draft(round)
    sign_in(client, factories.approver())
    page = client.get(url("nomination_submit", nomination))
    assert read(page.content.decode()).all("input", name="undertaking") == []
    assert f"{url('nomination_section', nomination, 'basics')}#id_overview" in page.content.decode()
    answer = client.post(url("nomination_submit", nomination), {"undertaking": "on", "seen": holding.draft_digest(nomination)})
    assert answer.status_code == REFUSED


def test_a_second_submission_is_refused_with_a_sentence(client, round):
    nomination = factories.complete_draft(round)
    sign_in(client, factories.approver())
    data = {"undertaking": "on", "seen": holding.draft_digest(nomination)}
    assert client.post(url("nomination_submit", nomination), data).status_code == REDIRECT
    answer = client.post(url("nomination_submit", nomination), data)
    assert answer.status_code == REFUSED
    assert "已经提交" in answer.content.decode()
    assert nomination.versions.count() == 1


@pytest.mark.parametrize(("late", "status"), [(-timedelta(microseconds=1), REDIRECT), (timedelta(0), REFUSED)])
def test_the_arrival_of_the_request_decides(client, round, late, status):
    nomination = factories.complete_draft(round)
    sign_in(client, factories.approver())
    clock.set_simulated(DEADLINE + late, running=False)
    answer = client.post(url("nomination_submit", nomination), {"undertaking": "on", "seen": holding.draft_digest(nomination)})
    assert answer.status_code == status
    assert nomination.versions.exists() == (status == REDIRECT)


def test_the_receipt_is_asked_for_as_a_job_of_ones_own(client, round):
    nomination = factories.submitted(round)
    by = sign_in(client, factories.approver())
    answer = client.post(url("nomination_receipt_pdf", nomination, 1))
    job = Job.objects.get()
    assert answer.headers["Location"] == job.get_absolute_url()
    assert (job.owner, job.kind, job.arguments["version_id"]) == (by, "applications.receipt", nomination.versions.get().pk)
    assert client.post(url("nomination_receipt_pdf", nomination, 2)).status_code == NOT_FOUND


# -- withdrawal ------------------------------------------------------------------------------------------------------------------


def test_withdrawal_needs_a_reason_and_frees_the_place(client):
    round = factories.opened_round(quotas={HEBEI: 1})
    nomination = factories.submitted(round)
    sign_in(client, factories.approver())
    assert client.get(url("nomination_withdraw", nomination)).status_code == PAGE
    assert client.post(url("nomination_withdraw", nomination), {"reason": " "}).status_code == REFUSED
    assert client.post(url("nomination_withdraw", nomination), {"reason": "改推石家庄市"}).status_code == REDIRECT
    assert Nomination.objects.get().status == Status.WITHDRAWN
    assert Event.objects.get(kind="nomination.withdrawn").data["reason"] == "改推石家庄市"
    assert client.post(reverse("applications:nomination_start", args=[round.code]), {"city": SHIJIAZHUANG}).status_code == REDIRECT


def test_a_late_withdrawal_is_refused_and_its_reason_kept(client, round):
    nomination = factories.submitted(round)
    sign_in(client, factories.approver())
    clock.set_simulated(DEADLINE, running=False)
    answer = client.post(url("nomination_withdraw", nomination), {"reason": "迟来的理由"})
    assert answer.status_code == REFUSED
    assert "迟来的理由" in answer.content.decode()
    assert Nomination.objects.get().status == Status.SUBMITTED
    assert url("nomination_withdraw", nomination) not in client.get(nomination.get_absolute_url()).content.decode()
