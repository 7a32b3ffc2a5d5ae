"""What the chosen cities and their provinces enter: plan, filing, progress, summary."""

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import FigureField
from applications.forms.layout import bare_helper
from applications.models import Indicator, Pilot, Plan, Summary
from pilotportal.fields import LongTextField, replaced
from pilotportal.files.enums import Refusal as FileRefusal
from pilotportal.files.models import StoredFile

OUTLINE_LIMIT = 8000  # characters
PART_LIMIT = 8000
REPORT_LIMIT = 4000
KEPT_FOR = 8 * 3600  # seconds


class PlanForm(forms.Form):
    """`seen` are number and revision of the newest version when the page was made."""

    title = forms.CharField(label=_("Title"), max_length=200)
    outline = LongTextField(
        label=_("Main tasks and schedule"),
        max_length=OUTLINE_LIMIT,
        rows=14,
        help_text=_("In short: the tasks, who is responsible, and by when. The issued document is uploaded in the next step."),
    )
    seen = forms.RegexField(r"^\d{1,5}:\d{1,9}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, plan: Plan | None, seen: tuple[int, int], **kwargs: Any) -> None:
        initial = {"title": plan.title, "outline": plan.outline} if plan else {}
        super().__init__(*args, **kwargs | {"initial": initial | {"seen": as_text(seen)}})
        self.helper = bare_helper()

    def see_anew(self, seen: tuple[int, int]) -> None:
        self.data = replaced(self.data, "seen", as_text(seen))


def as_text(seen: tuple[int, int]) -> str:
    return f"{seen[0]}:{seen[1]}"


def as_pair(seen: str) -> tuple[int, int]:
    number, _colon, revision = seen.partition(":")
    return int(number), int(revision)


class IssueForm(forms.Form):
    """The issued document. A file that came with a wrong entry is kept under a signature, so that it is not asked for again."""

    document_number = forms.CharField(label=_("Document number"), max_length=60, help_text=_("Under which the city has issued the plan."))
    file = forms.FileField(
        label=_("Issued document"),
        allow_empty_file=True,
        error_messages={"required": _("Choose the issued document.")},
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    seen = forms.RegexField(r"^\d{1,5}:\d{1,9}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, holder: int, seen: tuple[int, int], **kwargs: Any) -> None:
        """`holder` is the number of the person, so that nobody can hand in what another one uploaded."""
        super().__init__(*args, **kwargs | {"initial": {"seen": as_text(seen)}})
        self.holder = holder
        self.fields["file"].required = self.kept_file is None
        limit = settings.UPLOAD_LIMIT // 2**20
        self.fields["file"].help_text = gettext("The scan with the seal: PDF, JPEG or PNG, at most %(limit)s MB.") % {"limit": limit}
        self.helper = bare_helper()

    def clean_file(self) -> "UploadedFile[Any] | None":
        upload: UploadedFile[Any] | None = self.cleaned_data["file"]
        if upload and (upload.size or 0) > settings.UPLOAD_LIMIT:
            raise ValidationError(FileRefusal.TOO_LARGE.label % {"limit": settings.UPLOAD_LIMIT // 2**20})
        return upload

    @property
    def kept_file(self) -> StoredFile | None:
        """What was uploaded with an earlier, refused attempt."""
        try:
            kept = signing.loads(self.data.get("kept", ""), salt=f"kept-{self.holder}", max_age=KEPT_FOR)
        except signing.BadSignature:
            return None
        return StoredFile.objects.filter(pk=kept).first()

    def keep(self, file: StoredFile) -> None:
        self.data = replaced(self.data, "kept", signing.dumps(file.pk, salt=f"kept-{self.holder}"))


class FilingForm(forms.Form):
    filing_number = forms.CharField(
        label=_("Filing number"),
        max_length=60,
        help_text=_("Under which your department has registered the plan. Filing is not an approval."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare_helper()


class ProgressForm(forms.Form):
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    work = LongTextField(label=_("Work done"), max_length=REPORT_LIMIT, rows=8)
    problems = LongTextField(label=_("Problems"), required=False, max_length=REPORT_LIMIT, rows=4)

    def __init__(self, *args: Any, pilot: Pilot, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicators = list(pilot.indicators.all())
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]
        self.initial["year"] = years[0] if years else None
        self.fields |= {_name(indicator): _figure(indicator) for indicator in self.indicators}
        self.helper = bare_helper()
        figures = Row(*(Column(_name(indicator), css_class="col-md-6") for indicator in self.indicators))
        self.helper.layout = Layout("year", Fieldset(gettext("Figures of the year"), figures), "work", "problems")

    def wanted(self) -> dict[str, Any]:
        """The arguments of `services.pilots.report_progress`; an indicator without a figure is left out."""
        entered = self.cleaned_data
        figures: dict[int, Decimal | None] = {indicator.pk: entered[_name(indicator)] for indicator in self.indicators}
        return {
            "year": entered["year"],
            "work": entered["work"],
            "problems": entered["problems"],
            "actuals": {number: figure for number, figure in figures.items() if figure is not None},
        }


def _name(indicator: Indicator) -> str:
    return f"actual_{indicator.pk}"


def _figure(indicator: Indicator) -> FigureField:
    standing = gettext("Baseline %(year)s: %(baseline)s; target for 2027: %(target)s. Leave it empty if there is no figure yet.")
    facts = {"year": indicator.baseline_year, "baseline": indicator.baseline, "target": indicator.target}
    label = gettext("%(indicator)s (%(unit)s)") % {"indicator": indicator.name, "unit": indicator.unit}
    return FigureField(label=label, required=False, help_text=standing % facts)


class SummaryForm(forms.Form):
    """The four parts that the call names. A draft may have empty parts; handing in asks for all four."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    overview = LongTextField(label=_("Overall situation of the pilot"), required=False, max_length=PART_LIMIT, rows=8)
    results = LongTextField(label=_("Main practices and results"), required=False, max_length=PART_LIMIT, rows=8)
    problems = LongTextField(label=_("Existing problems"), required=False, max_length=PART_LIMIT, rows=8)
    suggestions = LongTextField(label=_("Suggestions"), required=False, max_length=PART_LIMIT, rows=8)

    def __init__(self, *args: Any, summary: Summary | None, **kwargs: Any) -> None:
        parts = {part: getattr(summary, part) for part in Summary.PARTS} if summary else {}
        super().__init__(*args, **kwargs | {"initial": parts | {"revision": summary.revision if summary else 0}})
        self.helper = bare_helper()

    @property
    def parts(self) -> dict[str, str]:
        return {part: self.cleaned_data[part] for part in Summary.PARTS}

    def see_anew(self, revision: int) -> None:
        self.data = replaced(self.data, "revision", str(revision))
