"""Addresses of what provinces and cities hand in: nominations first, then rounds and pilots."""

from django.urls import path

from applications.views import (
    attachments,
    deadlines,
    evidence,
    invitations,
    letters,
    nominations,
    pilots,
    quotas,
    reports,
    revision,
    rounds,
    sections,
    signatures,
    submissions,
    taking_over,
    uploads,
    workbooks,
)

app_name = "applications"

of_nominations = [
    path("nominations/", nominations.index, name="nominations"),
    path("nominations/start/<str:round_code>/", nominations.start, name="nomination_start"),
    path("nominations/<str:code>/", nominations.detail, name="nomination"),
    path("nominations/<str:code>/sections/<str:section>/", sections.edit, name="nomination_section"),
    path("nominations/<str:code>/attach/evidence/", evidence.add, name="evidence_add"),
    path("nominations/<str:code>/earlier/", taking_over.take_over, name="nomination_take_over"),
    path("nominations/<str:code>/attach/letter/", attachments.attach_letter, name="letter_attach"),
    path("nominations/<str:code>/files/<int:number>/", attachments.fetch, name="nomination_file"),
    path("nominations/<str:code>/files/<int:number>/detach/", attachments.detach, name="nomination_detach"),
    path("nominations/<str:code>/files/<int:number>/page/", attachments.page, name="nomination_file_page"),
    path("nominations/<str:code>/files/<int:number>/view/", attachments.view, name="nomination_file_view"),
    path("nominations/<str:code>/files/<int:number>/replace/", evidence.replace, name="evidence_replace"),
    path("nominations/<str:code>/files/<int:number>/describe/", evidence.describe, name="evidence_describe"),
    path("nominations/<str:code>/files/<int:number>/restore/", evidence.restore, name="evidence_restore"),
    path("nominations/<str:code>/uploads/", uploads.start, name="upload_start"),
    path("nominations/<str:code>/uploads/<str:upload_code>/", uploads.part, name="upload_part"),
    path("nominations/<str:code>/uploads/<str:upload_code>/finish/", uploads.finish, name="upload_finish"),
    path("nominations/<str:code>/uploads/<str:upload_code>/cancel/", uploads.cancel, name="upload_cancel"),
    path("nominations/<str:code>/preview/", nominations.preview, name="nomination_preview"),
    path("nominations/<str:code>/submit/", submissions.submit, name="nomination_submit"),
    path("nominations/<str:code>/receipt/", submissions.receipt, name="nomination_receipt"),
    path("nominations/<str:code>/receipt/<int:number>/pdf/", submissions.receipt_pdf, name="nomination_receipt_pdf"),
    path("nominations/<str:code>/withdraw/", nominations.withdraw, name="nomination_withdraw"),
    path("nominations/<str:code>/invite/", invitations.invite, name="nomination_invite"),
    path("nominations/<str:code>/invitation/end/", invitations.end, name="nomination_invitation_end"),
    path("nominations/<str:code>/hand-back/", invitations.hand_back, name="nomination_hand_back"),
    path("nominations/<str:code>/signatures/", signatures.index, name="nomination_signatures"),
    path("nominations/<str:code>/signatures/ask/", signatures.ask, name="nomination_signatures_ask"),
    path("nominations/<str:code>/signatures/remind/", signatures.remind, name="nomination_signatures_remind"),
    path("nominations/<str:code>/signatures/<int:number>/cancel/", signatures.cancel, name="nomination_signature_cancel"),
    path("nominations/<str:code>/sign/", signatures.sign, name="nomination_sign"),
    path("nominations/<str:code>/versions/<int:number>/", submissions.version, name="nomination_version"),
    path("nominations/<str:code>/versions/<int:old>/<int:new>/", submissions.compare, name="nomination_compare"),
]

of_letters = [
    path("rounds/<str:round_code>/letters/", letters.index, name="letters"),
    path("rounds/<str:round_code>/letters/order/", letters.move, name="letter_order"),
    path("letters/<str:code>/", letters.show, name="letter"),
    path("letters/<str:code>/pdf/", letters.pdf, name="letter_pdf"),
]

of_workbooks = [
    path("nominations/<str:code>/workbook/", workbooks.upload, name="workbook_upload"),
    path("nominations/<str:code>/workbook/form/", workbooks.fetch, name="workbook_fetch"),
    path("nominations/<str:code>/workbook/<int:number>/", workbooks.review, name="workbook_review"),
]

of_drafts = [
    path("rounds/<str:code>/form/edit/", revision.edit, name="draft"),
    path("rounds/<str:code>/form/edit/<str:path>/", revision.edit, name="draft_part"),
    path("rounds/<str:code>/form/add/<str:kind>/", revision.add, name="draft_add"),
    path("rounds/<str:code>/form/add/<str:kind>/<str:path>/", revision.add, name="draft_add"),
    path("rounds/<str:code>/form/move/", revision.move, name="draft_move"),
    path("rounds/<str:code>/form/remove/<str:path>/", revision.remove, name="draft_remove"),
    path("rounds/<str:code>/form/pattern/", revision.take_over, name="draft_pattern"),
    path("rounds/<str:code>/form/preview/<str:section>/", revision.preview, name="draft_preview"),
    path("rounds/<str:code>/form/compare/", revision.compare, name="draft_compare"),
]

of_rounds = [
    path("rounds/", rounds.index, name="rounds"),
    path("rounds/new/", rounds.create, name="round_new"),
    path("rounds/<str:code>/", rounds.show, name="round"),
    path("rounds/<str:code>/edit/", rounds.edit, name="round_edit"),
    path("rounds/<str:code>/edit/<str:part>/", rounds.edit, name="round_edit"),
    path("rounds/<str:code>/form/", rounds.show_form, name="round_form"),
    path("rounds/<str:code>/open/", rounds.open_round, name="round_open"),
    path("rounds/<str:code>/places/", quotas.grant, name="places_grant"),
    path("deadlines/", deadlines.index, name="deadlines"),
    path("deadlines/<str:code>/", deadlines.index, name="deadlines"),
    path("deadlines/<str:code>/<str:kind>/amend/", deadlines.amend, name="deadline_amend"),
    path("deadlines/<str:code>/lists/<str:digest>.json", deadlines.sealed_list, name="sealed_list"),
]

of_pilots = [
    path("pilots/", pilots.index, name="pilots"),
    path("pilots/<str:code>/", pilots.show, name="pilot"),
    path("pilots/<str:code>/plan/edit/", pilots.edit_plan, name="plan_edit"),
    path("pilots/<str:code>/plan/issue/", pilots.issue_plan, name="plan_issue"),
    path("pilots/<str:code>/plan/file/", pilots.file_plan, name="plan_file"),
    path("pilots/<str:code>/plan/<int:number>/document/", pilots.document, name="plan_document"),
    path("pilots/<str:code>/progress/new/", reports.new_progress, name="progress_new"),
    path("pilots/<str:code>/summary/edit/", reports.edit_summary, name="summary_edit"),
    path("pilots/<str:code>/summary/submit/", reports.submit_summary, name="summary_submit"),
    path("pilots/<str:code>/summary/endorse/", reports.endorse_summary, name="summary_endorse"),
    path("pilots/<str:code>/summary/accept/", reports.accept_summary, name="summary_accept"),
]

urlpatterns = [*of_nominations, *of_workbooks, *of_letters, *of_drafts, *of_rounds, *of_pilots]
