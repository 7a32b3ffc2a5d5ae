from django.urls import path

from pilotportal.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.index, name="list"),
    path("read/", views.read_all, name="read_all"),
    path("<str:code>/", views.detail, name="detail"),
]
