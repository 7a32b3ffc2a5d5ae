from applications.models.nominations import Attachment, Closing, Correction, Nomination, NominationVersion
from applications.models.pilots import Indicator, IndicatorActual, Pilot, Plan, Progress, Summary
from applications.models.rounds import Amendment, Criterion, Deadline, Quota, RegionLimit, Round

__all__ = [
    "Amendment",
    "Attachment",
    "Closing",
    "Correction",
    "Criterion",
    "Deadline",
    "Indicator",
    "IndicatorActual",
    "Nomination",
    "NominationVersion",
    "Pilot",
    "Plan",
    "Progress",
    "Quota",
    "RegionLimit",
    "Round",
    "Summary",
]
