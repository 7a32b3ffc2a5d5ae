"""Only those of allauth's pages that this portal uses: nobody signs up, and passwords are reset by the administrators."""

from allauth.account import views as allauth_views
from django.urls import include, path

from pilotportal.accounts.views import entrance, own, people

of_the_portal = [
    path("demonstration/", entrance.demonstration_sign_in, name="demonstration_sign_in"),
    path("own/", own.own, name="own"),
    path("people/", people.people, name="people"),
    path("people/new/", people.new, name="new"),
    path("person/<str:username>/", people.person, name="person"),
    path("person/<str:username>/password/", people.reset, name="reset"),
    path("person/<str:username>/requests/<int:number>/", people.decide, name="decide"),
    path("person/<str:username>/<str:name>/", people.act, name="act"),
    path("stay/", entrance.stay, name="stay"),
    path("again/", entrance.signed_in_again, name="signed_in_again"),
]
urlpatterns = [
    path("login/", entrance.sign_in, name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("", include((of_the_portal, "accounts"))),
]
