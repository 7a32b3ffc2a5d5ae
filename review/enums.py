"""Choices and refusals of the review, with their words for people."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Outcome(TextChoices):
    """Of the formal review of one version."""

    ACCEPTED = "accepted", _("Accepted for review")
    RETURNED = "returned", _("Returned for correction")
    REJECTED = "rejected", _("Not accepted")


class SheetStatus(TextChoices):
    """Of a score sheet."""

    ASSIGNED = "assigned", _("Not begun")
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    REOPENED = "reopened", _("Reopened")
    RECUSED = "recused", _("Recused")
    DECLINED = "declined", _("Declined")


class Ground(TextChoices):
    """Why an expert steps aside, by analogy with procurement law."""

    KIN = "kin", _("Kinship with a person responsible")
    EMPLOYMENT = "employment", _("Employment, directorship or control within three years")
    SAME_EMPLOYER = "same_employer", _("Same employer as the applicant")
    ADVISED = "advised", _("Helped to prepare this nomination")
    OTHER = "other", _("Other circumstances that may affect fairness")


class RunStatus(TextChoices):
    """Of a run of the assignment: proposed, looked at, applied, undone until something depends on it."""

    PROPOSED = "proposed", _("Proposed")
    APPLIED = "applied", _("Applied")
    UNDONE = "undone", _("Undone")


class SelectionStatus(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    SIGNED_OFF = "signed_off", _("Signed off")
    NOTICE = "notice", _("Public notice")
    DECIDED = "decided", _("Decided")
    VOIDED = "voided", _("Voided")


class Place(TextChoices):
    """Where the selection puts a ranked city."""

    CHOSEN = "chosen", _("On the list")
    RESERVE = "reserve", _("Reserve")
    PASSED_OVER = "passed_over", _("Passed over by a rule")
    NOT_RANKED = "not_ranked", _("Not ranked")


class Refusal(TextChoices):
    NOT_STAFF_STATE = "not_staff_state", _("The review is not at the stage for this.")
    NO_POOL = "no_pool", _("The pool has %(available)s experts; %(wanted)s are needed.")
    DRAWN = "drawn", _("The panel has already been drawn.")
    NOT_DRAWN = "not_drawn", _("The panel has not been drawn yet.")
    NOTHING_ACCEPTED = "nothing_accepted", _("No nomination has been accepted for review yet.")
    OPEN_CHECKS = "open_checks", _("%(count)s nominations still await the formal review.")
    IN_USE = "in_use", _("The assignment can no longer be undone: an expert has begun to score.")
    NOT_PROPOSED = "not_proposed", _("Only a proposed assignment can be applied.")
    NO_PLEDGE = "no_pledge", _("Sign the pledge of integrity before you open a dossier.")
    OWN_PROVINCE = "own_province", _("You work in the province that nominated this city and may not score it.")
    RECUSED = "recused", _("You have recused yourself from this nomination.")
    SHEET_CLOSED = "sheet_closed", _("The deadline for score sheets has passed: %(closed_at)s (Beijing time).")
    SHEET_SUBMITTED = "sheet_submitted", _("This score sheet has been submitted and can no longer be changed.")
    MARK_RANGE = "mark_range", _("A mark for “%(criterion)s” is a whole number from 0 to %(max_mark)s.")
    MARKS_MISSING = "marks_missing", _("%(count)s criteria lack a mark or a comment.")
    STALE = "stale", _("This sheet was saved in another window. Your entries are below; compare and save again.")
    NOT_REOPENABLE = "not_reopenable", _("Only a submitted score sheet can be reopened.")
    NO_REASON = "no_reason", _("A reason is needed.")
    SHEETS_OUT = "sheets_out", _("%(count)s score sheets are still out and their deadline has not passed.")
    NO_RANKING = "no_ranking", _("There is no ranking yet.")
    INFEASIBLE = "infeasible", _("The rules contradict each other: %(rules)s.")
    TIE_OPEN = "tie_open", _("Cities are tied at the cut and the tie rules do not part them. Draw lots in public or decide with a reason.")
    PLACES = "places", _("A number of places other than the planned one needs a reason and a document number.")
    SAME_PERSON = "same_person", _("The list must be released by a second person, not by the one who proposed it.")
    DIGEST_CHANGED = "digest_changed", _("The list has changed since you looked at it. Read it again before you release it.")
    NOT_SIGNED_OFF = "not_signed_off", _("The list has not been signed off.")
    NOT_ON_NOTICE = "not_on_notice", _("The list has not been put on public notice.")
    NOTICE_RUNNING = "notice_running", _("The public notice runs until %(until)s.")
