"""Only those of allauth's pages that this portal uses: nobody signs up, and passwords are reset by the administrators."""

from allauth.account import views as allauth_views
from django.urls import include, path

from pilotportal.accounts import views

own = [
    path("demonstration/", views.demonstration_sign_in, name="demonstration_sign_in"),
    path("stay/", views.stay, name="stay"),
    path("again/", views.signed_in_again, name="signed_in_again"),
]
urlpatterns = [
    path("login/", views.sign_in, name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("", include((own, "accounts"))),
]
