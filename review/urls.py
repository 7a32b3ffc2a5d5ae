from django.urls import path

from review.views import formal, panel, results, sheets

app_name = "review"
urlpatterns = [
    path("review/formal/", formal.queue, name="queue"),
    path("review/formal/<str:code>/accept-all/", formal.accept_all, name="accept_all"),
    path("review/nominations/<str:code>/", formal.check, name="check"),
    path("review/nominations/<str:code>/accept/", formal.accept, name="accept"),
    path("review/nominations/<str:code>/return/", formal.return_for_correction, name="return"),
    path("review/nominations/<str:code>/reject/", formal.reject, name="reject"),
    path("review/panel/", panel.page, name="panel"),
    path("review/panel/<str:code>/commit/", panel.commit, name="commit"),
    path("review/panel/<str:code>/withdraw/", panel.withdraw_commitment, name="withdraw_commitment"),
    path("review/panel/<str:code>/draw/", panel.draw, name="draw"),
    path("review/panel/<str:code>/propose/", panel.propose, name="propose_assignment"),
    path("review/panel/<str:code>/runs/<int:run_id>/apply/", panel.apply, name="apply_assignment"),
    path("review/panel/<str:code>/runs/<int:run_id>/undo/", panel.undo, name="undo_assignment"),
    path("review/panel/<str:code>/fill/", panel.fill, name="fill_vacancies"),
    path("review/panel/<str:code>/experts/<int:expert_id>/excuse/", panel.excuse, name="excuse"),
    path("review/progress/", panel.progress, name="progress"),
    path("review/sheets/", sheets.sheets, name="sheets"),
    path("review/pledge/<str:code>/", sheets.pledge, name="pledge"),
    path("review/sheets/<str:code>/", sheets.sheet, name="sheet"),
    path("review/sheets/<str:code>/recuse/", sheets.recuse, name="recuse"),
    path("review/sheets/<str:code>/decline/", sheets.decline, name="decline"),
    path("review/sheets/<str:code>/reopen/", sheets.reopen, name="reopen"),
    path("review/sheets/<str:code>/files/<int:attachment_id>/", sheets.file, name="file"),
    path("review/ranking/", results.ranking, name="ranking"),
    path("review/ranking/<str:code>/compute/", results.compute, name="compute"),
    path("review/ranking/<str:code>/ties/<int:rank>/", results.part_tie, name="part_tie"),
    path("review/selection/", results.selection, name="selection"),
    path("review/selection/<str:code>/propose/", results.propose, name="propose"),
    path("review/selection/<str:code>/sign-off/", results.sign_off, name="sign_off"),
    path("review/selection/<str:code>/notice/", results.publish_notice, name="publish_notice"),
    path("review/selection/<str:code>/decide/", results.decide, name="decide"),
    path("review/selection/<str:code>/void/", results.void, name="void"),
]
