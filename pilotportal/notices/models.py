import secrets
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pilotportal.notices.enums import Kind


def new_code() -> str:
    return secrets.token_urlsafe(9)


class Notice(models.Model):
    """What one person was told, once a key. The words are kept as they were said, in each language of the portal, and never change."""

    code = models.CharField(_("code"), max_length=20, unique=True, default=new_code)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices", verbose_name=_("recipient"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    key = models.CharField(_("key"), max_length=200)
    texts = models.JSONField(_("subject, body and facts by language"))
    url = models.CharField(_("where it leads"), max_length=200, blank=True)
    digest = models.CharField(_("digest"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created at"))
    read_at = models.DateTimeField(_("read at"), null=True)
    mailed_at = models.DateTimeField(_("mailed at"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notice_once_a_key")]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notice_by_recipient"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["created_at"], condition=Q(mailed_at__isnull=True), name="notice_not_mailed"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="notice_is_kept",
                operation=pgtrigger.UpdateOf("recipient_id", "kind", "key", "texts", "url", "digest", "created_at") | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("notices:detail", args=[self.code])

    @property
    def subject(self) -> str:
        return self._words["subject"]

    @property
    def body(self) -> str:
        return self._words["body"]

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [(label, value) for label, value in self._words["facts"]]

    @property
    def _words(self) -> dict[str, Any]:
        """In the reader's language, else in the portal's first."""
        return self.texts.get(get_language() or "") or self.texts[settings.LANGUAGE_CODE]
