"""The form of a round in preparation: its parts changed one by one, seen as the province will see them, compared with another round's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import permissions, queries, reliance, revising, shipped
from applications.definition import FormDefinition
from applications.enums import Refusal
from applications.forms.definitions import FORMS, TYPES, PartForm, PatternForm
from applications.forms.sections import SectionForm
from applications.models import Round
from applications.rules import Refused
from applications.services import rounds
from applications.views import acts
from applications.views.definitions import differences
from pilotportal.accounts.requests import SignedInRequest

SHIPPED = "shipped"
STEPS = {"up": -1, "down": 1}
WITHIN: Mapping[str, tuple[str, ...]] = {"form": ("section",), "section": ("field", "group"), "group": ("field",), "field": ()}


@dataclass(frozen=True)
class Line:
    """A part within another, with what can be done to it."""

    path: str
    code: str
    label: str
    shape: str
    is_first: bool
    is_last: bool
    is_relied_on: bool


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, code: str, path: str = "") -> HttpResponse:
    """The properties of one part, and the parts within it."""
    round = _preparing(request, code)
    if round.is_opened:
        return _frozen(request, round)
    kind, part = _part(round, path)
    form = FORMS[kind](acts.posted(request), properties=part, seen=rounds.digest_of_rules(round))
    if form.is_bound and form.is_valid():
        changed = revising.replaced(round.form, path, form.properties)
        if _save(request, round, changed, form.cleaned_data["seen"], form):
            messages.success(request, _("Saved: %(part)s.") % {"part": _name(form.properties) or form.title})
            return redirect(_address(round, _renamed(path, form.properties)))
    return acts.answer(request, "applications/draft_part.html", _context(request, round, path, kind, form), refused=form.is_bound)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, code: str, kind: str, path: str = "") -> HttpResponse:
    round = _preparing(request, code)
    if round.is_opened:
        return _frozen(request, round)
    parent, _properties = _part(round, path)
    if kind not in WITHIN[parent]:
        raise Http404
    form = FORMS[kind](acts.posted(request), properties={}, seen=rounds.digest_of_rules(round))
    if form.is_bound and form.is_valid():
        new = {**form.properties, **({"fields": [_first_column()]} if kind == "group" else {})}
        if _save(request, round, revising.added(round.form, path, kind, new), form.cleaned_data["seen"], form):
            messages.success(request, _("Added: %(part)s.") % {"part": _name(form.properties)})
            return redirect(_address(round, _joined(path, form.properties["code"])))
    context = {"round": round, "form": form, "path": path, "crumbs": _crumbs(round, path), "kind": kind, "back": _address(round, path)}
    return acts.answer(request, "applications/draft_add.html", context, refused=form.is_bound)


@login_required
@require_POST
def move(request: SignedInRequest, code: str) -> HttpResponse:
    """One place up or down among its neighbours."""
    round = _preparing(request, code)
    if round.is_opened:
        return _frozen(request, round)
    step, _colon, path = request.POST.get("command", "").partition(":")
    parent = path.rpartition(".")[0]
    if step not in STEPS or not path:
        raise Http404
    _part(round, path)
    try:
        _store(request, round, revising.moved(round.form, path, STEPS[step]), request.POST.get("seen"))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"{_address(round, parent)}#parts")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, code: str, path: str) -> HttpResponse:
    """Asks first, and says what goes with it."""
    round = _preparing(request, code)
    if round.is_opened:
        return _frozen(request, round)
    kind, part = _part(round, path)
    parent = path.rpartition(".")[0]
    changed = revising.removed(round.form, path)
    refusals = revising.why_not(changed)
    if request.method == "POST" and not refusals:
        try:
            _store(request, round, changed, request.POST.get("seen"))
        except Refused as refused:
            refusals = [str(refused)]
        else:
            messages.success(request, _("Removed: %(part)s.") % {"part": _name(part)})
            return redirect(_address(round, parent))
    context = {
        "round": round, "path": path, "label": _name(part), "crumbs": _crumbs(round, parent), "refusals": refusals,
        "within": [line.label for line in _lines(part, kind, path)], "seen": rounds.digest_of_rules(round), "back": _address(round, parent),
    }  # fmt: skip
    return acts.answer(request, "applications/draft_remove.html", context, refused=request.method == "POST")


@login_required
@require_POST
def take_over(request: SignedInRequest, code: str) -> HttpResponse:
    """The whole form of another round, or the one that ships with the portal, in the place of this one."""
    round = _preparing(request, code)
    if round.is_opened:
        return _frozen(request, round)
    form = PatternForm(request.POST, patterns=_patterns(request, round), seen="")
    if form.is_valid():
        pattern = _form_of(request, form.cleaned_data["pattern"])
        try:
            _store(request, round, revising.patterned(round.form, pattern), form.cleaned_data["seen"])
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The form has been taken over. Every part can still be changed."))
    else:
        messages.error(request, _("Choose the form to take over."))
    return redirect(_address(round, ""))


@login_required
@require_safe
def preview(request: SignedInRequest, code: str, section: str) -> HttpResponse:
    """A section exactly as the province will fill it in, with nothing that can be sent."""
    round = permissions.round_for(request.user, code, can=permissions.can_prepare_rounds)
    sections = round.definition.sections
    chosen = round.definition.section(section)
    if chosen is None:
        raise Http404
    form = SectionForm(chosen, standing={}, revision=0, open_codes=chosen.codes)
    language = get_language()
    context = {
        "round": round,
        "form": form,
        "label": chosen.label.in_language(language),
        "help": chosen.help.in_language(language),
        "sections": [{"code": each.code, "label": each.label.in_language(language), "current": each == chosen} for each in sections],
        "version": round.definition.version,
    }
    return render(request, "applications/draft_preview.html", context)


@login_required
@require_safe
def compare(request: SignedInRequest, code: str) -> HttpResponse:
    """What differs from the form of another round."""
    round = permissions.round_for(request.user, code, can=permissions.can_prepare_rounds)
    patterns = _patterns(request, round)
    against = request.GET.get("against") or patterns[0][0]
    if against not in dict(patterns):
        raise Http404
    other = FormDefinition.model_validate(_form_of(request, against))
    context = {
        "round": round,
        "patterns": patterns,
        "against": against,
        "other": dict(patterns)[against],
        "differences": differences(other, round.definition, get_language()),
    }
    return render(request, "applications/draft_compare.html", context)


def _preparing(request: SignedInRequest, code: str) -> Round:
    return permissions.round_for(request.user, code, can=permissions.can_prepare_rounds)


def _frozen(request: SignedInRequest, round: Round) -> HttpResponse:
    messages.error(request, Refusal.NOT_PREPARING.label)
    return redirect("applications:round_form", round.code)


def _part(round: Round, path: str) -> tuple[str, dict[str, Any]]:
    try:
        return revising.kind_of(round.form, path), revising.part(round.form, path)
    except revising.NoSuchPart as nothing:
        raise Http404 from nothing


def _save(request: SignedInRequest, round: Round, changed: revising.Form, seen: str, form: PartForm) -> bool:
    """Judges the form as a whole before it is stored; what is wrong stands on the page with all that was typed."""
    try:
        if sentences := revising.why_not(changed):
            for sentence in sentences:
                form.add_error(None, sentence)
            return False
        _store(request, round, changed, seen)
    except Refused as refused:
        form.add_error(None, str(refused))
        form.see_anew(rounds.digest_of_rules(round))
        return False
    return True


def _store(request: SignedInRequest, round: Round, changed: revising.Form, seen: str | None) -> None:
    if changed == round.form:
        return
    record = {**rounds.snapshot(round), "form": revising.renewed(changed)}
    rounds.save(round_id=round.pk, record=record, seen=seen or "", by=request.user, at=request.received_at)


def _context(request: SignedInRequest, round: Round, path: str, kind: str, form: PartForm) -> dict[str, Any]:
    part, seen = revising.part(round.form, path), rounds.digest_of_rules(round)
    return {
        "round": round,
        "form": form,
        "path": path,
        "kind": kind,
        "label": _name(part) if path else "",
        "version": round.form["version"],
        "crumbs": _crumbs(round, path),
        "relied_on": reliance.why_relied_on(path),
        "refusals": revising.why_not(round.form) if not path and not form.is_bound else [],
        "lists": [(inner, FORMS[inner].title, _lines(part, kind, path, only=inner)) for inner in WITHIN[kind]],
        "section": path if kind == "section" else "",
        "seen": seen,
        "patterns": PatternForm(patterns=_patterns(request, round), seen=seen) if not path else None,
    }


def _lines(part: Mapping[str, Any], kind: str, path: str, *, only: str = "") -> list[Line]:
    lines = []
    for inner in (only,) if only else WITHIN[kind]:
        parts = part.get(revising.LISTS[inner], [])
        lines += [_line(each, inner, _joined(path, each["code"]), number, len(parts)) for number, each in enumerate(parts, start=1)]
    return lines


def _line(part: Mapping[str, Any], kind: str, path: str, number: int, count: int) -> Line:
    return Line(
        path=path,
        code=part["code"],
        label=_name(part),
        shape=_shape(part, kind),
        is_first=number == 1,
        is_last=number == count,
        is_relied_on=reliance.is_relied_on(path),
    )


def _shape(part: Mapping[str, Any], kind: str) -> str:
    if kind == "field":
        words = str(TYPES[part["type"]])
        return words if part.get("required", True) else _("%(shape)s (optional)") % {"shape": words}
    if kind == "group":
        return _("%(least)s to %(most)s rows") % {"least": part.get("minimum", 0), "most": part.get("maximum", 20)}
    return _("Entries: %(entries)s, tables: %(tables)s") % {"entries": len(part.get("fields", [])), "tables": len(part.get("groups", []))}


def _name(part: Mapping[str, Any]) -> str:
    label = part.get("label") or {}
    return label.get("en" if (get_language() or "").startswith("en") else "zh", "")


def _first_column() -> dict[str, Any]:
    """A table has at least one column; this one is there to be renamed."""
    return {"code": "name", "label": {"zh": "名称", "en": "Name"}, "type": "text", "source": "—"}


def _crumbs(round: Round, path: str) -> list[tuple[str, str]]:
    """The parts above and this one, each with its address."""
    codes = path.split(".") if path else []
    paths = [".".join(codes[: depth + 1]) for depth in range(len(codes))]
    return [(_name(revising.part(round.form, each)) or each, _address(round, each)) for each in paths]


def _joined(path: str, code: str) -> str:
    return f"{path}.{code}" if path else code


def _renamed(path: str, properties: Mapping[str, Any]) -> str:
    return _joined(path.rpartition(".")[0], properties["code"]) if path else ""


def _address(round: Round, path: str) -> str:
    name, arguments = ("applications:draft_part", [round.code, path]) if path else ("applications:draft", [round.code])
    return reverse(name, args=arguments)


def _patterns(request: SignedInRequest, round: Round) -> list[tuple[str, str]]:
    others = queries.rounds_visible_to(request.user).exclude(pk=round.pk).defer("form")
    return [*((other.code, str(other)) for other in others), (SHIPPED, _("The form of 2025 as it ships with the portal"))]


def _form_of(request: SignedInRequest, pattern: str) -> dict[str, Any]:
    if pattern == SHIPPED:
        return dict(shipped.round_2025()["form"])
    return dict(permissions.round_for(request.user, pattern).form)
