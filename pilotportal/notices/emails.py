from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from pilotportal.notices.models import Notice


def send(notice: Notice) -> None:
    """In the portal's first language. The number of the message is that of the notice, so a second copy is known as one."""
    with translation.override(settings.LANGUAGE_CODE):
        body = render_to_string("notices/email/notice.txt", {"notice": notice})
        subject = " ".join(notice.subject.split())
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">") or "localhost"
    headers = {"Message-ID": f"<notice-{notice.code}@{host}>"}
    EmailMessage(subject, body, None, [notice.recipient.email], headers=headers).send()
