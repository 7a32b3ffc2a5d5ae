"""The hands of a nomination in the browser: the city that drafts, the departments that sign, the places beyond a quota."""

from pathlib import Path

import pytest
from django.conf import settings as portal
from django.urls import reverse

from applications import queries
from applications.enums import AttachmentKind, Verdict
from applications.models import CoSignature, Invitation, QuotaException, Round, SignatureRequest
from applications.services import holding, invitations, nominations, signatures
from pilotportal import clock
from pilotportal.accounts.enums import Branch, Role
from pilotportal.audit.models import Event
from pilotportal.notices.models import Notice
from reporting.queries.due import due_from
from tests import factories
from tests.factories import DEADLINE, HEBEI, IN_TIME, LANGFANG, SHANXI, SHIJIAZHUANG, TAIYUAN, TANGSHAN
from tests.pilotportal.pages import read

pytestmark = pytest.mark.django_db

PAGE, REDIRECT, FORBIDDEN, NOT_FOUND, REFUSED = 200, 302, 403, 404, 422
TELEPHONE = "0315-88887777"


@pytest.fixture(autouse=True)
def three_days_left():
    clock.set_simulated(IN_TIME, running=False)
    yield
    Path(portal.CLOCK_FILE).unlink()


@pytest.fixture
def round():
    return factories.opened_round(co_departments=["industry"])


@pytest.fixture
def nomination(round):
    return factories.complete_draft(round)


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"


def url(name, nomination, *more):
    return reverse(f"applications:{name}", args=[nomination.code, *more])


def sign_in(client, user):
    client.force_login(user)
    return user


def page(client, name, nomination, *more):
    answer = client.get(url(name, nomination, *more))
    assert answer.status_code == PAGE
    return read(answer.text)


def fresh(nomination):
    return queries.nominations().get(pk=nomination.pk)


def links(shown):
    return {element.attributes.get("href", "") for element in shown.all("a")} | {
        form.attributes.get("action", "") for form in shown.all("form")
    }


def download(client, address):
    answer = client.get(address)
    b"".join(answer)  # read to its end, as a browser does
    return answer.status_code


def write(nomination, by, **values):
    section = nomination.round.definition.section("basics")
    revision = fresh(nomination).revision_of("basics")
    nominations.save_section(nomination_id=nomination.pk, section=section, values=values, revision=revision, by=by, at=IN_TIME)


