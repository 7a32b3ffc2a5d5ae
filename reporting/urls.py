from django.urls import path

from reporting.views import exports, record, search

app_name = "reporting"
urlpatterns = [
    path("exports/", exports.exports, name="exports"),
    path("exports/<str:code>/<slug:kind>/", exports.request_export, name="request_export"),
    path("nominations/<str:code>/dossier/", exports.request_dossier, name="request_dossier"),
    path("search/", search.search, name="search"),
    path("record/", record.events, name="events"),
    path("record/verification/", record.verification, name="verification"),
]
