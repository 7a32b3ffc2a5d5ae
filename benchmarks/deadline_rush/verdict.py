"""What came of it: what was acknowledged against what is in, and what it cost."""

from collections import Counter
from datetime import timedelta
from statistics import quantiles

from applications.enums import Act, DeadlineKind
from applications.models import Closing, NominationVersion
from applications.services import closing
from benchmarks.deadline_rush.rush import Rush, Sent, late
from pilotportal import clock
from pilotportal.digests import canonical, matches
from pilotportal.notices.enums import Kind
from pilotportal.notices.models import Notice
from tests.factories import DEADLINE

REDIRECT, REFUSED = 302, 422
PASSED = "The deadline has passed: 18 July 2025 24:00"


def report(rush: Rush) -> list[str]:
    """Prints the figures and returns what is wrong."""
    at = DEADLINE + timedelta(minutes=2)
    clock.set_simulated(at, running=False)
    closing.close_due(at=at)
    faults = list(_faults(rush.sent))
    _print(rush, faults)
    return faults


def _faults(sent: list[Sent]) -> list[str]:
    acknowledged = {one.code for one in sent if one.status == REDIRECT and "receipt" in one.answer}
    sealed = Closing.objects.get(kind=DeadlineKind.NOMINATION)
    listed = {entry["nomination"] for entry in sealed.entries}
    stored = dict(NominationVersion.objects.values_list("nomination__code", "submitted_at"))
    receipts = Notice.objects.filter(kind=Kind.RECEIPT, key__startswith=f"receipt:{Act.SUBMITTED}:").count()
    unclear = Counter(one.status for one in sent if one.status not in {REDIRECT, REFUSED})
    wrong = {
        "acknowledged and not in the sealed list": acknowledged - listed,
        "in the sealed list and not acknowledged": listed - acknowledged,
        "stored and not acknowledged": stored.keys() - acknowledged,
        "sent at or after the deadline and accepted": {one.code for one in sent if late(one)} & acknowledged,
        "stored with an instant at or after the deadline": {code for code, instant in stored.items() if instant >= DEADLINE},
        "refused for another reason": {one.code for one in sent if one.status == REFUSED and PASSED not in one.answer},
        "neither acknowledged nor refused": set(map(str, unclear.items())),
        "receipts missing": {str(len(acknowledged) - receipts)} if receipts != len(acknowledged) else set(),
        "digest of the sealed list": set() if matches(canonical(sealed.record()), sealed.digest) else {sealed.digest},
    }
    return [f"{what}: {', '.join(sorted(codes)[:5])}" for what, codes in wrong.items() if codes]


def _print(rush: Rush, faults: list[str]) -> None:
    sent, number = rush.sent, len(rush.sent)
    in_time = [one for one in sent if not late(one)]
    accepted = [one for one in sent if one.status == REDIRECT]
    waited = [one for one in in_time if one.status == REFUSED]
    hundredths = quantiles([one.seconds for one in sent], n=100, method="inclusive")
    in_last_second = sum(DEADLINE - timedelta(seconds=1) <= one.sent_at < DEADLINE for one in sent)
    print(f"submissions                      {number:8}")
    print(f"  sent before the deadline       {len(in_time):8}   in its last second {in_last_second}")
    print(f"  acknowledged                   {len(accepted):8}")
    print(f"  refused, sent after it         {number - len(in_time):8}")
    print(f"  refused, sent before it        {len(waited):8}   reached the portal after it")
    print(f"time of the answer          p50  {hundredths[49] * 1000:8.0f} ms")
    print(f"                            p99  {hundredths[98] * 1000:8.0f} ms")
    print(f"                            most {max(one.seconds for one in sent) * 1000:8.0f} ms")
    print(f"CPU of a submission         web  {rush.web_seconds / number * 1000:8.1f} ms")
    print(f"                     PostgreSQL  {rush.database_seconds / number * 1000:8.1f} ms")
    for fault in faults or ["none acknowledged and lost, none late accepted"]:
        print(fault)
