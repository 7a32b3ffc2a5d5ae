"""The files of a round, read back."""

import io
import json
import zipfile
from fractions import Fraction

import pikepdf
import pytest
from django.utils.translation import gettext as _
from python_calamine import load_workbook

from pilotportal.accounts.enums import Role
from pilotportal.digests import matches
from pilotportal.documents.pdf import demonstration_sentence
from pilotportal.jobs.enums import Status
from pilotportal.jobs.models import Job
from pilotportal.jobs.tasks import BUILDERS
from pilotportal.jobs.tasks import run as run_job
from reporting import services
from reporting.documents.dossier import dossier
from reporting.documents.results import ranking_workbook, selection_report
from review.models import Mark
from tests import factories
from tests.documents.reading import pages
from tests.review import factories as review

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided():
    round = review.small_round()
    review.decided(round)
    return round


def text_of(content: bytes) -> str:
    return "\n".join(pages(content))


def rows_of(content: bytes, sheet: str) -> list[list[object]]:
    return load_workbook(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()


def test_the_dossier_says_what_was_submitted_and_carries_its_record():
    nomination = factories.submitted(factories.opened_round())
    content = dossier(nomination)
    text, version = text_of(content), nomination.current_version
    assert "唐山市" in text
    assert nomination.code in text
    with pikepdf.open(io.BytesIO(content)) as document:
        record = document.attachments["record.json"].get_file().read_bytes()
    assert matches(record, version.digest)
    assert json.loads(record)["content"] == version.content


def test_for_those_who_only_read_the_dossier_has_neither_contacts_nor_the_record_that_holds_them():
    nomination = review.submitted(factories.opened_round(), factories.TANGSHAN, contact_hr_phone="0311-66668888")
    assert "0311-66668888" in text_of(dossier(nomination))
    content = dossier(nomination, personal=False)
    assert "唐山市" in text_of(content)
    assert "0311-66668888" not in text_of(content)
    with pikepdf.open(io.BytesIO(content)) as document:
        assert not document.attachments


@pytest.mark.parametrize(
    ("role", "personal"), [(Role.PROVINCE_HANDLER, True), (Role.STAFF, True), (Role.PARTNER, False), (Role.SUPERVISOR, False)]
)
def test_contacts_are_printed_for_those_who_handle_the_nomination(role, personal):
    nomination = factories.submitted(factories.opened_round())
    by = factories.user(role, factories.HEBEI if role == Role.PROVINCE_HANDLER else None)
    job = services.request_dossier(nomination_id=nomination.pk, by=by, at=factories.REVIEW_TIME)
    assert job.arguments["personal"] is personal


def test_the_same_version_is_printed_with_the_same_bytes():
    nomination = factories.submitted(factories.opened_round())
    assert dossier(nomination) == dossier(nomination)


def test_a_draft_has_no_dossier():
    with pytest.raises(ValueError, match="never been submitted"):
        dossier(factories.draft(factories.opened_round()))


def test_demonstration_data_say_so_on_every_page_and_sheet(settings, decided):
    settings.DEMONSTRATION = True
    nomination = decided.nominations.first()
    for content in (dossier(nomination), selection_report(decided)):
        with pikepdf.open(io.BytesIO(content)) as document:
            number = len(document.pages)
        assert text_of(content).count(demonstration_sentence()) >= number
    book = load_workbook(io.BytesIO(ranking_workbook(decided)))
    assert all(
        any(demonstration_sentence() in str(cell) for row in book.get_sheet_by_name(name).to_python() for cell in row)
        for name in book.sheet_names
    )


def test_the_workbook_holds_the_exact_scores_and_every_mark(decided):
    content = ranking_workbook(decided)
    ranking = decided.rankings.last()
    table = rows_of(content, _("Ranking"))
    scores = {row[1]: row[5] for row in table if row[0] in range(1, 99)}
    assert scores == {entry["city"]: entry["score"] for entry in ranking.entries if entry["rank"]}
    assert all(Fraction(score) == Fraction(entry["score"]) for score, entry in zip(scores.values(), ranking.entries, strict=False))
    marks = [cell for row in rows_of(content, _("Marks")) for cell in row[2:-1] if isinstance(cell, int | float)]
    assert sum(marks) == sum(Mark.objects.values_list("mark", flat=True))


def test_experts_are_numbers_in_the_workbook(decided):
    content = ranking_workbook(decided)
    book = load_workbook(io.BytesIO(content))
    cells = {str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row}
    names = {member.expert.user.name for member in decided.panel_draw.members.all()}
    assert names
    assert not names & cells


def test_the_report_lists_the_cities_in_administrative_order_with_a_reason_for_all_others(decided):
    text = text_of(selection_report(decided))
    selection = decided.selections.get()
    chosen = [entry.nomination.city.name for entry in selection.entries.filter(place="chosen").order_by("nomination__city")]
    assert len(chosen) == selection.places
    listed = text[text.index(_("Proposed cities")) :]
    places = [listed.index(name) for name in chosen]
    assert places == sorted(places)
    for entry in selection.entries.exclude(place="chosen"):
        assert entry.nomination.city.name in text


def test_without_a_selection_there_is_no_report():
    with pytest.raises(LookupError):
        selection_report(factories.opened_round())


@pytest.mark.parametrize("kind", ["reporting.ranking_workbook", "reporting.selection_report", "reporting.dossier", "reporting.dossiers"])
def test_every_kind_that_can_be_requested_has_its_builder(kind):
    assert kind in BUILDERS


def test_all_dossiers_in_one_archive_under_names_that_sort_as_the_divisions(decided):
    by = factories.staff()
    job = services.request_dossiers(round_id=decided.pk, by=by, at=factories.REVIEW_TIME)
    run_job(job_id=job.pk)
    job = Job.objects.get(pk=job.pk)
    assert (job.status, job.done, job.total) == (Status.READY, 4, 4)
    with zipfile.ZipFile(io.BytesIO(job.result.read())) as archive:
        names = archive.namelist()
    assert [name[:6] for name in names] == sorted(review.CITIES)


def test_two_clicks_make_one_job(decided):
    by = factories.staff()
    first = services.request_ranking_workbook(round_id=decided.pk, by=by, at=factories.REVIEW_TIME)
    assert services.request_ranking_workbook(round_id=decided.pk, by=by, at=factories.REVIEW_TIME) == first
