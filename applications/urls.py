"""Addresses of what provinces and cities hand in: nominations first, then rounds and pilots."""

from django.urls import URLPattern

app_name = "applications"

of_nominations: list[URLPattern] = []

urlpatterns = [*of_nominations]