class TestTheCity:
    def test_before_the_invitation_it_sees_nothing(self, client, nomination):
        sign_in(client, factories.city_official())
        for name, more in {
            "nomination": [],
            "nomination_section": ["basics"],
            "nomination_preview": [],
            "nomination_hand_back": [],
        }.items():
            assert client.get(url(name, nomination, *more)).status_code == NOT_FOUND
        assert not read(client.get(reverse("applications:nominations")).text).all("table")

    def test_invited_it_drafts_and_hands_back(self, client, nomination, english):
        city = factories.city_official()
        sign_in(client, factories.handler())
        assert client.post(url("nomination_invite", nomination), {"note": "请先填前三部分"}).status_code == REDIRECT
        assert Notice.objects.filter(recipient=city, key__startswith="invitation:").exists()
        sign_in(client, city)
        checklist = page(client, "nomination", nomination)
        assert "请先填前三部分" in checklist.text
        assert url("nomination_section", nomination, "basics") in links(checklist)
        assert url("evidence_add", nomination) in links(checklist)
        forbidden = ["nomination_submit", "nomination_withdraw", "nomination_signatures", "nomination_invite", "nomination_invitation_end"]
        assert not {url(name, nomination) for name in forbidden} & links(checklist)
        assert url("letter_attach", nomination) not in links(checklist)
        assert client.get(url("nomination_hand_back", nomination)).status_code == PAGE
        assert client.post(url("nomination_hand_back", nomination)).status_code == REDIRECT
        assert Invitation.objects.get().handed_back
        assert client.get(url("nomination", nomination)).status_code == PAGE
        assert client.get(url("nomination_section", nomination, "basics")).status_code == FORBIDDEN
        assert client.post(url("nomination_hand_back", nomination)).status_code == FORBIDDEN
        receipt = Notice.objects.get(recipient=city, key__startswith="receipt:handed_back")
        assert receipt.digest == holding.recommended_digest(fresh(nomination))

    def test_what_it_may_not_do_is_refused(self, client, nomination):
        sign_in(client, factories.city_official())
        letter = nomination.attachments.get()
        factories.invited(nomination)
        posts = {
            "letter_attach": [],
            "nomination_detach": [letter.pk],
            "nomination_submit": [],
            "nomination_withdraw": [],
            "nomination_invite": [],
            "nomination_invitation_end": [],
            "nomination_signatures_ask": [],
        }
        for name, more in posts.items():
            assert client.post(url(name, nomination, *more)).status_code == FORBIDDEN, name
        assert client.get(url("nomination_file", nomination, letter.pk)).status_code == NOT_FOUND
        assert client.get(url("nomination_signatures", nomination)).status_code == FORBIDDEN

    def test_it_reads_contacts_while_it_drafts_and_not_afterwards(self, client, round, nomination):
        section = round.definition.section_of("contact_hr_phone")
        values = {code: nomination.content.get(code) for code in section.codes} | {"contact_hr_phone": TELEPHONE}
        by = factories.handler()
        nominations.save_section(nomination_id=nomination.pk, section=section, values=values, revision=1, by=by, at=IN_TIME)
        sign_in(client, factories.city_official())
        factories.invited(nomination)
        assert TELEPHONE in page(client, "nomination_preview", nomination).text
        invitations.end(nomination_id=nomination.pk, by=by, at=IN_TIME)
        assert TELEPHONE not in page(client, "nomination_preview", nomination).text

    def test_another_city_of_the_province_sees_nothing(self, client, nomination):
        factories.invited(nomination)
        sign_in(client, factories.city_official(SHIJIAZHUANG))
        assert client.get(url("nomination", nomination)).status_code == NOT_FOUND

    def test_the_province_ends_the_invitation_and_edits_throughout(self, client, nomination, english):
        factories.invited(nomination)
        sign_in(client, factories.handler())
        shown = page(client, "nomination", nomination)
        assert {url("nomination_section", nomination, "basics"), url("nomination_invitation_end", nomination)} <= links(shown)
        answer = client.post(url("nomination_invite", nomination), {"note": "再次"})
        assert answer.status_code == REFUSED
        assert "再次" in answer.text
        assert "has been invited already" in answer.text
        assert client.post(url("nomination_invitation_end", nomination), follow=True).status_code == PAGE
        again = client.post(url("nomination_invitation_end", nomination), follow=True)
        assert "The invitation of the city has ended. Nothing was changed." in again.text

    def test_its_work_is_due_until_it_hands_back(self, nomination):
        city = factories.city_official()
        assert due_from(city, at=IN_TIME) == []
        factories.invited(nomination)
        (due,) = due_from(city, at=IN_TIME)
        assert (due.url, due.closes_at) == (nomination.get_absolute_url(), DEADLINE)
        assert due_from(city, at=DEADLINE) == []
        invitations.hand_back(nomination_id=nomination.pk, by=city, at=IN_TIME)
        assert due_from(city, at=IN_TIME) == []


