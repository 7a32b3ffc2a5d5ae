"""The report itself: `acceptance.json` for programs, `acceptance.txt` for people."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from pilotportal.accounts.enums import Region
from pilotportal.documents.pdf import demonstration_sentence
from pilotportal.rehearsal.acceptance import figures, files, nominations, pilots, review
from pilotportal.rehearsal.acceptance.check import Check, Checks
from pilotportal.rehearsal.play import Play

PARTS: tuple[Checks, ...] = (nominations.checks, review.checks, pilots.checks, files.checks)


@dataclass(frozen=True)
class Report:
    checks: list[Check]
    figures: dict[str, Any]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def record(self) -> dict[str, Any]:
        return {"checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in self.checks], "figures": self.figures}

    def text(self) -> str:
        failed = sum(not check.ok for check in self.checks)
        verdict = (
            _("The rehearsal is accepted.")
            if self.ok
            else _("The rehearsal is not accepted: %(failed)s checks failed.") % {"failed": failed}
        )
        return "\n".join(
            [
                _("Acceptance report of the rehearsal"),
                demonstration_sentence(),
                _(
                    "All names, figures and results here are invented. "
                    "Only Beijing, Tianjin and Tangshan are publicly known to have really been selected."
                ),
                "",
                verdict,
                "",
                *(_figures(self.figures) if self.figures else []),
                "",
                *(f"{'✓' if check.ok else '✗'} {check.title} — {check.detail}" for check in self.checks),
                "",
                demonstration_sentence(),
                "",
            ]
        )


def of(play: Play) -> Report:
    """Check everything; a check that breaks is a check that failed."""
    played = Check("played", _("The whole round was played"), ok=True, detail=", ".join(play.timings))
    return Report([played, *(check for part in PARTS for check in _checks(part, play))], figures.of(play))


def of_failure(fault: Exception, *, stage: str) -> Report:
    """The round could not be played to its end."""
    return Report([Check("played", _("The whole round was played"), ok=False, detail=f"{stage}: {fault!r}")], {})


def _checks(part: Checks, play: Play) -> Iterator[Check]:
    try:
        yield from part(play)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the report must still be written, and say it
        yield Check(
            f"{part.__module__.rpartition('.')[2]}_unfinished", _("These checks could not be finished"), ok=False, detail=repr(fault)
        )


def write(report: Report, folder: Path) -> None:
    (folder / "acceptance.json").write_text(json.dumps(report.record(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "acceptance.txt").write_text(report.text(), encoding="utf-8")


def _figures(found: dict[str, Any]) -> list[str]:
    titles = {
        "nominations_in": _("Nominations in"),
        "refused_late": _("Refused as late"),
        "returned": _("Returned for correction"),
        "rejected": _("Rejected"),
        "seats": _("Seats of experts"),
        "recusals": _("Recusals"),
        "sheets": _("Score sheets handed in"),
        "plans_filed": _("Plans filed"),
        "plans_late": _("Of these handed in late"),
        "summaries": _("Summaries"),
        "summaries_late": _("Of these handed in late"),
    }
    regions = {region: [city["name"] for city in found["selected"] if city["region"] == region] for region in Region.values}
    return [
        *(f"{title}: {found[name]}" for name, title in titles.items()),
        _("On the list of this rehearsal: %(count)s") % {"count": len(found["selected"])},
        *(f"  {Region(region).label} {len(cities)}: {'、'.join(cities)}" for region, cities in regions.items()),
    ]
