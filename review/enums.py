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


class Separation(TextChoices):
    """What puts a nomination behind the one above it; the values are those of `methods.ranking.Separation`."""

    FIRST = "first", _("First")
    SCORE = "score", _("Lower score")
    CRITERION = "criterion", _("Same score; lower mean mark of a tie-breaking criterion")
    TIED = "tied", _("Tied")
    DRAW = "draw", _("Tie parted by a public draw")
    PEOPLE = "people", _("Tie parted by a recorded decision")


class TieMethod(TextChoices):
    """How people part what the tie rules leave tied; the values are those of `Separation`."""

    DRAW = "draw", _("Public draw of lots")
    PEOPLE = "people", _("Decision with a reason")


class Clause(TextChoices):
    """Which rule decided about a city; the values are those of `methods.selection.Reason`, and one for those without a rank."""

    BY_RANK = "by_rank", _("By rank")
    MOVED_UP = "moved_up", _("Moved up")
    FOR_MINIMUM = "for_minimum", _("For a minimum by region")
    MAXIMUM_REACHED = "maximum_reached", _("Limit by region reached")
    KEPT_FOR_MINIMUM = "kept_for_minimum", _("Places kept for a minimum by region")
    PLACES_FILLED = "places_filled", _("All places filled")
    TOO_FEW_SHEETS = "too_few_sheets", _("Too few valid score sheets")


class Place(TextChoices):
    """Where the selection puts a ranked city."""

    CHOSEN = "chosen", _("On the list")
    RESERVE = "reserve", _("Reserve")
    PASSED_OVER = "passed_over", _("Passed over by a rule")
    NOT_RANKED = "not_ranked", _("Not ranked")


class Refusal(TextChoices):
    """Why something cannot be done now. The rules answer with one of these or with nothing."""

    WRONG_STAGE = "wrong_stage", _("The review is not at the stage for this.")
    NOT_STAFF = "not_staff", _("Only ministry staff may do this.")
    BEFORE_DEADLINE = "before_deadline", _("The deadline for nominations has not passed yet: %(closed_at)s (Beijing time).")
    NO_REASON = "no_reason", _("A reason is needed.")
    NOT_AN_EXPERT = "not_an_expert", _("Only an account with the role of an expert enters the pool.")
    NO_PROVINCE = "no_province", _("The employer of the expert has no division; give it one first.")
    NOT_AN_INDUSTRY = "not_an_industry", _("These are no manufacturing divisions: %(codes)s.")
    NO_POOL = "no_pool", _("The pool has %(available)s experts; %(wanted)s are needed.")
    PANEL_SMALL = "panel_small", _("A panel needs at least %(wanted)s experts: so many score each nomination.")
    BAD_NONCE = "bad_nonce", _("The secret number has 64 digits from 0 to 9 and a to f.")
    NO_PUBLIC_NUMBER = "no_public_number", _("Enter the public number that was announced beforehand.")
    COMMITTED = "committed", _("A draw has already been committed to. Carry it out, or withdraw it with a reason.")
    NOT_COMMITTED = "not_committed", _("No draw has been committed to.")
    NOT_THE_COMMITMENT = "not_the_commitment", _("Secret number, size or pool differ from what was committed to.")
    DRAWN = "drawn", _("The panel has already been drawn.")
    NOT_DRAWN = "not_drawn", _("The panel has not been drawn yet.")
    NOTHING_ACCEPTED = "nothing_accepted", _("No nomination has been accepted for review yet.")
    OPEN_CHECKS = "open_checks", _("%(count)s nominations still await the formal review.")
    IN_FORCE = "in_force", _("An assignment is already in force. Undo it first, or fill its empty seats.")
    NOT_IN_FORCE = "not_in_force", _("No assignment is in force.")
    IN_USE = "in_use", _("The assignment can no longer be undone: an expert has already acted on it.")
    NOT_PROPOSED = "not_proposed", _("Only a proposed assignment can be applied.")
    FACTS_CHANGED = "facts_changed", _("Since this was proposed, something that it rests on has changed. Propose it again.")
    SEATS_CONTRADICT = "seats_contradict", _("Seats that are taken break a rule now: %(seats)s. Excuse these experts first.")
    NOT_ON_THE_PANEL = "not_on_the_panel", _("You are not on the panel of this round.")
    OLD_PLEDGE = "old_pledge", _("The text of the pledge has changed since you opened it. Read it again before you sign.")
    NO_PLEDGE = "no_pledge", _("Sign the pledge of integrity before you open a dossier.")
    NOT_YOURS = "not_yours", _("This score sheet belongs to another expert.")
    GIVEN_UP = "given_up", _("This score sheet has been given back.")
    GROUND = "ground", _("Say what the other circumstances are.")
    SHEET_CLOSED = "sheet_closed", _("The deadline for score sheets has passed: %(closed_at)s (Beijing time).")
    SHEET_SUBMITTED = "sheet_submitted", _("This score sheet has been submitted and can no longer be changed.")
    NOT_A_CRITERION = "not_a_criterion", _("The round has no such criterion: %(codes)s.")
    MARK_RANGE = "mark_range", _("A mark for “%(criterion)s” is a whole number from 0 to %(max_mark)s.")
    MARKS_MISSING = "marks_missing", _("%(count)s criteria lack a mark or a comment.")
    STALE = "stale", _("This sheet was saved in another window. Your entries are below; compare and save again.")
    NOT_REOPENABLE = "not_reopenable", _("Only a submitted score sheet can be reopened.")
    SHEETS_OUT = "sheets_out", _("%(count)s score sheets are still out and their deadline has not passed.")
    NO_RANKING = "no_ranking", _("There is no ranking yet.")
    RANKING_OLD = "ranking_old", _("Score sheets have changed since the ranking was computed. Compute it again.")
    NO_SUCH_TIE = "no_such_tie", _("The order must name each city of one tie exactly once.")
    INFEASIBLE = "infeasible", _("The rules contradict each other: %(rules)s.")
    TIE_OPEN = "tie_open", _("%(cities)s are tied at the cut. Draw lots in public or decide with a reason.")
    PLACES = "places", _("A number of places other than the planned one needs a reason and a document number.")
    NO_PLACES = "no_places", _("The list needs at least one place.")
    SELECTION_IN_FORCE = "selection_in_force", _("A list is already in force. Void it first.")
    SAME_PERSON = "same_person", _("The list must be released by a second person, not by the one who proposed it.")
    DIGEST_CHANGED = "digest_changed", _("The list has changed since you looked at it. Read it again before you release it.")
    NOT_TO_SIGN = "not_to_sign", _("Only a proposed list can be signed off.")
    NOT_SIGNED_OFF = "not_signed_off", _("The list has not been signed off.")
    NOT_ON_NOTICE = "not_on_notice", _("The list has not been put on public notice.")
    NOTICE_RUNNING = "notice_running", _("The public notice runs until %(until)s.")
    NO_DECISION_NUMBER = "no_decision_number", _("Enter the document number of the decision.")
    FINAL = "final", _("A decided or voided list can no longer be changed.")
