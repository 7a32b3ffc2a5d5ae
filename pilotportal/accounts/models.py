import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotportal.accounts.enums import (
    ADMINISTRATORS,
    PROVINCE_ROLES,
    REVIEW_READERS,
    SELF_NOMINATING,
    Act,
    Branch,
    Kind,
    Level,
    Region,
    Role,
)


class Division(models.Model):
    """An administrative division by GB/T 2260: the first two digits of its code are those of its province."""

    code = models.CharField(_("division code"), max_length=6, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    province = models.ForeignKey("self", on_delete=models.PROTECT, related_name="cities", verbose_name=_("province"))
    level = models.CharField(_("level"), max_length=20, choices=Level)
    region = models.CharField(_("region"), max_length=10, choices=Region)

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="division_level_is_known"),
            models.CheckConstraint(condition=Q(region__in=Region.values), name="division_region_is_known"),
            models.CheckConstraint(condition=Exact(Left(F("province_id"), 2), Left(F("code"), 2)), name="division_lies_in_its_province"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_province(self) -> bool:
        return self.code == self.province_id

    @property
    def nominates_itself(self) -> bool:
        return self.level in SELF_NOMINATING

    @property
    def full_name(self) -> str:
        """With the province in front, unless the division is its own province."""
        return self.name if self.is_province else f"{self.province.name}{self.name}"


class Organisation(models.Model):
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, blank=True, related_name="organisations", verbose_name=_("division")
    )
    branch = models.CharField(_("branch"), max_length=12, choices=Branch, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=[Kind.PROVINCE, Kind.CO_DEPARTMENT, Kind.CITY, Kind.INSTITUTE]) | Q(division__isnull=False),
                name="organisation_in_the_provinces_has_a_division",
            ),
            models.UniqueConstraint(fields=["division"], condition=Q(kind=Kind.PROVINCE), name="organisation_one_department_a_province"),
            models.CheckConstraint(condition=Q(kind=Kind.CO_DEPARTMENT) ^ Q(branch=""), name="organisation_co_department_has_its_branch"),
            models.UniqueConstraint(
                fields=["division", "branch"], condition=~Q(branch=""), name="organisation_one_of_a_branch_in_a_province"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person with exactly one role, in one organisation."""

    first_name = None  # type: ignore[assignment]  # one name, as in Chinese
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="members", verbose_name=_("organisation"))

    open_requests: "list[AccountRequest]"  # where `queries.accounts_visible_to` fetched the person
    must_change_password = models.BooleanField(_("the password was given and is to be replaced"), default=False)

    REQUIRED_FIELDS = ["name", "role", "organisation_id"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(role__in=Role.values), name="user_has_a_role")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:person", args=[self.username])

    @property
    def division_id(self) -> str | None:
        return self.organisation.division_id

    @property
    def is_province(self) -> bool:
        return self.role in PROVINCE_ROLES

    @property
    def is_ministry_staff(self) -> bool:
        return self.role == Role.STAFF

    @property
    def reads_the_review(self) -> bool:
        return self.role in REVIEW_READERS

    @property
    def is_administrator(self) -> bool:
        """Of the portal, and so without any business in it."""
        return self.role in ADMINISTRATORS


class AccountRequest(models.Model):
    """What a system administrator wants done with an account and a security administrator confirms or refuses (三员分立).

    The hash of a password that waits with it is forgotten once it is decided.
    """

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="requests", verbose_name=_("account"))
    act = models.CharField(_("act"), max_length=10, choices=Act)
    password = models.CharField(_("hash of the new password"), max_length=128, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    confirmed = models.BooleanField(_("confirmed"), null=True)

    class Meta:
        verbose_name = _("request about an account")
        verbose_name_plural = _("requests about accounts")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(
                name="account_request_is_kept",
                operation=pgtrigger.UpdateOf("account_id", "act", "asked_by_id", "asked_at") | pgtrigger.Delete,
            ),
            pgtrigger.Protect(
                name="account_request_is_decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__decided_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(act__in=Act.values), name="account_request_act_is_known"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, confirmed__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, confirmed__isnull=False, password=""),
                name="account_request_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="account_request_takes_two_people"
            ),
            models.UniqueConstraint(fields=["account"], condition=Q(decided_at__isnull=True), name="account_request_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.account.username}"
