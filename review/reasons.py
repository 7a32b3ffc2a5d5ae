"""One sentence for each city of a selection: which rule put it where it is, and on what facts.

The facts stand in the entry itself, so a sentence can be written, printed and checked without reading anything else:

    number      the bound of the rule, or the number of places
    region      of the bound, where it bounds a region
    holders     ranks of the cities that had used the bound up
    kept        [{"region", "number", "places"}]: places kept for minima not met yet
    sheets, minimum     of a city without a rank
    first_for   [regions]: of a reserve, where it is first in line for a place that falls free
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pilotportal.accounts.enums import Region
from review.enums import Clause, Place, Separation

Facts = Mapping[str, Any]


class Reasoned(Protocol):
    """An entry of a selection, saved or only proposed."""

    rank: int | None
    place: str
    clause: str
    facts: Facts


def sentence(entry: Reasoned) -> str:
    """The reason in the language in force, as one sentence that ends with a full stop; of a reserve also where it is next in line."""
    reason = _SENTENCES[Clause(entry.clause)](entry.rank, entry.facts)
    if entry.place == Place.RESERVE:
        regions = listed([Region(code).label for code in entry.facts["first_for"]])
        return _("%(reason)s First in line for a place that falls free in: %(regions)s.") % {"reason": reason, "regions": regions}
    return reason


def listed(items: list[Any]) -> str:
    return pgettext("between the items of a list", ", ").join(str(item) for item in items)


def limit(clause: str, region: str, number: int) -> str:
    """A rule of the round in words, as the contradiction of rules names it."""
    label = Region(region).label if region else ""
    texts = {
        "minimum": _("at least %(number)s from region %(region)s"),
        "maximum": _("at most %(number)s from region %(region)s"),
        "places": _("%(number)s places in all"),
        "available": _("only %(number)s ranked cities in region %(region)s"),
        "available_in_all": _("only %(number)s ranked cities in all"),
    }
    return texts[clause] % {"number": number, "region": label}


def _by_rank(rank: int | None, facts: Facts) -> str:
    return _("Ranked %(rank)s, within the %(number)s places.") % {"rank": rank, "number": facts["number"]}


def _moved_up(rank: int | None, facts: Facts) -> str:
    text = _("Ranked %(rank)s; moved up within the %(number)s places because rules kept out cities ranked before it.")
    return text % {"rank": rank, "number": facts["number"]}


def _for_minimum(rank: int | None, facts: Facts) -> str:
    text = _("Ranked %(rank)s; on the list because region %(region)s has at least %(number)s places.")
    return text % {"rank": rank, "region": Region(facts["region"]).label, "number": facts["number"]}


def _maximum_reached(_rank: int | None, facts: Facts) -> str:
    text = _("Limit by region: at most %(number)s cities of region %(region)s, used up by those ranked %(ranks)s.")
    return text % {"number": facts["number"], "region": Region(facts["region"]).label, "ranks": listed(facts["holders"])}


def _kept_for_minimum(_rank: int | None, facts: Facts) -> str:
    part = _("%(places)s for region %(region)s, which has at least %(number)s")
    kept = [part % {"places": k["places"], "region": Region(k["region"]).label, "number": k["number"]} for k in facts["kept"]]
    return _("The remaining places were kept for minima not met yet: %(kept)s.") % {"kept": listed(kept)}


def _places_filled(_rank: int | None, facts: Facts) -> str:
    return _("All %(number)s places went to cities ranked before it.") % {"number": facts["number"]}


def _too_few_sheets(_rank: int | None, facts: Facts) -> str:
    text = _("Not ranked: %(sheets)s valid score sheets, where the rules of the round ask for at least %(minimum)s.")
    return text % {"sheets": facts["sheets"], "minimum": facts["minimum"]}


_SENTENCES: dict[Clause, Callable[[int | None, Facts], str]] = {
    Clause.BY_RANK: _by_rank,
    Clause.MOVED_UP: _moved_up,
    Clause.FOR_MINIMUM: _for_minimum,
    Clause.MAXIMUM_REACHED: _maximum_reached,
    Clause.KEPT_FOR_MINIMUM: _kept_for_minimum,
    Clause.PLACES_FILLED: _places_filled,
    Clause.TOO_FEW_SHEETS: _too_few_sheets,
}


def shortage(record: Facts) -> str:
    """Why seats of a nomination stay empty: how many, and what keeps away each expert who does not sit on it."""
    texts = {
        "recused": _("%(count)s have stepped aside"),
        "own_province": _("%(count)s work in the province that nominates it"),
        "own_employer": _("%(count)s have an employer that takes part in it"),
        "declined": _("%(count)s have given the sheet back"),
        "barred": _("%(count)s have been ruled out"),
        "same_group": _("%(count)s have a colleague on it"),
        "full": _("%(count)s have as many sheets as they may"),
    }
    counts = {**record["excluded"], "same_group": record["same_group"], "full": record["full"]}
    kept_away = listed([texts[reason] % {"count": count} for reason, count in counts.items() if count])
    text = _("Experts missing: %(missing)s. Of the others: %(kept_away)s.") if kept_away else _("Experts missing: %(missing)s.")
    return text % {"missing": record["missing"], "kept_away": kept_away}


def separation(entry: Facts, *, names: Mapping[str, str], minimum: int) -> str:
    """What puts a ranked entry behind the one above it; `names` of the criteria by their codes. Empty where the score alone does."""
    if entry["flagged"]:
        return _too_few_sheets(None, {"sheets": entry["sheets"], "minimum": minimum})
    if entry["tied"]:
        return str(Separation.TIED.label)
    texts = {
        Separation.CRITERION: _("Same score as the one before; parted by the mean mark of “%(criterion)s”"),
        Separation.DRAW: Separation.DRAW.label,
        Separation.PEOPLE: Separation.PEOPLE.label,
    }
    return str(texts.get(entry["behind"], "")) % {"criterion": names.get(entry["criterion"], "")}