class TestADepartment:
    def test_it_sees_what_it_is_asked_to_sign_and_nothing_else(self, client, round, nomination):
        other = factories.complete_draft(round, city=SHIJIAZHUANG)
        elsewhere = factories.complete_draft(round, city=TAIYUAN)
        factories.asked(nomination), factories.asked(elsewhere)
        sign_in(client, factories.cosigner())
        for name in ("nomination", "nomination_preview", "nomination_sign"):
            assert client.get(url(name, nomination)).status_code == PAGE
            assert client.get(url(name, other)).status_code == NOT_FOUND
            assert client.get(url(name, elsewhere)).status_code == NOT_FOUND
        sign_in(client, factories.cosigner(Branch.COMMERCE))
        assert client.get(url("nomination", nomination)).status_code == NOT_FOUND

    def test_it_reads_the_content_and_the_evidence_without_letter_and_contacts(self, client, round, nomination):
        by = factories.handler()
        section = round.definition.section_of("contact_hr_phone")
        values = {code: nomination.content.get(code) for code in section.codes} | {"contact_hr_phone": TELEPHONE}
        nominations.save_section(nomination_id=nomination.pk, section=section, values=values, revision=1, by=by, at=IN_TIME)
        write(nomination, by, overview="可供会签的概述。")
        evidence = nominations.attach(
            nomination_id=nomination.pk,
            kind=AttachmentKind.EVIDENCE,
            file=factories.stored_pdf("e"),
            name="证明.pdf",
            by=by,
            at=IN_TIME,
        )
        factories.asked(nomination)
        sign_in(client, factories.cosigner())
        letter = nomination.attachments.get(kind=AttachmentKind.LETTER)
        for name in ("nomination_preview", "nomination_sign"):
            shown = page(client, name, nomination)
            assert {"可供会签的概述。", "证明.pdf"} <= {word for word in ("可供会签的概述。", "证明.pdf") if word in shown.text}
            assert TELEPHONE not in shown.text
            assert letter.name not in shown.text
        assert download(client, url("nomination_file", nomination, evidence.pk)) == PAGE
        assert download(client, url("nomination_file", nomination, letter.pk)) == NOT_FOUND
        assert Event.objects.filter(kind="nomination.read", target_id=nomination.pk).exists()

    def test_it_may_only_sign_or_object(self, client, nomination):
        factories.asked(nomination)
        sign_in(client, factories.cosigner())
        posts = {
            "nomination_section": ["basics"],
            "evidence_add": [],
            "nomination_submit": [],
            "nomination_withdraw": [],
            "nomination_invite": [],
            "nomination_hand_back": [],
            "nomination_signatures_ask": [],
            "nomination_signatures_remind": [],
            "nomination_signature_cancel": [1],
        }
        for name, more in posts.items():
            assert client.post(url(name, nomination, *more)).status_code == FORBIDDEN, name
        assert client.get(url("nomination_signatures", nomination)).status_code == FORBIDDEN

    def seen(self, client, nomination):
        shown = page(client, "nomination_sign", nomination)
        return shown.one("input", name="seen").attributes["value"]

    def test_it_signs_exactly_what_it_read_and_gets_a_receipt(self, client, nomination, english):
        factories.asked(nomination)
        by = sign_in(client, factories.cosigner())
        answer = client.post(url("nomination_sign", nomination), {"seen": self.seen(client, nomination), "verdict": "signed"})
        assert answer.status_code == REDIRECT
        said = CoSignature.objects.get()
        assert (said.verdict, said.signed_by, said.signed_at) == (Verdict.SIGNED, by, IN_TIME)
        receipt = Notice.objects.get(recipient=by, key__startswith="receipt:cosigned")
        assert receipt.digest == said.digest == holding.recommended_digest(fresh(nomination))
        assert "Your department has signed this content." in client.get(url("nomination_sign", nomination)).text

    def test_what_was_changed_meanwhile_is_shown_before_it_is_signed(self, client, nomination, english):
        factories.asked(nomination)
        sign_in(client, factories.cosigner())
        seen = self.seen(client, nomination)
        write(nomination, factories.handler(), overview="读后改动的概述。")
        answer = client.post(url("nomination_sign", nomination), {"seen": seen, "verdict": "objected", "reason": "数字不对"})
        assert answer.status_code == REFUSED
        assert {"读后改动的概述。", "数字不对", "Read it again below"} <= {
            words for words in ("读后改动的概述。", "数字不对", "Read it again below") if words in answer.text
        }
        renewed = read(answer.text).one("input", name="seen").attributes["value"]
        assert renewed == holding.recommended_digest(fresh(nomination)) != seen
        assert not CoSignature.objects.exists()

    def test_an_objection_needs_its_reason_at_the_field(self, client, nomination, english):
        factories.asked(nomination)
        sign_in(client, factories.cosigner())
        answer = client.post(
            url("nomination_sign", nomination), {"seen": self.seen(client, nomination), "verdict": "objected", "reason": " "}
        )
        assert answer.status_code == REFUSED
        assert "Say what the objection is about." in read(answer.text).one("form", id="decide").text

    def test_its_list_says_what_waits(self, client, round, nomination, english):
        factories.asked(nomination)
        by = sign_in(client, factories.cosigner())
        row = read(client.get(reverse("applications:nominations")).text).one("tbody")
        assert "Asked" in row.text
        assert url("nomination_sign", nomination) in links(row)
        factories.cosigned(nomination, by)
        write(nomination, factories.handler(), overview="改动")
        assert "Lapsed" in read(client.get(reverse("applications:nominations")).text).one("tbody").text

    def test_its_work_is_due_until_it_has_signed_what_stands(self, nomination):
        by = factories.cosigner()
        factories.asked(nomination)
        assert [due.url for due in due_from(by, at=IN_TIME)] == [url("nomination_sign", nomination)]
        factories.objected(nomination, by)
        assert due_from(by, at=IN_TIME) == []  # it is the province's turn
        handler = factories.handler()
        assert url("nomination_signatures", nomination) in [due.url for due in due_from(handler, at=IN_TIME)]
        write(nomination, handler, overview="按意见修改。")
        assert [due.url for due in due_from(by, at=IN_TIME)] == [url("nomination_sign", nomination)]
        assert url("nomination_signatures", nomination) not in [due.url for due in due_from(handler, at=IN_TIME)]
        factories.cosigned(nomination, by)
        assert due_from(by, at=IN_TIME) == []

    def test_a_cancelled_department_sees_it_only_if_it_has_spoken(self, client, nomination, english):
        silent, spoken = factories.cosigner(Branch.REFORM), factories.cosigner(Branch.COMMERCE)
        asked = factories.asked(nomination, Branch.REFORM, Branch.COMMERCE)
        factories.objected(nomination, spoken)
        for request in asked.requests_in_force:
            signatures.cancel(nomination_id=nomination.pk, request_id=request.pk, by=factories.handler(), at=IN_TIME)
        sign_in(client, silent)
        assert client.get(url("nomination", nomination)).status_code == NOT_FOUND
        sign_in(client, spoken)
        assert client.get(url("nomination", nomination)).status_code == PAGE
        assert client.get(url("nomination_sign", nomination)).status_code == FORBIDDEN
        assert "No longer asked" in client.get(reverse("applications:nominations")).text


