from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    REQUESTED = "requested", _("Waiting")
    RUNNING = "running", _("Running")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Refusal(TextChoices):
    FINISHED = "finished", _("This job has already ended.")
    NOT_FAILED = "not_failed", _("Only a failed or cancelled job can be started again.")
