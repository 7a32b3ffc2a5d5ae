"""Messages built from objects."""

from django.core.mail import send_mail
from django.template.loader import render_to_string

from applications.models import Nomination


def send_receipt(nomination: Nomination) -> None:
    """The receipt for the one who submitted; a person without an address finds it in the portal."""
    person = nomination.submitted_by
    if person and person.email:
        context = {"nomination": nomination, "version": nomination.current_version, "person": person}
        subject = render_to_string("applications/email/receipt_subject.txt", context).strip()
        send_mail(subject, render_to_string("applications/email/receipt.txt", context), None, [person.email])