class TestTheProvince:
    def ask(self, client, nomination, *departments):
        return client.post(url("nomination_signatures_ask", nomination), {"organisations": [each.pk for each in departments]})

    def test_it_asks_sees_who_said_what_and_cancels(self, client, nomination, english):
        industry, reform = factories.co_department(), factories.co_department(branch=Branch.REFORM)
        sign_in(client, factories.handler())
        shown = page(client, "nomination_signatures", nomination)
        ticked = [box.attributes["value"] for box in shown.all("input", name="organisations") if "checked" in box.attributes]
        assert ticked == [str(industry.pk)]
        assert self.ask(client, nomination).status_code == REFUSED
        assert self.ask(client, nomination, industry, reform).status_code == REDIRECT
        by = factories.cosigner(Branch.REFORM)
        factories.objected(nomination, by, reason="目标值偏低")
        shown = page(client, "nomination_signatures", nomination)
        assert {"目标值偏低", by.name, reform.name} <= {word for word in ("目标值偏低", by.name, reform.name) if word in shown.text}
        objected = SignatureRequest.objects.get(organisation=reform)
        required = SignatureRequest.objects.get(organisation=industry)
        assert url("nomination_signature_cancel", nomination, objected.pk) in links(shown)
        assert url("nomination_signature_cancel", nomination, required.pk) not in links(shown)
        assert client.post(url("nomination_signature_cancel", nomination, required.pk), follow=True).status_code == PAGE
        client.post(url("nomination_signature_cancel", nomination, objected.pk))
        shown = page(client, "nomination_signatures", nomination)
        assert "目标值偏低" in shown.one("section", aria_labelledby="history").text
        assert reform.name not in shown.one("tbody").text

    def test_it_reminds_once_for_each_content(self, client, nomination, english):
        by = factories.cosigner()
        factories.asked(nomination)
        factories.cosigned(nomination, by)
        sign_in(client, factories.handler())
        write(nomination, factories.handler(), overview="改动")
        told = [client.post(url("nomination_signatures_remind", nomination), follow=True).text for _time in range(2)]
        assert "1 person has been told." in told[0]
        assert "Everybody concerned has been told of exactly this content already." in told[1]
        assert Notice.objects.filter(recipient=by, key__startswith="cosign:").count() == 2

    def test_a_required_branch_without_an_account_is_named(self, client, nomination, english):
        sign_in(client, factories.handler())
        assert "Industry and information technology" in page(client, "nomination_signatures", nomination).text
        assert "none has an account" in page(client, "nomination_signatures", nomination).text

    def test_the_submission_names_the_departments_that_keep_it(self, client, nomination, english):
        factories.asked(nomination)
        by = factories.cosigner()
        sign_in(client, factories.approver())
        answer = client.get(url("nomination_submit", nomination))
        assert f"Not co-signed as it stands now: {by.organisation.name}." in read(answer.text).text
        factories.objected(nomination, by)
        assert f"An objection stands: {by.organisation.name}." in read(client.get(url("nomination_submit", nomination)).text).text
        factories.cosigned(nomination, by)
        assert read(client.get(url("nomination_submit", nomination)).text).all("input", name="undertaking")

    def test_after_the_submission_the_page_says_what_the_signatures_are_bound_to(self, client, nomination, english):
        factories.asked(nomination)
        factories.cosigned(nomination, factories.cosigner())
        nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
        for reader in (factories.handler(), factories.user(Role.SUPERVISOR), factories.staff()):
            sign_in(client, reader)
            shown = page(client, "nomination_signatures", nomination)
            assert "The signatures are bound to version 1" in shown.text
            assert not shown.all("form", action=url("nomination_signatures_ask", nomination))

    def test_another_province_sees_nothing_of_it(self, client, nomination):
        factories.asked(nomination)
        sign_in(client, factories.handler(SHANXI))
        for name in ("nomination_signatures", "nomination_invite"):
            assert client.get(url(name, nomination)).status_code == NOT_FOUND
        assert client.post(url("nomination_signatures_ask", nomination)).status_code == NOT_FOUND


