"""The pages of the recommendation letter: what is offered, what is refused with which sentence, and that nothing typed is lost."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse

from applications import queries
from applications.models import Letter, Nomination
from applications.services import decisions, holding, nominations
from pilotportal import clock
from pilotportal.accounts.enums import Role
from pilotportal.files.models import StoredFile
from pilotportal.jobs.models import Job
from tests import factories
from tests.applications import lettering
from tests.applications.lettering import letter, picture, ready, rewrite, scanned
from tests.factories import DEADLINE, HEBEI, IN_TIME, LANGFANG, SHANXI, SHIJIAZHUANG, TANGSHAN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: IN_TIME)


@pytest.fixture
def round():
    return factories.opened_round()


@pytest.fixture
def ranking():
    return factories.opened_round(ranks_nominations=True)


@pytest.fixture(params=[Role.PROVINCE_HANDLER, Role.PROVINCE_APPROVER])
def official(request, client):
    user = factories.user(request.param, HEBEI)
    client.force_login(user)
    return user


@pytest.fixture
def handler(client):
    user = factories.handler()
    client.force_login(user)
    return user


def index(round):
    return reverse("applications:letters", args=[round.code])


def upload(client, letter, *squares, name="扫描.png", content=None, **entries):
    file = SimpleUploadedFile(name, picture(*squares) if content is None else content)
    return client.post(letter.get_absolute_url(), {"file": file, **entries})


def attached(nomination):
    return holding.letter_of(queries.nominations().get(pk=nomination.pk))


def test_a_letter_is_made_from_the_nominations_marked(client, official, round):
    chosen, other = ready(round, city=TANGSHAN), ready(round, city=SHIJIAZHUANG)
    page = client.get(index(round)).content.decode()
    assert page.count("checked") == 2  # both are ready, both are offered
    response = client.post(index(round), {"document_number": "冀人社函[２０２５] 012 号", "nomination": [chosen.code]})
    made = Letter.objects.get()
    assert response.url == made.get_absolute_url()
    assert (made.document_number, made.nominated, made.made_by) == ("冀人社函〔2025〕12号", [chosen.code], official)
    page = client.get(made.get_absolute_url()).content.decode()
    assert made.code in page
    assert "唐山市" in page
    assert other.code not in page


def test_what_is_not_ready_is_shown_with_the_reason_and_not_offered(client, handler, round):
    unfinished = factories.draft(round, city=LANGFANG)
    page = client.get(index(round)).content.decode()
    assert "廊坊市" in page
    assert 'type="checkbox"' not in page
    response = client.post(index(round), {"document_number": lettering.NUMBER, "nomination": [unfinished.code]})
    assert response.status_code == 422
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"document_number": "十二号"}, "document_number"), ({"document_number": lettering.NUMBER, "nomination": []}, "nomination")],
)
def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(client, handler, round, sent, field):
    nomination = ready(round)
    response = client.post(index(round), {"nomination": [nomination.code]} | sent)
    assert response.status_code == 422
    assert response.context["form"].errors[field]
    assert sent["document_number"] in response.content.decode()
    assert not Letter.objects.exists()


def test_without_a_nomination_the_page_says_where_to_begin(client, handler, round):
    page = client.get(index(round)).content.decode()
    assert reverse("applications:nominations") in page
    assert '<form method="post" class="panel"' not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_as_often_for_three_nominations_as_for_one(client, handler, ranking, rows, django_assert_num_queries):
    chosen = [ready(ranking, city=city) for city in (TANGSHAN, SHIJIAZHUANG, LANGFANG)[:rows]]
    for each in chosen:
        letter(each, number=f"冀人社函〔2025〕{each.pk}号")
    client.get(index(ranking))
    with django_assert_num_queries(QUERIES_OF_LIST):
        client.get(index(ranking))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_a_letter_asks_as_often_for_three_lines_as_for_one(client, handler, ranking, rows, django_assert_num_queries):
    made = letter(*[ready(ranking, city=city) for city in (TANGSHAN, SHIJIAZHUANG, LANGFANG)[:rows]])
    scanned(made)
    client.get(made.get_absolute_url())
    with django_assert_num_queries(QUERIES_OF_LETTER):
        client.get(made.get_absolute_url())


QUERIES_OF_LIST, QUERIES_OF_LETTER = 14, 20


def test_places_are_changed_without_a_script_and_what_was_typed_comes_back(client, handler, ranking):
    first, second = ready(ranking, city=TANGSHAN), ready(ranking, city=SHIJIAZHUANG)
    page = client.get(index(ranking)).content.decode()
    assert page.count('name="up"') == page.count('name="down"') == 1
    address = reverse("applications:letter_order", args=[ranking.code])
    response = client.post(address, {"up": second.code, "document_number": "冀人社函〔2025〕8号", "nomination": [first.code]}, follow=True)
    page = response.content.decode()
    assert page.index("石家庄市") < page.index("唐山市")
    assert "冀人社函〔2025〕8号" in page
    assert page.count("checked") == 1
    assert client.post(address, {"down": "nothing"}).status_code == 404


def test_the_enter_key_makes_the_letter_and_moves_nothing(client, handler, ranking):
    """A browser takes the first button of the form for it."""
    for city in (TANGSHAN, SHIJIAZHUANG):
        ready(ranking, city=city)
    form = client.get(index(ranking)).content.decode().partition('id="order"')[2]
    first = form.partition("<button")[2].partition(">")[0]
    assert "formaction" not in first


def test_where_the_order_does_not_count_there_is_nothing_to_move(client, handler, round):
    _first, second = ready(round, city=SHIJIAZHUANG), ready(round, city=TANGSHAN)
    assert 'name="up"' not in client.get(index(round)).content.decode()
    response = client.post(reverse("applications:letter_order", args=[round.code]), {"up": second.code}, follow=True)
    assert len(list(response.context["messages"])) == 1


def test_the_scan_is_recognised_and_stands_with_the_nominations(client, official, round):
    chosen = [ready(round, city=TANGSHAN), ready(round, city=SHIJIAZHUANG)]
    made = letter(*chosen)
    response = upload(client, made, made.seal)
    assert response.url == made.get_absolute_url()
    assert [attached(each).matched_by for each in chosen] == ["read", "read"]
    page = client.get(made.get_absolute_url()).content.decode()
    assert page.count("扫描.png") == 2
    for nomination in chosen:
        assert made.code in client.get(nomination.get_absolute_url()).content.decode()


def test_an_unread_scan_is_kept_while_its_code_is_typed(client, handler, round):
    nomination = ready(round)
    made = letter(nomination)
    response = upload(client, made)
    assert response.status_code == 422
    form = response.context["form"]
    assert form.errors["typed"]
    assert "扫描.png" in response.content.decode()
    wrong = client.post(made.get_absolute_url(), {"kept": form.data["kept"], "typed": "22222222"})
    assert wrong.status_code == 422
    assert made.code in str(wrong.context["form"].errors["typed"])
    client.post(made.get_absolute_url(), {"kept": wrong.context["form"].data["kept"], "typed": made.code.lower()})
    file = attached(nomination)
    assert (file.matched_by, file.name) == ("typed", "扫描.png")
    assert StoredFile.objects.filter(pk=file.file_id).count() == 1


def test_what_was_kept_for_one_letter_serves_no_other(client, handler, round):
    one, other = letter(ready(round, city=TANGSHAN)), letter(ready(round, city=SHIJIAZHUANG), number="冀人社函〔2025〕13号")
    kept = upload(client, one).context["form"].data["kept"]
    for forged in (kept, "forged", kept[:-2]):
        response = client.post(other.get_absolute_url(), {"kept": forged, "typed": other.code})
        assert response.status_code == 422
        assert response.context["form"].errors["file"]


def test_another_letter_s_scan_is_refused_by_name(client, handler, round):
    made = letter(ready(round, city=TANGSHAN))
    other = letter(ready(round, city=SHIJIAZHUANG), number="冀人社函〔2025〕13号")
    response = upload(client, made, other.seal)
    assert response.status_code == 422
    assert "冀人社函〔2025〕13号" in response.content.decode()
    assert attached(Nomination.objects.get(city=TANGSHAN)) is None


def test_a_changed_content_refuses_the_scan_and_names_the_city(client, handler, round):
    nomination = ready(round)
    made = letter(nomination)
    rewrite(nomination)
    response = upload(client, made, made.seal)
    assert response.status_code == 422
    assert "唐山市" in str(response.context["form"].non_field_errors())
    assert attached(nomination) is None


@pytest.mark.parametrize("content", [b"", b"MZ\x90 program", b"%PDF-1.7 broken"])
def test_what_is_no_scan_is_refused_before_anybody_looks_for_a_code(client, handler, round, content, monkeypatch):
    made = letter(ready(round))
    monkeypatch.setattr("pilotportal.documents.scans.codes_in", lambda _content: pytest.fail("looked at"))
    response = upload(client, made, content=content, typed=made.code)
    assert response.status_code == 422
    assert response.context["form"].errors["file"]


def test_a_file_that_is_too_large_is_refused_unread(client, handler, round, monkeypatch):
    made = letter(ready(round))
    monkeypatch.setattr("pilotportal.files.services.store_upload", lambda *_content, **_facts: pytest.fail("stored"))
    with override_settings(UPLOAD_LIMIT=100):
        response = upload(client, made, made.seal)
    assert response.status_code == 422
    assert response.context["form"].errors["file"]


@pytest.mark.parametrize(("left", "taken"), [(timedelta(microseconds=1), True), (timedelta(0), False), (timedelta(seconds=-1), False)])
def test_scans_are_taken_until_the_deadline(client, handler, monkeypatch, left, taken):
    nomination = ready(factories.opened_round())
    made = letter(nomination)
    monkeypatch.setattr(clock, "now", lambda: DEADLINE - left)
    response = upload(client, made, made.seal)
    assert response.status_code == (302 if taken else 422)
    assert bool(attached(nomination)) is taken


def test_the_paper_is_a_job(client, handler, round):
    made = letter(ready(round))
    response = client.post(reverse("applications:letter_pdf", args=[made.code]))
    job = Job.objects.get()
    assert response.url == job.get_absolute_url()
    assert (job.kind, job.arguments["letter_id"]) == ("applications.letter", made.pk)


def test_another_province_sees_neither_the_letter_nor_that_it_is_there(client, round):
    made = letter(ready(round))
    client.force_login(factories.approver(SHANXI))
    assert client.get(made.get_absolute_url()).status_code == 404
    assert client.post(reverse("applications:letter_pdf", args=[made.code])).status_code == 404
    assert upload(client, made, made.seal).status_code == 404
    assert made.document_number not in client.get(index(round)).content.decode()


def test_the_reason_of_a_rejection_is_read_by_its_province_and_by_no_other(client, round):
    nomination = factories.submitted(round)
    reason = "申报主体不符合通知第二条要求"
    decisions.reject(nomination_id=nomination.pk, reason=reason, by=factories.staff(), at=factories.REVIEW_TIME)
    client.force_login(factories.handler())
    assert reason in client.get(nomination.get_absolute_url()).content.decode()
    assert reason in client.get(reverse("applications:nominations")).content.decode()
    client.force_login(factories.handler(SHANXI))
    assert client.get(nomination.get_absolute_url()).status_code == 404
    assert reason not in client.get(reverse("applications:nominations")).content.decode()


def test_the_staff_s_lists_show_the_order_where_it_counts(client, ranking):
    for city in (TANGSHAN, SHIJIAZHUANG):
        nomination = ready(ranking, city=city)
        scanned(letter(nomination, number=f"冀人社函〔2025〕{nomination.pk}号"))
        nominations.submit(nomination_id=nomination.pk, undertaken=True, by=factories.approver(), at=IN_TIME)
    staff = factories.staff()
    client.force_login(staff)
    listed = {each.city_id: each.place for each in queries.nominations_listed_for(staff)}
    assert listed == {TANGSHAN: 1, SHIJIAZHUANG: 2}
    queue = client.get(reverse("review:queue")).content.decode()
    check = client.get(reverse("review:check", args=[nomination.code])).content.decode()
    assert 'class="amount">2</td>' in queue
    assert lettering.NUMBER[:7] in check


def test_where_no_order_counts_none_is_shown(client, round):
    factories.submitted(round)
    staff = factories.staff()
    assert [each.place for each in queries.nominations_listed_for(staff)] == [None]


def test_the_formal_review_sees_whether_the_letter_was_matched(client, round):
    matched, own = ready(round, city=TANGSHAN), factories.submitted(round, city=SHIJIAZHUANG)
    made = letter(matched)
    scanned(made)
    nominations.submit(nomination_id=matched.pk, undertaken=True, by=factories.approver(), at=IN_TIME)
    client.force_login(factories.staff())
    pages = [client.get(reverse("review:check", args=[each.code])) for each in (matched, own)]
    letters = [page.context["letter"] for page in pages]
    assert [each.scan.matched_by for each in letters] == ["read", ""]
    assert [each.names and each.names.number for each in letters] == [1, None]
    assert made.code in pages[0].content.decode()
    assert letters[1].scan.provenance in pages[1].content.decode()


def test_a_correction_that_expired_is_flagged_for_everybody(client, round, monkeypatch):
    nomination = factories.submitted(round)
    closes = factories.REVIEW_TIME + timedelta(days=5)
    decisions.return_for_correction(
        nomination_id=nomination.pk,
        fields=[{"code": "overview", "note": "请补充"}],
        closes_at=closes,
        by=factories.staff(),
        at=factories.REVIEW_TIME,
    )
    places = [
        (factories.handler(), nomination.get_absolute_url()),
        (factories.handler(), reverse("applications:nominations")),
        (factories.staff(), nomination.get_absolute_url()),
        (factories.staff(), reverse("review:check", args=[nomination.code])),
        (factories.staff(), reverse("review:queue")),
    ]
    for at, expired in ((closes - timedelta(microseconds=1), False), (closes, True)):
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        for user, address in places:
            client.force_login(user)
            page = client.get(address).content.decode()
            assert ("not answered in time" in page or "逾期未提交修改" in page) is expired, address


def test_the_resubmission_shows_what_changes_and_proves_the_rest(client, round, monkeypatch):
    nomination = factories.submitted(round)
    later = factories.REVIEW_TIME
    decisions.return_for_correction(
        nomination_id=nomination.pk,
        fields=[{"code": "overview", "note": "请补充"}],
        closes_at=later + timedelta(days=5),
        by=factories.staff(),
        at=later,
    )
    rewrite(nomination, "补充之后的概述", at=later)
    monkeypatch.setattr(clock, "now", lambda: later)
    client.force_login(factories.approver())
    response = client.get(reverse("applications:nomination_submit", args=[nomination.code]))
    assert [each.code for each in response.context["changed"]] == ["overview"]
    proof = response.context["proof"]
    assert proof.holds
    assert response.content.decode().count(proof.before) == 2
    nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=later)
    client.force_login(factories.staff())
    compared = client.get(reverse("applications:nomination_compare", args=[nomination.code, 1, 2]))
    assert compared.context["proof"] == proof
    assert (
        reverse("applications:nomination_compare", args=[nomination.code, 1, 2])
        in client.get(reverse("review:check", args=[nomination.code])).content.decode()
    )
