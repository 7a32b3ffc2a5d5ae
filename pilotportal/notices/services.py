"""The only writers of notices."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pilotportal.accounts.models import User
from pilotportal.moments import lazy_instant
from pilotportal.notices import queries, tasks
from pilotportal.notices.enums import Kind
from pilotportal.notices.models import Notice
from pilotportal.queue import after_commit

Words = str | Promise
"""Text that is put into each language when the notice is written, so it has to be lazy to be translated."""

Facts = Mapping[Any, object]
"""Labels, which are words, with what stands beside them. (A mapping is invariant in its key, and there are two kinds of lazy text.)"""

BATCH = 50  # notices that one task mails


def notify(
    *,
    to: Iterable[User],
    key: str,
    subject: Words,
    body: Words,
    about: Mapping[str, object] | None = None,
    facts: Facts | None = None,
    url: str = "",
    kind: Kind = Kind.NOTICE,
    digest: str = "",
    at: datetime,
) -> int:
    """Tell each person once under this key, in the caller's transaction; the mail goes after its commit. Returns how many were told now.

    `about` fills the placeholders of subject and body; `facts` stand below as label and value. Both are put into words for each
    language here: give lazy texts (`gettext_lazy`, `moments.lazy_until`).
    """
    people = {person.pk for person in to if person.is_active}
    told = set(Notice.objects.filter(recipient__in=people, key=key).values_list("recipient", flat=True))
    texts = {language: _texts(language, subject, body, about or {}, facts or {}) for language, _name in settings.LANGUAGES}
    fields: dict[str, Any] = {"kind": kind, "key": key, "texts": texts, "url": url, "digest": digest, "created_at": at}
    new = sorted(people - told)
    Notice.objects.bulk_create((Notice(recipient_id=person, **fields) for person in new), ignore_conflicts=True)
    _queue(list(Notice.objects.filter(recipient__in=new, key=key).values_list("pk", flat=True)))
    return len(new)


def give_receipt(*, to: User, act: models.TextChoices, target: models.Model, facts: Facts, digest: str, at: datetime) -> None:
    """For the one who acted: what was done with what and when, `facts` by label, and the digest that it is bound to.

    Call it in the transaction of the act. `act` is a member such as `applications.enums.Act.SUBMITTED`.
    """
    notify(
        to=[to],
        key=f"receipt:{act}:{target._meta.label_lower}:{target.pk}:{at.isoformat()}",
        subject=_("Receipt: %(act)s · %(target)s"),
        body=_("The portal has recorded what you did. The digest stands for exactly this content; any change gives another."),
        about={"act": act.label, "target": target},
        facts={_("Act"): act.label, _("Recorded (Beijing time)"): lazy_instant(at), **facts},
        url=getattr(target, "get_absolute_url", str)(),
        kind=Kind.RECEIPT,
        digest=digest,
        at=at,
    )


def mark_read(*, notice: Notice, at: datetime) -> None:
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)


def mark_all_read(*, by: User, at: datetime) -> int:
    return queries.unread_of(by).filter(created_at__lte=at).update(read_at=at)


def mail_missing(*, at: datetime) -> int:
    """Queue again what was not mailed. Returns how many."""
    waiting = list(queries.not_mailed(at))
    for batch in _batches(waiting):
        tasks.mail.delay(notice_ids=batch)
    return len(waiting)


def _texts(language: str, subject: Words, body: Words, about: Mapping[str, object], facts: Facts) -> dict[str, Any]:
    with translation.override(language):
        return {
            "subject": str(subject) % about if about else str(subject),
            "body": str(body) % about if about else str(body),
            "facts": [[str(label), str(value)] for label, value in facts.items()],
        }


def _queue(notice_ids: list[int]) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A notice is written in the transaction of what it tells.")
    for batch in _batches(notice_ids):
        after_commit(tasks.mail, notice_ids=batch)


def _batches(notice_ids: list[int]) -> Iterator[list[int]]:
    return (notice_ids[i : i + BATCH] for i in range(0, len(notice_ids), BATCH))