class TestPlaces:
    DATA = {"province": HEBEI, "places": "１", "reason": "承接国家先进制造业集群", "document_number": "人社流动函〔2025〕5号"}

    def test_staff_grant_and_everybody_reads_it(self, client, round, english):
        sign_in(client, factories.staff())
        address = reverse("applications:places_grant", args=[round.code])
        assert client.post(address, self.DATA).status_code == REDIRECT
        assert QuotaException.objects.get().places == 1
        sign_in(client, factories.handler())
        quota = round.quotas.get(province_id=HEBEI).places
        assert f"{quota} + 1 granted by 人社流动函〔2025〕5号" in client.get(reverse("applications:nominations")).text
        assert f"0 of {quota + 1} places used" in client.get(reverse("applications:nominations")).text
        sign_in(client, factories.user(Role.EXPERT, SHANXI))
        assert "承接国家先进制造业集群" in client.get(round.get_absolute_url()).text

    @pytest.mark.parametrize(
        ("changes", "field"), [({"places": "0"}, "places"), ({"reason": " "}, "reason"), ({"province": "110000"}, "province")]
    )
    def test_a_wrong_entry_is_named_and_nothing_is_lost(self, client, round, changes, field):
        sign_in(client, factories.staff())
        answer = client.post(reverse("applications:places_grant", args=[round.code]), self.DATA | changes)
        assert answer.status_code == REFUSED
        assert list(answer.context["form"].errors) == [field]
        assert "人社流动函〔2025〕5号" in answer.text
        assert not QuotaException.objects.exists()

    def test_only_staff_and_only_in_an_opened_round(self, client, round):
        preparing = factories.preparing_round(code="2027")
        sign_in(client, factories.staff())
        assert client.get(reverse("applications:places_grant", args=[preparing.code])).status_code == FORBIDDEN
        sign_in(client, factories.handler())
        assert client.get(reverse("applications:places_grant", args=[round.code])).status_code == FORBIDDEN


