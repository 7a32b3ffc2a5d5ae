"""What the pages of the review share: the round they are about, and one act with its answer."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from applications import requests
from applications.models import Round
from applications.rules import Refused
from pilotportal.accounts.models import User
from pilotportal.accounts.requests import SignedInRequest
from review.forms import ReviewForm

UNPROCESSABLE = 422


@dataclass(frozen=True, kw_only=True)
class Question:
    """A page of its own for an act that asks for a reason.

    `above` are the titles and addresses of the pages above it; who gives the act up goes to the last of them, who did it goes `to`.
    """

    title: str
    above: list[tuple[str, str]]
    kicker: object
    lead: str
    act: str
    done: str
    to: str
    danger: bool = False


def chosen_round(request: SignedInRequest, *, can: Callable[[User], bool]) -> Round | None:
    """The opened round that the request is about; None where no round has been opened. For those who `can`."""
    if not can(request.user):
        raise PermissionDenied
    return requests.chosen_round(request)


def address(page: str, round: Round) -> str:
    """Of a page that `chosen_round` serves."""
    return f"{reverse(f'review:{page}')}?round={round.code}"


def posted(request: SignedInRequest) -> QueryDict | None:
    """What a form was sent with; None where it was only opened."""
    return request.POST if request.method == "POST" else None


def carried_out(form: ReviewForm, act: Callable[[], object]) -> bool:
    """Whether the entries were in order and the act was done. Where not, the form says why."""
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as refused:
        form.add_error(form.field_of.get(refused.refusal), str(refused))
        return False
    return True


def answer(request: SignedInRequest, act: Callable[[], object], *, done: str, to: str) -> HttpResponse:
    """Do what needs no entry; say that it is done, or why not; go to the page `to`."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect(to)


def ask(request: SignedInRequest, question: Question, form: ReviewForm, act: Callable[[], object]) -> HttpResponse:
    """The question; once answered in order the act is done, otherwise what was entered stands there with the reason why not."""
    if carried_out(form, act):
        messages.success(request, question.done)
        return redirect(question.to)
    _title, back = question.above[-1]
    context = {"question": question, "form": form, "back": back}
    return render(request, "review/question.html", context, status=status_of(form))


def status_of(*forms: ReviewForm) -> int:
    return UNPROCESSABLE if any(form.errors for form in forms) else 200
