"""A nomination, its immutable versions, its files, and what closes it."""

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, IntegerField, Q
from django.db.models.functions import Left
from django.db.models.lookups import Exact, LessThanOrEqual
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.enums import AttachmentKind, DeadlineKind, MatchedBy, Status
from applications.models.rounds import Round
from applications.rules import NOMINATION_IN, TRANSITIONS
from pilotportal.accounts.models import Division
from pilotportal.audit.models import NEVER_CHANGED
from pilotportal.files.models import StoredFile
from pilotportal.moments import until

if TYPE_CHECKING:
    from applications.models.hands import Invitation, SignatureRequest

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0 O 1 I, for reading aloud

WITHIN_QUOTA = pgtrigger.Trigger(
    name="within_quota",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("allowed", "INTEGER")],
    func="""
        SELECT places INTO allowed FROM applications_quota
            WHERE round_id = NEW.round_id AND province_id = NEW.province_id FOR UPDATE;
        SELECT COALESCE(allowed, 0) + COALESCE(SUM(places), 0) INTO allowed FROM applications_quotaexception
            WHERE round_id = NEW.round_id AND province_id = NEW.province_id;
        IF (SELECT COUNT(*) FROM applications_nomination
            WHERE round_id = NEW.round_id AND province_id = NEW.province_id AND status <> 'withdrawn') >= allowed THEN
            RAISE EXCEPTION 'the quota of the province is used up' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


class Nomination(models.Model):
    """推荐/申报: one city put forward by its province in one round."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="nominations", verbose_name=_("round"))
    province = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    city = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="nominations", verbose_name=_("city"))
    level_reason = models.CharField(_("reason for a unit that is not a prefecture-level city"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=15, choices=Status, default=Status.DRAFT)
    content = models.JSONField(_("content"), default=dict)
    sections = models.JSONField(_("who saved which section when"), default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("created by"))
    created_at = models.DateTimeField(_("created at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("submitted by")
    )
    position = models.PositiveSmallIntegerField(_("place in the province's order"), null=True)
    rejected_because = models.TextField(_("why it was not accepted"), blank=True)

    class Meta:
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")
        ordering = ["round", "city"]
        triggers = [
            WITHIN_QUOTA,
            pgtrigger.FSM(
                name="nomination_transitions",
                field="status",
                transitions=[(str(old), str(new)) for old, news in TRANSITIONS.items() for new in sorted(news)],
            ),
            pgtrigger.Protect(name="nomination_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="submitted_content_is_frozen",
                operation=pgtrigger.UpdateOf("content", "city_id", "province_id", "round_id"),
                condition=pgtrigger.Q(old__status__in=[s.value for s in Status if s not in {Status.DRAFT, Status.RETURNED}])
                & pgtrigger.Q(old__content__df=pgtrigger.F("new__content")),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["round", "city"], condition=~Q(status=Status.WITHDRAWN), name="nomination_city_once_a_round"),
            models.CheckConstraint(
                condition=Exact(Left(F("city_id"), 2), Left(F("province_id"), 2)), name="nomination_city_of_the_province"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=NOMINATION_IN) | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="nomination_submitted_has_submitted_at",
            ),
            models.CheckConstraint(
                condition=Q(content__sub_sectors__isnull=True)  # type: ignore[arg-type]  # a lookup is a condition; the stubs miss it
                | LessThanOrEqual(Func(F("content__sub_sectors"), function="jsonb_array_length", output_field=IntegerField()), 3),
                name="nomination_at_most_three_sub_sectors",
            ),
        ]

    def __str__(self) -> str:
        return self.city.name

    def get_absolute_url(self) -> str:
        return reverse("applications:nomination", args=[self.code])

    @property
    def is_in(self) -> bool:
        return self.status in NOMINATION_IN

    @property
    def current_version(self) -> "NominationVersion | None":
        return max(self.versions.all(), key=lambda version: version.number, default=None)

    @property
    def handed_in(self) -> dict[str, Any]:
        """The content that counts once the nomination is in; while a correction is written, `content` runs ahead of it."""
        return self.current_version.content if self.current_version else {}

    @property
    def open_correction(self) -> "Correction | None":
        if self.status != Status.RETURNED:
            return None
        return max(self.corrections.all(), key=lambda correction: correction.pk, default=None)

    @property
    def open_invitation(self) -> "Invitation | None":
        """Under which the city drafts."""
        return next((invitation for invitation in self.invitations.all() if invitation.ended_at is None), None)

    @property
    def requests_in_force(self) -> "list[SignatureRequest]":
        """The co-departments that are asked, in the order of the asking."""
        return [request for request in self.signature_requests.all() if request.cancelled_at is None]

    @property
    def unanswered_correction(self) -> "Correction | None":
        """The one that no newer version has answered, be it still open or over. Its first version stands until then, and after."""
        last = max(self.corrections.all(), key=lambda correction: correction.pk, default=None)
        standing = self.current_version
        return last if last and standing and last.version_id == standing.pk else None

    def revision_of(self, section: str) -> int:
        """How often a section has been saved."""
        return int(self.sections.get(section, {}).get("revision", 0))

    @property
    def due_at(self) -> datetime | None:
        """Until when it can be handed in as it stands: as a draft, or as a correction."""
        if self.status == Status.DRAFT:
            return self.closes_at()
        return self.open_correction.closes_at if self.open_correction else None

    def closes_at(self) -> datetime:
        """The nomination deadline in force for this province."""
        return deadline_of(self.round, DeadlineKind.NOMINATION, self.province_id)


def deadline_of(round: Round, kind: str, province_id: str | None) -> datetime:
    deadline = next(deadline for deadline in round.deadlines.all() if deadline.kind == kind)
    return deadline.closes_at(province_id)


class NominationVersion(models.Model):
    """What was handed in, for good: its content, the digests of its files, and the digest over both."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="versions", verbose_name=_("nomination"))
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField(_("content"))
    files = models.JSONField(_("files"))
    digest = models.CharField(_("digest"), max_length=80)
    submitted_at = models.DateTimeField(_("submitted at"))
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("submitted by"))

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["nomination", "number"]
        triggers = [NEVER_CHANGED]
        constraints = [models.UniqueConstraint(fields=["nomination", "number"], name="nomination_version_numbered_once")]

    def __str__(self) -> str:
        return f"{self.nomination} {self.number}"

    def record(self) -> dict[str, Any]:
        """What the digest covers."""
        return {
            "nomination": self.nomination.code,
            "round": self.nomination.round.code,
            "city": self.nomination.city_id,
            "number": self.number,
            "content": self.content,
            "files": self.files,
        }


class Attachment(models.Model):
    """A file of a nomination. A replaced one is kept."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("nomination"))
    kind = models.CharField(_("kind"), max_length=10, choices=AttachmentKind)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    name = models.CharField(_("file name"), max_length=200)
    caption = models.CharField(_("what it shows"), max_length=200, blank=True)
    proves = models.CharField(_("entry that it proves"), max_length=60, blank=True)
    letter = models.ForeignKey(
        "applications.Letter", on_delete=models.PROTECT, null=True, related_name="scans", verbose_name=_("letter that it is the scan of")
    )
    matched_by = models.CharField(_("how the letter was recognised"), max_length=10, choices=MatchedBy, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="successors", verbose_name=_("file in whose place it came")
    )
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded at"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="attachment_is_kept", operation=pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(
                fields=["nomination"],
                condition=Q(kind=AttachmentKind.LETTER, replaced_at__isnull=True),
                name="attachment_one_letter_in_force",
            ),
            models.CheckConstraint(
                condition=Q(letter__isnull=True, matched_by="") | Q(letter__isnull=False, kind=AttachmentKind.LETTER) & ~Q(matched_by=""),
                name="attachment_scan_is_matched_to_its_letter",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def record(self) -> dict[str, str]:
        """What a version keeps of the file; what it proves only where somebody said so, which leaves the digests of others as they are."""
        facts = {"kind": self.kind, "name": self.name, "caption": self.caption, "digest": self.file.digest}
        return facts | ({"proves": self.proves} if self.proves else {})

    @property
    def provenance(self) -> str:
        """Of a stamped letter: how it was tied to what it recommends. Of other files nothing."""
        if self.kind != AttachmentKind.LETTER:
            return ""
        if not self.letter:
            return str(_("Own letter of the province, not matched by a code: compare it by eye."))
        facts = {"number": self.letter.document_number, "code": self.letter.code}
        if self.matched_by == MatchedBy.READ:
            return str(_("Letter %(number)s, matched by the code read from the scan: %(code)s") % facts)
        return str(_("Letter %(number)s, matched by the code typed in: %(code)s") % facts)


class Correction(models.Model):
    """退回修改: the named fields, a note to each, and a deadline of its own."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("nomination"))
    version = models.ForeignKey(NominationVersion, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("version"))
    fields = models.JSONField(_("fields with their notes"))
    closes_at = models.DateTimeField(_("deadline"))
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("returned by"))
    returned_at = models.DateTimeField(_("returned at"))

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["pk"]
        triggers = [NEVER_CHANGED]
        constraints = [
            models.UniqueConstraint(fields=["version"], name="correction_once_a_version"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("returned_at")), name="correction_leaves_time"),
        ]

    def __str__(self) -> str:
        return f"{self.nomination} {until(self.closes_at)}"

    @property
    def codes(self) -> set[str]:
        return {field["code"] for field in self.fields}


class Closing(models.Model):
    """The sealed list of what was in at a deadline. One per round, kind and instant, however often the task runs."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="closings", verbose_name=_("round"))
    kind = models.CharField(_("kind"), max_length=15, choices=DeadlineKind)
    closes_at = models.DateTimeField(_("deadline"))
    provinces = models.JSONField(_("provinces"), default=list)
    closed_at = models.DateTimeField(_("list sealed at"))
    entries = models.JSONField(_("what was in"))
    digest = models.CharField(_("digest"), max_length=80)

    class Meta:
        verbose_name = _("closing")
        verbose_name_plural = _("closings")
        ordering = ["closes_at"]
        triggers = [NEVER_CHANGED]
        constraints = [
            models.UniqueConstraint(fields=["round", "kind", "closes_at"], name="closing_once_an_instant"),
            models.CheckConstraint(condition=Q(closed_at__gte=F("closes_at")), name="closing_after_the_deadline"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {until(self.closes_at)}"

    def record(self) -> dict[str, Any]:
        """What the digest covers."""
        return {
            "round": self.round.code,
            "kind": self.kind,
            "closes_at": self.closes_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "provinces": self.provinces,
            "entries": self.entries,
        }
