"""Pages for everybody, signed in or not: how the portal is used, and how accessible it is."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def show_help(request: HttpRequest) -> HttpResponse:
    return render(request, "about/help.html", {"contact": settings.CONTACT, "idle": settings.SESSION_COOKIE_AGE // 60})


@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """What is aimed at, what was tried, and what is known to be missing."""
    return render(request, "about/accessibility.html", {"contact": settings.CONTACT})
