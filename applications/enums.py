"""Choices and refusals, with their words for people."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Basis(TextChoices):
    """Where a rule of the round comes from."""

    KNOWN = "known", _("In a public document")
    DEFAULT = "default", _("Default of this portal")
    DECIDED = "decided", _("Decided for this round")


class Aggregation(TextChoices):
    MEAN = "mean", _("Plain mean of the sheets")
    TRIMMED = "trimmed", _("Mean without one highest and one lowest sheet (from 5 sheets on)")


class DeadlineKind(TextChoices):
    NOMINATION = "nomination", _("Nomination")
    SCORE_SHEETS = "score_sheets", _("Score sheets")
    PLAN = "plan", _("Implementation plan")
    SUMMARY = "summary", _("Summary")
    CORRECTION = "correction", _("Correction")


class Status(TextChoices):
    """Of a nomination. Whether a draft has lapsed is derived from the deadline; what is proposed stands with the selection."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for correction")
    ACCEPTED = "accepted", _("Accepted for review")
    REJECTED = "rejected", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SELECTED = "selected", _("Selected")
    NOT_SELECTED = "not_selected", _("Not selected")
    STRUCK = "struck", _("Struck from the list")


class AttachmentKind(TextChoices):
    LETTER = "letter", _("Stamped recommendation letter")
    EVIDENCE = "evidence", _("Evidence")


class Verdict(TextChoices):
    """Of a co-department on what it was shown."""

    SIGNED = "signed", _("Co-signed")
    OBJECTED = "objected", _("Objected")


class SignatureState(TextChoices):
    """Of one co-department and one nomination; derived from what it said last and of which content."""

    NOT_ASKED = "not_asked", _("Not asked yet")
    ASKED = "asked", pgettext_lazy("co-signature", "Asked")
    SIGNED = "signed", _("Co-signed")
    LAPSED = "lapsed", _("Lapsed: changed since it was signed")
    OBJECTED = "objected", _("Objected")


class MatchedBy(TextChoices):
    """How the scan of a letter was tied to the letter that the portal wrote."""

    READ = "read", _("Code read from the scan")
    TYPED = "typed", _("Code typed in")


class Act(TextChoices):
    """What somebody gets a receipt for."""

    SUBMITTED = "submitted", _("Nomination submitted")
    CORRECTED = "corrected", _("Correction submitted")
    WITHDRAWN = "withdrawn", _("Nomination withdrawn")
    LETTER_SCANNED = "letter_scanned", _("Stamped recommendation letter handed in")
    INVITED = "invited", _("City invited to draft")
    HANDED_BACK = "handed_back", _("Draft handed back to the province")
    INVITATION_ENDED = "invitation_ended", _("Invitation of the city ended")
    SIGNATURES_ASKED = "signatures_asked", _("Co-signatures asked for")
    REQUEST_CANCELLED = "request_cancelled", _("Request for a co-signature cancelled")
    COSIGNED = "cosigned", _("Nomination co-signed")
    OBJECTED = "objected", _("Objection to a nomination")
    PLACES_GRANTED = "places_granted", _("Places granted beyond the quota")
    PLAN_ISSUED = "plan_issued", _("Implementation plan handed in")
    PLAN_FILED = "plan_filed", _("Implementation plan filed")
    SUMMARY_SUBMITTED = "summary_submitted", _("Summary handed in")
    SUMMARY_ENDORSED = "summary_endorsed", _("Summary endorsed")


class Standing(TextChoices):
    """Of what is owed at a deadline; derived, never stored."""

    AWAITED = "awaited", _("Not due yet")
    IN_TIME = "in_time", _("In time")
    LATE = "late", _("Late")
    OVERDUE = "overdue", _("Overdue")


class PlanStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued by the city")
    FILED = "filed", _("Filed with the province")


class SummaryStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    ENDORSED = "endorsed", _("Endorsed by the province")
    ACCEPTED = "accepted", pgettext_lazy("summary", "Accepted by the ministry")


