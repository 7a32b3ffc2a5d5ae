"""What an event holds beside its kind, in words. A test holds every particular that the sources record to this table."""

import re
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy

from pilotportal.moments import until

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
PARTICULARS: dict[str, "Promise | str"] = {
    "act": pgettext_lazy("of an event", "Act"),
    "actuals": pgettext_lazy("of an event", "Figures reported"),
    "address": pgettext_lazy("of an event", "Network address"),
    "after": pgettext_lazy("of an event", "Digest afterwards"),
    "automatic": pgettext_lazy("of an event", "Saved by itself"),
    "base": pgettext_lazy("of an event", "Basis"),
    "before": pgettext_lazy("of an event", "Digest before"),
    "changed": pgettext_lazy("of an event", "Entries changed"),
    "changed_with": pgettext_lazy("of an event", "Changed places with"),
    "checks": pgettext_lazy("of an event", "Reviews"),
    "city": pgettext_lazy("of an event", "City"),
    "closes_at": pgettext_lazy("of an event", "Closes at"),
    "commitment": pgettext_lazy("of an event", "Commitment"),
    "criteria": pgettext_lazy("of an event", "Criteria changed"),
    "deadline": pgettext_lazy("of an event", "Deadline"),
    "decision_number": pgettext_lazy("of an event", "Number of the decision"),
    "department": pgettext_lazy("of an event", "Department"),
    "departments": pgettext_lazy("of an event", "Departments"),
    "digest": pgettext_lazy("of an event", "Digest"),
    "document": pgettext_lazy("of an event", "Document"),
    "document_number": pgettext_lazy("of an event", "Document number"),
    "engine": pgettext_lazy("of an event", "Scanner"),
    "entries": pgettext_lazy("of an event", "Entries of the list"),
    "expert": pgettext_lazy("of an event", "Expert"),
    "fields": pgettext_lazy("of an event", "Entries named"),
    "file": pgettext_lazy("of an event", "Digest of the file"),
    "filing_number": pgettext_lazy("of an event", "Filing number"),
    "finding": pgettext_lazy("of an event", "Finding"),
    "ground": pgettext_lazy("of an event", "Ground of the recusal"),
    "industries": pgettext_lazy("of an event", "Industries"),
    "instant": pgettext_lazy("of an event", "New instant"),
    "kind_of_work": pgettext_lazy("of an event", "Kind of job"),
    "late": pgettext_lazy("of an event", "Late"),
    "letter": pgettext_lazy("of an event", "Letter"),
    "matched_by": pgettext_lazy("of an event", "Recognised by"),
    "members": pgettext_lazy("of an event", "Members"),
    "method": pgettext_lazy("of an event", "Method"),
    "nomination": pgettext_lazy("of an event", "Nomination"),
    "nominations": pgettext_lazy("of an event", "Nominations"),
    "number": pgettext_lazy("of an event", "Number"),
    "only_weekends_known": pgettext_lazy("of an event", "Only weekends known"),
    "order": pgettext_lazy("of an event", "Order"),
    "original": pgettext_lazy("of an event", "Original instant"),
    "outcome": pgettext_lazy("of an event", "Outcome"),
    "page": pgettext_lazy("of an event", "Page"),
    "pilot": pgettext_lazy("of an event", "Pilot"),
    "place": pgettext_lazy("of an event", "Place"),
    "places": pgettext_lazy("of an event", "Places"),
    "pool": pgettext_lazy("of an event", "Experts in the pool"),
    "position": pgettext_lazy("of an event", "Place in the draw"),
    "province": pgettext_lazy("of an event", "Province"),
    "purpose": pgettext_lazy("of an event", "Purpose"),
    "ranked": pgettext_lazy("of an event", "Ranked"),
    "reason": pgettext_lazy("of an event", "Reason"),
    "removed": pgettext_lazy("of an event", "Sheets removed"),
    "replaced": pgettext_lazy("of an event", "Digest of the replaced file"),
    "revision": pgettext_lazy("of an event", "Revision"),
    "role_of_account": pgettext_lazy("of an event", "Role of the account"),
    "root": pgettext_lazy("of an event", "Root"),
    "said": pgettext_lazy("of an event", "Said before"),
    "seats": pgettext_lazy("of an event", "Seats"),
    "section": pgettext_lazy("of an event", "Section"),
    "seed": pgettext_lazy("of an event", "Seed"),
    "sheet": pgettext_lazy("of an event", "Score sheet"),
    "sheets": pgettext_lazy("of an event", "Score sheets"),
    "size": pgettext_lazy("of an event", "Size"),
    "stage": pgettext_lazy("of an event", "Stage"),
    "state": pgettext_lazy("of an event", "State"),
    "superseded": pgettext_lazy("of an event", "Superseded"),
    "taken_over": pgettext_lazy("of an event", "Taken over from"),
    "text": pgettext_lazy("of an event", "Digest of the text"),
    "told": pgettext_lazy("of an event", "People told"),
    "unfilled": pgettext_lazy("of an event", "Empty seats"),
    "until": pgettext_lazy("of an event", "Until"),
    "version": pgettext_lazy("of an event", "Version"),
    "year": pgettext_lazy("of an event", "Year"),
}


def in_words(name: str, value: object) -> tuple[str, str]:
    """What an event says beside its kind: codes and digests as they were recorded, instants in Beijing time."""
    return str(PARTICULARS.get(name, name)), _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, dict):
        return _shown([f"{name} {_shown(inner)}" for name, inner in value.items()])
    if isinstance(value, list):
        return pgettext("between the items of a list", ", ").join(map(_shown, value)) or "—"
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return until(datetime.fromisoformat(value))
    return "—" if value in (None, "") else str(value)
