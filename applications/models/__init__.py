from applications.models.hands import CoSignature, Invitation, Letter, SignatureRequest
from applications.models.nominations import Attachment, Closing, Correction, Nomination, NominationVersion
from applications.models.pilots import Indicator, IndicatorActual, Pilot, Plan, Progress, Summary
from applications.models.rounds import Amendment, Criterion, Deadline, Quota, QuotaException, RegionLimit, Round
from applications.models.workbooks import FilledWorkbook

__all__ = [
    "Amendment",
    "Attachment",
    "Closing",
    "CoSignature",
    "Correction",
    "Criterion",
    "Deadline",
    "FilledWorkbook",
    "Indicator",
    "IndicatorActual",
    "Invitation",
    "Letter",
    "Nomination",
    "NominationVersion",
    "Pilot",
    "Plan",
    "Progress",
    "Quota",
    "QuotaException",
    "RegionLimit",
    "Round",
    "SignatureRequest",
    "Summary",
]
