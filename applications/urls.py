"""Addresses of what provinces and cities hand in: nominations first, then rounds and pilots."""

from django.urls import path

from applications.views import attachments, nominations, sections, submissions

app_name = "applications"

of_nominations = [
    path("nominations/", nominations.index, name="nominations"),
    path("nominations/start/<str:round_code>/", nominations.start, name="nomination_start"),
    path("nominations/<str:code>/", nominations.detail, name="nomination"),
    path("nominations/<str:code>/sections/<str:section>/", sections.edit, name="nomination_section"),
    path("nominations/<str:code>/attach/<str:kind>/", attachments.attach, name="nomination_attach"),
    path("nominations/<str:code>/files/<int:number>/", attachments.fetch, name="nomination_file"),
    path("nominations/<str:code>/files/<int:number>/detach/", attachments.detach, name="nomination_detach"),
    path("nominations/<str:code>/preview/", nominations.preview, name="nomination_preview"),
    path("nominations/<str:code>/submit/", submissions.submit, name="nomination_submit"),
    path("nominations/<str:code>/receipt/", submissions.receipt, name="nomination_receipt"),
    path("nominations/<str:code>/receipt/<int:number>/pdf/", submissions.receipt_pdf, name="nomination_receipt_pdf"),
    path("nominations/<str:code>/withdraw/", nominations.withdraw, name="nomination_withdraw"),
    path("nominations/<str:code>/versions/<int:number>/", submissions.version, name="nomination_version"),
    path("nominations/<str:code>/versions/<int:old>/<int:new>/", submissions.compare, name="nomination_compare"),
]

urlpatterns = [*of_nominations]
