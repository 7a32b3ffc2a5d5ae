from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    REMINDER = "reminder", _("Reminder")
    RECEIPT = "receipt", _("Receipt")
    NOTICE = "notice", _("Notice")