class Refusal(TextChoices):
    """Why something cannot be done now. The rules answer with one of these or with nothing."""

    NOT_PREPARING = "not_preparing", _("The round has been opened; its rules can no longer be edited.")
    NOT_OPENED = "not_opened", _("The round has not been opened yet.")
    WEIGHTS = "weights", _("The weights of the criteria must add up to 100; they add up to %(total)s.")
    NO_CRITERIA = "no_criteria", _("The round has no criteria yet.")
    NO_DEADLINE = "no_deadline", _("The round lacks a deadline: %(kinds)s.")
    DEADLINE_ORDER = "deadline_order", _("The deadline “%(later)s” must come after the deadline “%(earlier)s”.")
    NO_QUOTA = "no_quota", _("No province has a quota yet.")
    REGIONS = "regions", _("With these limits by region the planned %(planned)s places cannot be filled: they allow %(low)s to %(high)s.")
    FORM = "form", _("The form of the nomination: %(fault)s")
    TIE_RULES = "tie_rules", _("A tie rule names a criterion that the round does not have: %(codes)s.")
    SHEETS = "sheets", _("The minimum of score sheets is greater than the number of experts on a nomination.")
    CLOSED = "closed", _("The deadline has passed: %(closed_at)s (Beijing time).")
    NOT_EDITABLE = "not_editable", _("This nomination has been submitted and can no longer be edited.")
    NOT_A_DRAFT = "not_a_draft", _("This nomination has already been submitted.")
    OTHER_PROVINCE = "other_province", _("%(city)s does not belong to your province.")
    NOT_A_CITY = "not_a_city", _("%(city)s cannot be nominated: only prefecture-level units, municipalities and the Corps can.")
    NO_REASON = "no_reason", _("A unit that is not a prefecture-level city needs a stated reason.")
    TWICE = "twice", _("%(city)s has already been nominated in this round.")
    QUOTA = "quota", _("Your province may nominate %(places)s in this round, and has done so. Withdraw a nomination to name another city.")
    INCOMPLETE = "incomplete", _("The nomination is not complete: %(count)s entries are missing or need attention.")
    NO_LETTER = "no_letter", _("The stamped recommendation letter has not been uploaded.")
    OBJECTED = "objected", _("An objection stands: %(departments)s. Change what it is about; the department then signs what it reads.")
    UNSIGNED = "unsigned", _("Not co-signed as it stands now: %(departments)s.")
    STALE = "stale", _("Somebody else saved this section at the same time. Your entries are below; compare and save again.")
    NOT_OPEN_FIELD = "not_open_field", _("Only the returned entries can be changed.")
    CHANGED = "changed", _("The nomination was changed after you opened this page. Read it again below, then submit.")
    INVITED = "invited", _("The city has been invited already and has not handed the nomination back yet.")
    OWN_CITY = "own_city", _("%(city)s nominates itself: there is no other bureau to invite.")
    NOT_INVITED = "not_invited", _("The invitation of the city has ended. Nothing was changed.")
    COSIGNED_BEFORE = "cosigned_before", _("Co-departments sign before the nomination is first submitted; this one has been.")
    NOT_ASKED = "not_asked", _("Your department is not asked to co-sign this nomination, or no longer.")
    ASKED_BEFORE = "asked_before", _("%(departments)s: asked already.")
    NO_DEPARTMENT = "no_department", _("Choose at least one department.")
    REQUIRED = "required", _("The rules of the round require this co-signature; the request cannot be cancelled.")
    TO_COMPLETE = "to_complete", _("It can be co-signed once it is complete: %(count)s entries are missing or need attention.")
    CHANGED_FOR_SIGNER = "changed_for_signer", _("The nomination was changed after you opened this page. Read it again below, then decide.")
    SAID_BEFORE = "said_before", _("Your department has said this of exactly this content already.")
    NO_OBJECTION = "no_objection", _("Say what the objection is about.")
    NO_EXCEPTION_FOR_ITSELF = "no_exception_for_itself", _("%(province)s nominates itself; there is nothing beyond one place.")
    NO_QUOTA_TO_EXTEND = "no_quota_to_extend", _("%(province)s has no quota in this round.")
    NOT_SUBMITTED = "not_submitted", _("Only a submitted nomination can be reviewed.")
    NO_FIELDS = "no_fields", _("Name at least one entry that is to be corrected.")
    UNKNOWN_FIELDS = "unknown_fields", _("The form has no such entry: %(codes)s.")
    CORRECTION_PAST = "correction_past", _("The deadline of the correction must lie in the future.")
    NOT_WITHDRAWABLE = "not_withdrawable", _("This nomination can no longer be withdrawn.")
    NOT_ACCEPTED = "not_accepted", _("Only an accepted nomination can be decided.")
    SAME_DEADLINE = "same_deadline", _("This is the deadline in force already. Enter another date.")
    NOT_AHEAD = "not_ahead", _("The new deadline must lie in the future: nobody can be held to a date after it has passed.")
    BEFORE_THE_OTHERS = (
        "before_the_others",
        _("A province cannot be given less time than all others. Enter the common deadline or a later one."),
    )
    NOT_BY_PROVINCE = "not_by_province", _("This deadline is the same for all; it cannot be moved for one province.")
    SEALED = (
        "sealed",
        _("Your request arrived in time but could not be completed before the list of the deadline was sealed. Nothing was changed."),
    )
    CODE_TAKEN = "code_taken", _("There is a round with this code already. Choose another code.")
    CHANGED_MEANWHILE = (
        "changed_meanwhile",
        _("Somebody else changed this round meanwhile. Your entries are below; compare them with the round and save again."),
    )
    NO_GROUND = "no_ground", _("A reason and a document number are needed.")
    PLAN_STATE = "plan_state", _("The implementation plan is not in a state that allows this.")
    SUMMARY_STATE = "summary_state", _("The summary is not in a state that allows this.")
    NO_NUMBER = "no_number", _("A document number is needed.")
    NOT_A_YEAR_OF_THE_PILOT = "not_a_year_of_the_pilot", _("Progress can be reported for the years %(first)s to %(last)s.")
    EMPTY_PART = "empty_part", _("All four parts of the summary must be filled in.")
    REPORTED = "reported", _("The progress of %(year)s has already been reported.")
    BEFORE_DEADLINE = "before_deadline", _("The deadline has not passed yet.")


