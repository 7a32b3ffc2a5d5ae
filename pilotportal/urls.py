"""All addresses of the portal."""

from django.conf.urls.i18n import urlpatterns as language
from django.urls import include, path

from pilotportal import about, health, styleguide
from reporting.views.home import home

urlpatterns = [
    path("", home, name="home"),
    path("health/", health.live, name="health"),
    path("ready/", health.ready, name="ready"),
    path("help/", about.show_help, name="help"),
    path("accessibility/", about.accessibility, name="accessibility"),
    path("styleguide/", styleguide.show, name="styleguide"),
    path("language/", include(language)),
    path("accounts/", include("pilotportal.accounts.urls")),
    path("jobs/", include("pilotportal.jobs.urls")),
    path("notices/", include("pilotportal.notices.urls")),
    path("", include("applications.urls")),
    path("", include("review.urls")),
    path("", include("reporting.urls")),
]

handler400 = "pilotportal.errors.bad_request"
handler500 = "pilotportal.errors.server_error"
handler429 = "pilotportal.errors.too_many_requests"
