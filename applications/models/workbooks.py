"""A form that was filled in away from the portal, between its upload and its confirmation."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.nominations import Nomination
from pilotportal.files.models import StoredFile

PERSON = settings.AUTH_USER_MODEL


class FilledWorkbook(models.Model):
    """Kept as it was uploaded; what it changed stands in the record of events."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="workbooks", verbose_name=_("nomination"))
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    name = models.CharField(_("file name"), max_length=200)
    uploaded_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded at"))
    applied_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("applied by"))
    applied_at = models.DateTimeField(_("applied at"), null=True)

    class Meta:
        verbose_name = _("filled-in workbook")
        verbose_name_plural = _("filled-in workbooks")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True, applied_by__isnull=True)
                | Q(applied_at__gte=F("uploaded_at"), applied_by__isnull=False),
                name="filled_workbook_applied_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.name