class WorkbookRefusal(TextChoices):
    """Why a filled-in workbook is not taken over."""

    APPLIED = "applied", _("The entries of this workbook have been taken over already. Upload the file again if it has changed since.")
    UNDECIDED = "undecided", _("Choose for each entry that was changed on both sides which one is to stand.")
    MOVED_ON = "moved_on", _("Something was saved after this page was made. Read the changes again, then confirm.")
    NOT_CLEAN = "not_clean", _("The workbook no longer fits the form as it stands. Download the form again and fill that in.")


class Problem(TextChoices):
    """What is wrong with an entry of the form."""

    MISSING = "missing", _("This entry is missing.")
    UNDERTAKING = "undertaking", _("The undertaking must be confirmed.")
    TOO_FEW_ROWS = "too_few_rows", _("At least %(minimum)s rows are needed here.")
    TOO_MANY_ROWS = "too_many_rows", _("At most %(maximum)s rows can be entered here.")
    TOO_LONG = "too_long", _("At most %(maximum)s characters fit here; this has %(length)s.")
    NOT_INTEGER = "not_integer", _("Enter a whole number, for example 1200.")
    NOT_NUMBER = "not_number", _("Enter a number, for example 1200.5.")
    IN_MYRIADS = "in_myriads", _("Write the number in digits, in the unit of this entry; 万 and 亿 are not converted.")
    TOO_PRECISE = "too_precise", _("At most %(places)s decimal places can be kept here.")
    TOO_SMALL = "too_small", _("The number must be at least %(minimum)s.")
    TOO_LARGE = "too_large", _("The number must be at most %(maximum)s.")
    NOT_YEAR = "not_year", _("Enter a year from %(first)s to %(last)s.")
    NOT_A_CHOICE = "not_a_choice", _("Choose one of the entries of the list.")
    UNKNOWN_ENTRY = "unknown_entry", _("The form has no such entry: %(codes)s.")
    NOT_CANONICAL = "not_canonical", _("This value cannot be stored as it stands.")


class LetterRefusal(TextChoices):
    """Why a recommendation letter cannot be made, or its scan not be taken."""

    NOBODY = "nobody", _("Choose at least one nomination for the letter.")
    NUMBER = "number", _("Write the document number with its year in brackets, for example 冀人社函〔2025〕12号.")
    NOT_IN_LETTER = "not_in_letter", _("No letter can be made for %(cities)s: %(why)s")
    UNREAD = "unread", _("No code could be read from this scan. Type the code that is printed beside the square at the foot of the letter.")
    UNKNOWN_CODE = "unknown_code", _("%(code)s is not the code of this letter, which is %(own)s. Look at the foot of the scanned page.")
    OTHER_LETTER = (
        "other_letter",
        _("This is the scan of another letter: %(number)s, code %(code)s, for %(cities)s. Upload it on the page of that letter."),
    )
    CHANGED_SINCE = (
        "changed_since",
        _("Changed after this letter was made: %(cities)s. The letter names another content; make a new letter."),
    )
    REORDERED = "reordered", _("The order was changed after this letter was made: %(cities)s. Make a new letter.")
    OTHER_CONTENT = (
        "other_content",
        _("The recommendation letter names another content: the nomination was changed after it was made. Make a new letter."),
    )
    NO_ORDER = "no_order", _("The order of the nominations does not count in this round.")
    PLACE_FIXED = "place_fixed", _("%(city)s keeps its place: it has been handed in, or the scan of its letter names the place.")


class EvidenceRefusal(TextChoices):
    """Why a file of the nomination cannot be changed, or stands in the way."""

    GONE = "gone", _("This file is no longer part of the nomination: somebody has taken it out or replaced it. Look at the list again.")
    STANDING = "standing", _("This file is part of the nomination already.")
    UNKNOWN_ENTRY = "unknown_entry", _("The form has no such entry. Choose the entry again.")
    INFECTED = "infected", _("Malware was found in the file “%(name)s”. Take it out, and upload a clean one if you need it.")


class CorrectionRefusal(TextChoices):
    """Why a correction cannot be asked for, or not be handed in."""

    NO_NOTE = "no_note", _("Each entry that is returned needs a note: %(entries)s.")
    REST_CHANGED = (
        "rest_changed",
        _("Something was changed that the correction did not open. Nothing can be handed in like this; tell the ministry."),
    )
