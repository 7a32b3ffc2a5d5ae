"""Who gets what from which address: the table that `docs/permissions.md` shows and `test_permissions.py` tries, request by request.

`scripts/test tests/project/test_permissions.py --write-docs` writes the page anew.

A row names an address of the URL list, the things of the scene that it is about, and who may. Who is not named there is refused
(403) where the row says that they see the thing or that it is no secret, and else told that it does not exist (404). Nobody signed in
is sent to the sign-in, unless the row is public. `get` and `post` are the answers to those who may; POST is sent empty, so 422 says
that what was missing is asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.project.scene import Actor

Actors = frozenset[Actor]

EVERYBODY = frozenset(Actor)
SIGNED_IN = EVERYBODY - {Actor.ANONYMOUS}
OWN_PROVINCE = frozenset({Actor.HANDLER, Actor.APPROVER})
PROVINCES = OWN_PROVINCE | {Actor.OTHER_PROVINCE}
CITIES = frozenset({Actor.CITY, Actor.OTHER_CITY})
EXPERTS = frozenset({Actor.EXPERT, Actor.OTHER_EXPERT, Actor.OUTSIDER})
READERS = frozenset({Actor.STAFF, Actor.PARTNER, Actor.SUPERVISOR})
SEAT_READERS = frozenset({Actor.STAFF, Actor.SUPERVISOR})
ADMINISTRATORS = frozenset({Actor.SYSTEM_ADMIN, Actor.SECURITY_ADMIN, Actor.AUDIT_ADMIN})
SYSTEM_ADMIN, SECURITY_ADMIN = (frozenset({actor}) for actor in (Actor.SYSTEM_ADMIN, Actor.SECURITY_ADMIN))
KEEPERS = SYSTEM_ADMIN | SECURITY_ADMIN
OF_THE_ROUND = SIGNED_IN - ADMINISTRATORS
NOBODY: Actors = frozenset()
STAFF, HANDLER, APPROVER, CITY, EXPERT, SUPERVISOR = (
    frozenset({actor}) for actor in (Actor.STAFF, Actor.HANDLER, Actor.APPROVER, Actor.CITY, Actor.EXPERT, Actor.SUPERVISOR)
)
CO_DEPARTMENT = frozenset({Actor.CO_DEPARTMENT})
PASSED_TO = CITY | CO_DEPARTMENT
FORBIDDEN, UNKNOWN, SIGN_IN = 403, 404, 302

EXCEPT = {"ready": "a probe, the same for everybody; its answer depends on the machine (tests/pilotportal/test_health.py)"}


@dataclass(frozen=True)
class Row:
    name: str
    about: tuple[str, ...] = ()
    may: Actors = NOBODY
    refused: Actors = NOBODY
    get: int | None = None
    post: int | None = None
    public: bool = False
    others: int = UNKNOWN

    @property
    def answers(self) -> dict[str, int]:
        return {method: answer for method, answer in (("GET", self.get), ("POST", self.post)) if answer is not None}

    def expected(self, actor: Actor, method: str) -> int:
        if actor in self.may:
            return self.answers[method]
        if actor == Actor.ANONYMOUS and not self.public:
            return SIGN_IN
        return FORBIDDEN if actor in self.refused else self.others


PLATFORM = [
    Row("home", may=SIGNED_IN, get=200),
    Row("health", may=EVERYBODY, get=200, public=True),
    Row("styleguide", may=EVERYBODY, get=200, public=True),
    Row("set_language", may=EVERYBODY, get=302, post=302, public=True),
    Row("account_login", may=frozenset({Actor.ANONYMOUS}), get=200, post=200, others=302),
    Row("account_logout", may=SIGNED_IN, get=200, post=302),
    Row("account_inactive", may=EVERYBODY, get=200, public=True),
    Row("account_change_password", may=SIGNED_IN, get=200, post=200),
    Row("accounts:demonstration_sign_in", post=302, public=True),
    Row("accounts:own", may=SIGNED_IN, get=200),
    Row("help", may=EVERYBODY, get=200, public=True),
    Row("accessibility", may=EVERYBODY, get=200, public=True),
    Row("accounts:stay", may=SIGNED_IN, post=204),
    Row("accounts:signed_in_again", may=SIGNED_IN, get=200),
    Row("jobs:list", may=SIGNED_IN, get=200),
    Row("jobs:detail", ("job",), may=SIGNED_IN, get=200),
    Row("jobs:detail", ("somebody's job",), get=200),
    Row("jobs:result", ("job",), may=SIGNED_IN, get=200),
    Row("jobs:result", ("somebody's job",), get=200),
    Row("jobs:cancel", ("job",), may=SIGNED_IN, post=302),
    Row("jobs:cancel", ("somebody's job",), post=302),
    Row("jobs:retry", ("job",), may=SIGNED_IN, post=302),
    Row("jobs:retry", ("somebody's job",), post=302),
    Row("notices:list", may=SIGNED_IN, get=200),
    Row("notices:read_all", may=SIGNED_IN, post=302),
    Row("notices:detail", ("notice",), may=SIGNED_IN, get=200),
    Row("notices:detail", ("somebody's notice",), get=200),
]

ACCOUNTS = [
    Row("accounts:people", may=KEEPERS, refused=SIGNED_IN, get=200),
    Row("accounts:new", may=SYSTEM_ADMIN, refused=SIGNED_IN, get=200, post=200),
    Row("accounts:person", ("account",), may=KEEPERS, refused=SIGNED_IN, get=200),
    Row("accounts:reset", ("account",), may=SYSTEM_ADMIN, refused=SIGNED_IN, post=200),
    Row("accounts:act", ("account", "close"), may=SYSTEM_ADMIN, refused=SIGNED_IN, post=302),
    Row("accounts:decide", ("asked for", "request"), may=SECURITY_ADMIN, refused=SIGNED_IN, post=302),
]

NOMINATIONS = [
    Row("applications:nominations", may=PROVINCES | READERS | CITIES | CO_DEPARTMENT, refused=SIGNED_IN, get=200),
    Row("applications:nomination_start", ("open round",), may=PROVINCES, refused=OF_THE_ROUND, get=200, post=422),
    Row("applications:nomination_start", ("preparing round",), refused=STAFF, get=200, post=422),
    Row("applications:nomination", ("draft",), may=OWN_PROVINCE, get=200),
    Row("applications:nomination", ("foreign draft",), may=frozenset({Actor.OTHER_PROVINCE}), get=200),
    Row("applications:nomination", ("submitted",), may=OWN_PROVINCE | READERS, get=200),
    Row("applications:nomination", ("returned",), may=OWN_PROVINCE | READERS, get=200),
    Row("applications:nomination", ("decided",), may=OWN_PROVINCE | READERS, get=200),
    Row("applications:nomination_section", ("draft", "basics"), may=OWN_PROVINCE, get=200, post=422),
    Row("applications:nomination_section", ("submitted", "basics"), may=OWN_PROVINCE, refused=READERS, get=200, post=422),
    Row("applications:nomination_take_over", ("draft",), may=OWN_PROVINCE, get=200, post=302),
    Row("applications:nomination_take_over", ("submitted",), may=OWN_PROVINCE, refused=READERS, get=200, post=422),
    Row("applications:letter_attach", ("draft",), may=OWN_PROVINCE, get=200, post=422),
    Row("applications:letter_attach", ("submitted",), may=OWN_PROVINCE, refused=READERS, get=200, post=422),
    Row("applications:nomination_file", ("draft", "letter of draft"), may=OWN_PROVINCE, get=200),
    Row("applications:nomination_file", ("submitted", "letter of submitted"), may=OWN_PROVINCE | READERS, get=200),
    Row("applications:nomination_file", ("submitted", "letter of foreign draft"), get=200),
    Row("applications:nomination_detach", ("draft", "letter of draft"), may=OWN_PROVINCE, post=302),
    Row("applications:nomination_detach", ("submitted", "letter of submitted"), may=OWN_PROVINCE, refused=READERS, post=302),
    Row("applications:nomination_file_page", ("draft", "evidence of draft"), may=OWN_PROVINCE, get=200),
    Row("applications:nomination_file_page", ("submitted", "letter of submitted"), may=OWN_PROVINCE | READERS, get=200),
    Row("applications:nomination_file_page", ("submitted", "letter of foreign draft"), get=200),
    Row("applications:nomination_file_view", ("draft", "evidence of draft"), may=OWN_PROVINCE, get=200),
    Row("applications:nomination_file_view", ("submitted", "letter of submitted"), may=OWN_PROVINCE | READERS, get=200),
    Row("applications:nomination_file_view", ("submitted", "letter of foreign draft"), get=200),
    Row("applications:evidence_add", ("draft",), may=OWN_PROVINCE, get=200, post=422),
    Row("applications:evidence_add", ("submitted",), may=OWN_PROVINCE, refused=READERS, get=200, post=422),
    Row("applications:evidence_replace", ("draft", "evidence of draft"), may=OWN_PROVINCE, get=200, post=422),
    Row("applications:evidence_replace", ("draft", "letter of draft"), get=200, post=422),
    Row("applications:evidence_describe", ("draft", "evidence of draft"), may=OWN_PROVINCE, get=200, post=422),
    Row("applications:evidence_describe", ("submitted", "letter of submitted"), refused=READERS, get=200, post=422),
    Row("applications:evidence_restore", ("draft", "evidence of draft"), may=OWN_PROVINCE, post=302),
    Row("applications:upload_start", ("draft",), may=OWN_PROVINCE, post=422),
    Row("applications:upload_start", ("submitted",), may=OWN_PROVINCE, refused=READERS, post=422),
    Row("applications:upload_part", ("draft", "upload"), may=HANDLER, get=200, post=422),
    Row("applications:upload_part", ("submitted", "upload"), refused=READERS, get=200, post=422),
    Row("applications:upload_finish", ("draft", "upload"), may=HANDLER, post=422),
    Row("applications:upload_finish", ("submitted", "upload"), refused=READERS, post=422),
    Row("applications:upload_cancel", ("draft", "upload"), may=HANDLER, post=302),
    Row("applications:upload_cancel", ("submitted", "upload"), refused=READERS, post=302),
    Row("applications:nomination_preview", ("draft",), may=OWN_PROVINCE, get=200),
    Row("applications:nomination_preview", ("submitted",), may=OWN_PROVINCE | READERS, get=200),
    Row("applications:nomination_submit", ("draft",), may=OWN_PROVINCE, get=200),
    Row("applications:nomination_submit", ("draft",), may=APPROVER, refused=OWN_PROVINCE, post=422),
    Row("applications:nomination_submit", ("submitted",), may=OWN_PROVINCE, refused=READERS, get=200),
    Row("applications:nomination_submit", ("submitted",), may=APPROVER, refused=OWN_PROVINCE | READERS, post=422),
    Row("applications:nomination_receipt", ("draft",), get=200),
    Row("applications:nomination_receipt", ("submitted",), may=OWN_PROVINCE | READERS, get=200),
    Row("applications:nomination_receipt_pdf", ("submitted", "1"), may=OWN_PROVINCE | STAFF, refused=READERS, post=302),
    Row("applications:nomination_withdraw", ("draft",), may=APPROVER, refused=OWN_PROVINCE, get=200, post=422),
    Row("applications:nomination_withdraw", ("submitted",), may=APPROVER, refused=OWN_PROVINCE | READERS, get=200, post=422),
    Row("applications:nomination_version", ("returned", "1"), may=OWN_PROVINCE | READERS, get=200),
    Row("applications:workbook_upload", ("draft",), may=OWN_PROVINCE, get=200, post=422),
    Row("applications:workbook_upload", ("submitted",), may=OWN_PROVINCE, refused=READERS, get=200, post=422),
    Row("applications:workbook_fetch", ("draft",), may=OWN_PROVINCE, post=200),
    Row("applications:workbook_fetch", ("submitted",), may=OWN_PROVINCE, refused=READERS, post=302),
    Row("applications:workbook_review", ("draft", "workbook of draft"), may=OWN_PROVINCE, get=200, post=409),
    Row("applications:workbook_review", ("returned", "workbook of draft"), refused=READERS, get=200, post=409),
    Row("applications:nomination_compare", ("returned", "1", "2"), may=OWN_PROVINCE | READERS, get=200),
]

LETTERS = [
    Row("applications:letters", ("open round",), may=PROVINCES, refused=OF_THE_ROUND, get=200, post=422),
    Row("applications:letter_order", ("open round",), refused=OF_THE_ROUND - PROVINCES, post=404),
    Row("applications:letter", ("letter of the round",), may=OWN_PROVINCE, get=200, post=422),
    Row("applications:letter_pdf", ("letter of the round",), may=OWN_PROVINCE, post=302),
]

HANDS = [
    Row("applications:nomination", ("passed on",), may=OWN_PROVINCE | PASSED_TO, get=200),
    Row("applications:nomination_preview", ("passed on",), may=OWN_PROVINCE | PASSED_TO, get=200),
    Row("applications:nomination_section", ("passed on", "basics"), may=OWN_PROVINCE | CITY, refused=CO_DEPARTMENT, get=200, post=422),
    Row("applications:letter_attach", ("passed on",), may=OWN_PROVINCE, refused=PASSED_TO, get=200, post=422),
    Row("applications:evidence_add", ("passed on",), may=OWN_PROVINCE | CITY, refused=CO_DEPARTMENT, get=200, post=422),
    Row("applications:nomination_file", ("passed on", "letter of passed on"), may=OWN_PROVINCE, get=200),
    Row("applications:nomination_submit", ("passed on",), may=OWN_PROVINCE, refused=PASSED_TO, get=200),
    Row("applications:nomination_withdraw", ("passed on",), may=APPROVER, refused=OWN_PROVINCE | PASSED_TO, get=200, post=422),
    Row("applications:nomination_invite", ("draft",), may=OWN_PROVINCE, get=200, post=302),
    Row("applications:nomination_invite", ("passed on",), may=OWN_PROVINCE, refused=PASSED_TO, get=200, post=422),
    Row("applications:nomination_invitation_end", ("passed on",), may=OWN_PROVINCE, refused=PASSED_TO, post=302),
    Row("applications:nomination_hand_back", ("passed on",), may=CITY, refused=OWN_PROVINCE | CO_DEPARTMENT, get=200, post=302),
    Row("applications:nomination_signatures", ("passed on",), may=OWN_PROVINCE, refused=PASSED_TO, get=200),
    Row("applications:nomination_signatures", ("submitted",), may=OWN_PROVINCE | READERS, get=200),
    Row("applications:nomination_signatures_ask", ("passed on",), may=OWN_PROVINCE, refused=PASSED_TO, post=422),
    Row("applications:nomination_signatures_remind", ("passed on",), may=OWN_PROVINCE, refused=PASSED_TO, post=302),
    Row("applications:nomination_signature_cancel", ("passed on", "request"), may=OWN_PROVINCE, refused=PASSED_TO, post=302),
    Row("applications:nomination_sign", ("passed on",), may=CO_DEPARTMENT, refused=OWN_PROVINCE | CITY, get=200, post=422),
    Row("applications:nomination_sign", ("draft",), refused=OWN_PROVINCE, get=200, post=422),
    Row("applications:places_grant", ("open round",), may=STAFF, refused=OF_THE_ROUND, get=200, post=422),
    Row("applications:places_grant", ("preparing round",), refused=STAFF, get=200, post=422),
]

ROUNDS = [
    Row("applications:rounds", may=SIGNED_IN, get=200),
    Row("applications:round_new", may=STAFF, refused=SIGNED_IN, get=200, post=200),
    Row("applications:round", ("open round",), may=OF_THE_ROUND, get=200),
    Row("applications:round", ("preparing round",), may=STAFF, get=200),
    Row("applications:round_edit", ("preparing round",), may=STAFF, get=200, post=422),
    Row("applications:round_edit", ("preparing round", "criteria"), may=STAFF, get=200, post=422),
    Row("applications:round_edit", ("open round", "criteria"), may=STAFF, refused=OF_THE_ROUND, get=302, post=302),
    Row("applications:round_form", ("open round",), may=OF_THE_ROUND, get=200),
    Row("applications:round_form", ("preparing round",), may=STAFF, get=200),
    Row("applications:draft", ("preparing round",), may=STAFF, get=200, post=422),
    Row("applications:draft", ("open round",), may=STAFF, refused=OF_THE_ROUND, get=302, post=302),
    Row("applications:draft_part", ("preparing round", "basics.gdp"), may=STAFF, get=200, post=422),
    Row("applications:draft_add", ("preparing round", "section"), may=STAFF, get=200, post=422),
    Row("applications:draft_add", ("preparing round", "field", "basics"), may=STAFF, get=200, post=422),
    Row("applications:draft_move", ("preparing round",), may=STAFF, post=404),
    Row("applications:draft_move", ("open round",), may=STAFF, refused=OF_THE_ROUND, post=302),
    Row("applications:draft_remove", ("preparing round", "basics.gdp"), may=STAFF, get=200, post=422),
    Row("applications:draft_pattern", ("preparing round",), may=STAFF, post=302),
    Row("applications:draft_preview", ("preparing round", "basics"), may=STAFF, get=200),
    Row("applications:draft_preview", ("open round", "basics"), may=STAFF, refused=OF_THE_ROUND, get=200),
    Row("applications:draft_compare", ("preparing round",), may=STAFF, get=200),
    Row("applications:round_open", ("preparing round",), may=STAFF, get=200, post=302),
    Row("applications:round_open", ("open round",), may=STAFF, refused=OF_THE_ROUND, get=302, post=302),
    Row("applications:deadlines", may=READERS, refused=SIGNED_IN, get=200),
    Row("applications:deadlines", ("open round",), may=READERS, refused=SIGNED_IN, get=200),
    Row("applications:deadlines", ("preparing round",), may=STAFF, refused=SIGNED_IN - READERS, get=200),
    Row("applications:sealed_list", ("review round", "sealed list"), may=READERS, refused=SIGNED_IN, get=200),
    Row("applications:sealed_list", ("open round", "sealed list"), refused=SIGNED_IN - READERS, get=200),
    Row("applications:deadline_amend", ("open round", "nomination"), may=STAFF, refused=OF_THE_ROUND, get=200, post=422),
]

PILOTS = [
    Row("applications:pilots", may=PROVINCES | CITIES | READERS, refused=SIGNED_IN, get=200),
    Row("applications:pilot", ("pilot",), may=OWN_PROVINCE | CITY | READERS, get=200),
    Row("applications:plan_edit", ("pilot",), may=CITY, refused=OWN_PROVINCE | READERS, get=200, post=422),
    Row("applications:plan_issue", ("pilot",), may=CITY, refused=OWN_PROVINCE | READERS, get=302, post=302),
    Row("applications:plan_file", ("pilot",), may=OWN_PROVINCE, refused=CITY | READERS, get=200, post=422),
    Row("applications:plan_document", ("pilot", "1"), may=OWN_PROVINCE | CITY | READERS, get=200),
    Row("applications:progress_new", ("pilot",), may=CITY, refused=OWN_PROVINCE | READERS, get=200, post=422),
    Row("applications:summary_edit", ("pilot",), may=CITY, refused=OWN_PROVINCE | READERS, get=302, post=302),
    Row("applications:summary_submit", ("pilot",), may=CITY, refused=OWN_PROVINCE | READERS, get=302, post=302),
    Row("applications:summary_endorse", ("pilot",), may=APPROVER, refused=OWN_PROVINCE | CITY | READERS, get=200, post=302),
    Row("applications:summary_accept", ("pilot",), may=STAFF, refused=OWN_PROVINCE | CITY | READERS, get=302, post=302),
]

FORMAL_REVIEW = [
    Row("review:queue", may=READERS, refused=SIGNED_IN, get=200),
    Row("review:accept_all", ("open round",), may=STAFF, refused=OF_THE_ROUND, get=200, post=422),
    Row("review:check", ("draft",), refused=OWN_PROVINCE, get=200),
    Row("review:check", ("submitted",), may=READERS, refused=OWN_PROVINCE, get=200),
    Row("review:accept", ("submitted",), may=STAFF, refused=OWN_PROVINCE | READERS, post=422),
    Row("review:return", ("submitted",), may=STAFF, refused=OWN_PROVINCE | READERS, get=200, post=422),
    Row("review:reject", ("submitted",), may=STAFF, refused=OWN_PROVINCE | READERS, get=200, post=422),
]

PANEL = [
    Row("review:panel", may=SEAT_READERS, refused=SIGNED_IN, get=200),
    Row("review:pool", may=SEAT_READERS, refused=SIGNED_IN, get=200),
    Row("review:pool_add", may=STAFF, refused=SIGNED_IN, get=200, post=422),
    Row("review:pool_available", ("expert of the pool",), may=STAFF, refused=SIGNED_IN, post=302),
    Row("review:commit", ("review round",), may=STAFF, refused=OF_THE_ROUND, post=422),
    Row("review:withdraw_commitment", ("review round",), may=STAFF, refused=OF_THE_ROUND, get=200, post=422),
    Row("review:draw", ("review round",), may=STAFF, refused=OF_THE_ROUND, post=422),
    Row("review:propose_assignment", ("review round",), may=STAFF, refused=OF_THE_ROUND, post=302),
    Row("review:apply_assignment", ("review round", "run"), may=STAFF, refused=OF_THE_ROUND, post=302),
    Row("review:undo_assignment", ("review round", "run"), may=STAFF, refused=OF_THE_ROUND, post=302),
    Row("review:fill_vacancies", ("review round",), may=STAFF, refused=OF_THE_ROUND, get=200, post=302),
    Row("review:expert_sheets", ("review round", "member"), may=SEAT_READERS, refused=OF_THE_ROUND, get=200),
    Row("review:excuse", ("review round", "member"), may=STAFF, refused=OF_THE_ROUND, get=200, post=422),
]

SHEETS = [
    Row("review:progress", may=READERS, refused=SIGNED_IN, get=200),
    Row("review:nomination_sheets", ("accepted",), may=SEAT_READERS, refused=OWN_PROVINCE | READERS, get=200),
    Row("review:sheets", may=EXPERTS, refused=SIGNED_IN, get=200),
    Row("review:pledge", ("review round",), may=EXPERTS, refused=OF_THE_ROUND, get=200, post=302),
    Row("review:sheet", ("sheet",), may=EXPERT, refused=SEAT_READERS, get=200, post=302),
    Row("review:sheet", ("sheet of another expert",), may=frozenset({Actor.OTHER_EXPERT}), refused=SEAT_READERS, get=200, post=302),
    Row("review:recuse", ("sheet",), may=EXPERT | STAFF, refused=SUPERVISOR, get=200, post=422),
    Row("review:decline", ("sheet",), may=EXPERT | STAFF, refused=SUPERVISOR, get=200, post=422),
    Row("review:reopen", ("sheet",), may=STAFF, refused=EXPERT | SUPERVISOR, get=200, post=422),
    Row("review:file", ("sheet", "evidence of sheet"), may=EXPERT, refused=SEAT_READERS, get=200),
    Row("review:file", ("sheet", "letter of sheet"), refused=SEAT_READERS, get=200),
    Row("review:file", ("sheet", "letter of draft"), refused=SEAT_READERS, get=200),
    Row("review:file_page", ("sheet", "evidence of sheet"), may=EXPERT, refused=SEAT_READERS, get=200),
    Row("review:file_page", ("sheet", "letter of sheet"), refused=SEAT_READERS, get=200),
    Row("review:file_page", ("sheet", "letter of draft"), refused=SEAT_READERS, get=200),
    Row("review:file_view", ("sheet", "evidence of sheet"), may=EXPERT, refused=SEAT_READERS, get=200),
    Row("review:file_view", ("sheet", "letter of sheet"), refused=SEAT_READERS, get=200),
    Row("review:file_view", ("sheet", "letter of draft"), refused=SEAT_READERS, get=200),
]

RESULTS = [
    Row("review:ranking", may=READERS, refused=SIGNED_IN, get=200),
    Row("review:compute", ("review round",), may=STAFF, refused=OF_THE_ROUND, post=302),
    Row("review:part_tie", ("decided round", "1"), may=STAFF, refused=OF_THE_ROUND, post=302),
    Row("review:marks", ("accepted",), may=SUPERVISOR, refused=OWN_PROVINCE, get=200),
    Row("review:marks", ("decided",), may=READERS, refused=OWN_PROVINCE, get=200),
    Row("review:selection", may=READERS, refused=SIGNED_IN, get=200),
    Row("review:propose", ("decided round",), may=STAFF, refused=OF_THE_ROUND, post=422),
    Row("review:sign_off", ("decided round",), may=STAFF, refused=OF_THE_ROUND, post=302),
    Row("review:publish_notice", ("decided round",), may=STAFF, refused=OF_THE_ROUND, post=302),
    Row("review:decide", ("decided round",), may=STAFF, refused=OF_THE_ROUND, post=422),
    Row("review:void", ("decided round",), may=STAFF, refused=OF_THE_ROUND, get=200, post=422),
]

REPORTS = [
    Row("reporting:search", may=OF_THE_ROUND, refused=SIGNED_IN, get=200),
    Row("reporting:exports", may=STAFF, refused=SIGNED_IN, get=200),
    Row("reporting:request_export", ("decided round", "ranking"), may=STAFF, refused=OF_THE_ROUND, post=302),
    Row("reporting:request_dossier", ("draft",), may=OWN_PROVINCE, post=302),
    Row("reporting:request_dossier", ("submitted",), may=OWN_PROVINCE | READERS, post=302),
    Row("reporting:events", may=frozenset({Actor.SUPERVISOR, Actor.AUDIT_ADMIN}), refused=SIGNED_IN, get=200),
    Row("reporting:verification", may=frozenset({Actor.SUPERVISOR, Actor.AUDIT_ADMIN}), refused=SIGNED_IN, get=200),
]

TABLE: dict[str, list[Row]] = {
    "Everybody's own": PLATFORM,
    "Accounts": ACCOUNTS,
    "Nominations": NOMINATIONS,
    "Recommendation letters": LETTERS,
    "Invitations, co-signatures, places beyond the quota": HANDS,
    "Rounds and deadlines": ROUNDS,
    "Pilots": PILOTS,
    "Formal review": FORMAL_REVIEW,
    "Panel and assignment": PANEL,
    "Score sheets": SHEETS,
    "Ranking and selection": RESULTS,
    "Files and the record": REPORTS,
}


def rows() -> Iterable[Row]:
    return (row for part in TABLE.values() for row in part)
