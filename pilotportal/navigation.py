"""What stands in the navigation for whom: at most seven sections a role, in the words of the pages' own titles."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pilotportal.accounts.enums import ADMINISTRATORS, PROVINCE_ROLES, REVIEW_READERS, Role

EVERYBODY = frozenset(Role)
STAFF = frozenset({Role.STAFF})


@dataclass(frozen=True)
class Page:
    label: Promise
    url_name: str
    roles: frozenset[Role]
    also: frozenset[str] = frozenset()  # names of pages that belong to this one and whose address does not say so
    of_round: bool = False  # shows one round, the one that `?round=` names


@dataclass(frozen=True)
class Section:
    label: Promise
    pages: tuple[Page, ...]


SECTIONS = (
    Section(_("Due from me"), (Page(_("Due from me"), "home", EVERYBODY),)),
    Section(
        _("Rounds"),
        (
            Page(_("Rounds"), "applications:rounds", REVIEW_READERS),
            Page(_("Deadlines"), "applications:deadlines", STAFF, of_round=True),
        ),
    ),
    Section(
        _("Nominations"),
        (
            Page(
                _("Nominations"),
                "applications:nominations",
                PROVINCE_ROLES | REVIEW_READERS | {Role.CITY, Role.CO_DEPARTMENT},
                also=frozenset({"applications:letters", "applications:letter"}),
                of_round=True,
            ),
            Page(
                _("Formal review"),
                "review:queue",
                REVIEW_READERS,
                also=frozenset({"review:check", "review:accept", "review:return", "review:reject"}),
                of_round=True,
            ),
        ),
    ),
    Section(
        _("Expert review"),
        (
            Page(_("Experts and assignment"), "review:panel", frozenset({Role.STAFF, Role.SUPERVISOR}), of_round=True),
            Page(_("Expert pool"), "review:pool", frozenset({Role.STAFF, Role.SUPERVISOR})),
            Page(
                _("Progress of the review"),
                "review:progress",
                REVIEW_READERS,
                also=frozenset({"review:reopen", "review:recuse", "review:decline"}),
                of_round=True,
            ),
            Page(
                _("My score sheets"),
                "review:sheets",
                frozenset({Role.EXPERT}),
                also=frozenset({"review:pledge"}),
                of_round=True,
            ),
        ),
    ),
    Section(
        _("Results"),
        (
            Page(_("Ranking"), "review:ranking", REVIEW_READERS, also=frozenset({"review:marks"}), of_round=True),
            Page(_("Selection"), "review:selection", REVIEW_READERS, of_round=True),
        ),
    ),
    Section(_("Pilots"), (Page(_("Pilots"), "applications:pilots", PROVINCE_ROLES | REVIEW_READERS | {Role.CITY}),)),
    Section(
        _("Files"),
        (
            Page(_("Exports"), "reporting:exports", STAFF, of_round=True),
            Page(_("My files"), "jobs:list", EVERYBODY - ADMINISTRATORS - {Role.SUPERVISOR}),
        ),
    ),
    Section(
        _("Accounts"),
        (
            Page(
                _("Accounts"),
                "accounts:people",
                frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}),
                also=frozenset({"accounts:person", "accounts:reset"}),
            ),
        ),
    ),
    Section(_("Record"), (Page(_("Record"), "reporting:events", frozenset({Role.SUPERVISOR, Role.AUDIT_ADMIN})),)),
)


@dataclass
class Link:
    label: str
    url: str
    also: frozenset[str] = frozenset()
    of_round: bool = False
    current: bool = False
    links: list["Link"] = field(default_factory=list)


def links_for(role: str, *, path: str, view_name: str = "", round_code: str = "") -> list[Link]:
    """The sections that this role has, each with its pages; those to which the page at `path` belongs are marked current.

    With a `round_code` the pages that show one round are linked with it, so that their addresses can be sent on.
    """
    sections = [section for section in (_section(section, role) for section in SECTIONS) if section]
    _mark([page for section in sections for page in section.links], path, view_name)
    for section in sections:
        section.current = any(page.current for page in section.links)
        for page in section.links:
            page.url = f"{page.url}?round={round_code}" if page.of_round and round_code else page.url
        section.url = section.links[0].url
    return sections


def _section(section: Section, role: str) -> Link | None:
    links = [Link(str(page.label), reverse(page.url_name), page.also, page.of_round) for page in section.pages if role in page.roles]
    if not links:
        return None
    return Link(str(section.label) if len(links) > 1 else links[0].label, links[0].url, links=links)


def _mark(pages: list[Link], path: str, view_name: str) -> None:
    """By name, else the page with the longest address that the path begins with; home only when it is meant."""
    named = [page for page in pages if view_name in page.also]
    under = [page for page in pages if path == page.url or (page.url != "/" and path.startswith(page.url))]
    for page in named or sorted(under, key=lambda page: len(page.url))[-1:]:
        page.current = True