class TestTheRulesOfARound:
    @pytest.mark.parametrize(
        ("entered", "kept"), [("14, 7，3、1", [14, 7, 3, 1]), ("", []), ("６０ 1", [60, 1])], ids=["any comma", "none", "full width"]
    )
    def test_reminder_days_are_read_as_people_write_them(self, client, entered, kept):
        made = self.saved(client, reminder_days=entered)
        assert made.reminder_days == kept

    @pytest.mark.parametrize("entered", ["0", "61", "3, 7", "7, 7", "3.5", "soon", "-1"])
    def test_other_days_are_refused_and_shown_again(self, client, entered):
        made = factories.preparing_round()
        sign_in(client, factories.staff())
        answer = self.post(client, made, reminder_days=entered)
        assert answer.status_code == REFUSED
        assert read(answer.text).one("input", name="reminder_days").attributes["value"] == entered
        assert Round.objects.get().reminder_days == [14, 7, 3, 1]

    def test_departments_and_the_order_are_set_and_shown_with_their_basis(self, client, english):
        made = self.saved(client, co_departments=["reform", "industry"], ranks_nominations="on", co_departments_basis="decided")
        assert made.co_departments == ["industry", "reform"]
        assert made.ranks_nominations
        text = read(client.get(made.get_absolute_url()).text).text
        for words in ("Industry and information technology", "Development and reform", "The order of a province’s nominations counts;"):
            assert words in text

    def saved(self, client, **changes):
        made = factories.preparing_round()
        sign_in(client, factories.staff())
        answer = self.post(client, made, **changes)
        assert answer.status_code == REDIRECT, answer.context["form"].errors
        return Round.objects.get()

    def post(self, client, made, **changes):
        address = reverse("applications:round_edit", args=[made.code, "provinces"])
        form = client.get(address).context["form"]
        data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
        data = {name: ", ".join(map(str, value)) if name == "reminder_days" else value for name, value in data.items() if value}
        return client.post(address, data | changes)


@pytest.mark.parametrize("cities", [[TANGSHAN], [TANGSHAN, SHIJIAZHUANG, LANGFANG]], ids=["1", "3"])
class TestQueries:
    """The same number with one row and with three."""

    def test_the_list_of_a_department(self, client, round, cities, django_assert_num_queries):
        for city in cities:
            factories.asked(factories.complete_draft(round, city=city))
        sign_in(client, factories.cosigner())
        client.get(reverse("applications:nominations"))
        with django_assert_num_queries(11):
            client.get(reverse("applications:nominations"))

    def test_the_list_of_a_city(self, client, cities, django_assert_num_queries):
        for number, _city in enumerate(cities):
            factories.invited(factories.draft(factories.opened_round(code=f"203{number}")))
        sign_in(client, factories.city_official())
        client.get(reverse("applications:nominations"))
        with django_assert_num_queries(10):
            client.get(reverse("applications:nominations"))

    def test_what_is_due_from_a_department(self, round, cities, django_assert_num_queries):
        for city in cities:
            factories.asked(factories.complete_draft(round, city=city))
        by = factories.cosigner()
        with django_assert_num_queries(9):
            assert len(due_from(by, at=IN_TIME)) == len(cities)

    def test_the_page_of_the_signatures(self, client, nomination, cities, django_assert_num_queries):
        branches = [Branch.INDUSTRY, Branch.COMMERCE, Branch.REFORM][: len(cities)]
        factories.asked(nomination, *branches)
        for branch in branches:
            factories.cosigned(nomination, factories.cosigner(branch))
        sign_in(client, factories.handler())
        client.get(url("nomination_signatures", nomination))
        with django_assert_num_queries(13):
            client.get(url("nomination_signatures", nomination))

    def test_the_places_granted(self, client, round, cities, django_assert_num_queries):
        for province in [HEBEI, SHANXI, "370000"][: len(cities)]:
            factories.granted(round, province)
        sign_in(client, factories.staff())
        address = reverse("applications:places_grant", args=[round.code])
        client.get(address)
        with django_assert_num_queries(7):
            client.get(address)
