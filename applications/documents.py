"""What the portal writes about nominations."""

from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.models import Letter, NominationVersion
from pilotportal.accounts.models import Division
from pilotportal.clock import BEIJING
from pilotportal.digests import canonical
from pilotportal.documents import pdf
from pilotportal.documents.parts import Attachment, Column, Mark, Table
from pilotportal.moments import instant


def receipt(version: NominationVersion) -> bytes:
    """PDF that confirms what arrived, when and from whom, with the record that the digest covers inside."""
    nomination = version.nomination
    return pdf.render(
        template="documents/receipt.html",
        context={
            "mark": Mark(code=nomination.code, digest=version.digest),
            "summary": receipt_lines(version),
            "note": _("This receipt confirms what arrived and when. Whether the nomination is accepted is decided by the formal review."),
        },
        title=_("Receipt of a nomination"),
        language=get_language() or settings.LANGUAGE_CODE,
        created=version.submitted_at,
        attachments=[
            Attachment(name="record.json", content=canonical(version.record()), description=_("The record that the digest covers"))
        ],
        demonstration=settings.DEMONSTRATION,
    )


def receipt_lines(version: NominationVersion) -> list[tuple[str, str]]:
    """Label and value, the same on the page and on paper."""
    nomination = version.nomination
    return [
        (_("Round"), str(nomination.round)),
        (_("Call"), nomination.round.call_number),
        (_("City"), nomination.city.full_name),
        (_("Nominated by"), str(version.submitted_by.organisation)),
        (_("Version"), str(version.number)),
        (_("Arrived"), _("%(instant)s (Beijing time)") % {"instant": instant(version.submitted_at)}),
        (_("Submitted by"), str(version.submitted_by)),
        (_("Files"), "\n".join(file["name"] for file in version.files)),
    ]


CHINESE = "zh-hans"


def letter(letter: Letter) -> bytes:
    """推荐函 in 信函格式, to be stamped. An official paper: Chinese whatever the reader's language, and the same bytes every time.

    Nothing is embedded: a province that seals electronically can upload this very file.
    """
    cities = Division.objects.select_related("province").in_bulk([line["city"] for line in letter.lines])
    named = [cities[line["city"]].name for line in letter.lines]
    subject = letter.round.title_zh.removesuffix("试点")
    return pdf.render(
        template="applications/pdf/letter.html",
        context={
            "letter": True,
            "issuer": letter.made_by.organisation.name,
            "number": letter.document_number,
            "title_lines": [f"{letter.made_by.organisation.name}关于推荐", subject, "试点城市的函"],
            "addressee": "人力资源社会保障部",
            "call_number": letter.round.call_number,
            "subject": subject,
            "cities": "、".join(named),
            "count": len(named),
            "ranked": letter.round.ranks_nominations and len(named) > 1,
            "joined": "、".join(_joined_by_all(letter)),
            "listed": _recommended(letter, [cities[line["city"]].full_name for line in letter.lines]),
            "code": letter.code,
            "annexes": ["推荐城市名单"],
            "signers": [letter.made_by.organisation.name],
            "date": timezone.localtime(letter.made_at, BEIJING).date(),
            "sealed": True,
            "mark": Mark(code=letter.code, digest=letter.digest, address=letter.seal),
        },
        title=f"关于推荐{subject}试点城市的函",
        language=CHINESE,
        created=letter.made_at,
        demonstration=settings.DEMONSTRATION,
    )


def _joined_by_all(letter: Letter) -> list[str]:
    """Departments that signed every nomination of the letter, as the first line names them."""
    first, *others = (line["joined"] for line in letter.lines)
    return [name for name in first if all(name in other for other in others)]


def _recommended(letter: Letter, cities: Sequence[str]) -> Table:
    place = "推荐顺序" if letter.round.ranks_nominations else "序号"
    widths = {place: 13, "城市": 21, "推荐编号": 20, "材料校验码": 30, "会签部门": 16}
    rows = [
        [
            str(line["position"] if letter.round.ranks_nominations else number),
            city,
            line["nomination"],
            short(line["digest"]),
            "、".join(line["joined"]) or "—",
        ]
        for number, (line, city) in enumerate(zip(letter.lines, cities, strict=True), start=1)
    ]
    return Table(columns=[Column(title=title, width=width) for title, width in widths.items()], rows=rows)


def short(digest: str) -> str:
    """The first sixteen characters, as the foot of a page shows them."""
    return Mark(code="", digest=digest).short
