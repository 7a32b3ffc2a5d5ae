from django.urls import path

from pilotportal.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.index, name="list"),
    path("<str:code>/", views.detail, name="detail"),
    path("<str:code>/result/", views.result, name="result"),
    path("<str:code>/cancel/", views.cancel, name="cancel"),
    path("<str:code>/retry/", views.retry, name="retry"),
]
