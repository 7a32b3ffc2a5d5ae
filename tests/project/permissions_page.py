"""The table of rights as docs/permissions.md shows it."""

import re
from collections.abc import Iterable, Mapping

from tests.project.permissions import EXCEPT, FORBIDDEN, TABLE, UNKNOWN, Row
from tests.project.scene import Actor

HEADS = {
    Actor.HANDLER: "H",
    Actor.APPROVER: "A",
    Actor.OTHER_PROVINCE: "A′",
    Actor.CO_DEPARTMENT: "Co",
    Actor.CITY: "C",
    Actor.OTHER_CITY: "C′",
    Actor.EXPERT: "E",
    Actor.OTHER_EXPERT: "E′",
    Actor.OUTSIDER: "E″",
    Actor.STAFF: "S",
    Actor.PARTNER: "P",
    Actor.SUPERVISOR: "W",
    Actor.SYSTEM_ADMIN: "1",
    Actor.SECURITY_ADMIN: "2",
    Actor.AUDIT_ADMIN: "3",
}
INTRODUCTION = """# Permissions

Who gets what from which address. This page is written from the table in `tests/project/permissions.py`, and
`tests/project/test_permissions.py` tries every cell of it as a request; `scripts/test tests/project/test_permissions.py --write-docs`
writes it anew. An address that is missing here fails the tests.

- ✓ answered
- – refused (403): they see the thing, or its being there is no secret, but this is not theirs to do
- blank: as if it did not exist (404)
- → sent home

Nobody signed in gets the sign-in page, except at the addresses marked *public*. Whether the thing is in a state in which it can be done
now is asked afterwards, by the rules.

{columns}

The scene: Hebei has a draft, a nomination that was handed in and one that was returned; Shanxi (A′) has a draft of its own. Another round
is decided, and C is one of its pilots. A third one is at the experts: E and E′ are on the panel, E″ is not, and the marks are still closed.
"""
WORDS = {
    "draft": "a draft",
    "foreign draft": "a draft of another province",
    "submitted": "one handed in",
    "returned": "one returned for correction",
    "accepted": "one under review",
    "decided": "one of a decided round",
    "job": "one's own",
    "somebody's job": "somebody else's",
    "sheet": "the sheet of E",
    "sheet of another expert": "the sheet of E′",
    "letter of draft": "the letter of a draft",
    "letter of foreign draft": "the letter of another nomination",
    "preparing round": "a round being prepared",
    "open round": "a round open for nominations",
    "review round": "the round at the experts",
    "decided round": "the decided round",
}


def page(routes: Mapping[Row, str]) -> str:
    """docs/permissions.md; `routes` has the address of each row."""
    columns = "\n".join(f"- {head}: {actor}" for actor, head in HEADS.items())
    parts = [INTRODUCTION.format(columns=columns)]
    parts += [f"## {title}\n\n{_table(rows, routes)}" for title, rows in TABLE.items()]
    excepted = "\n".join(f"- `{name}`: {reason}" for name, reason in EXCEPT.items())
    return "\n".join([*parts, f"## Not in the table\n\n{excepted}\n"])


def _table(rows: Iterable[Row], routes: Mapping[Row, str]) -> str:
    head = ["Address", "", "About", *HEADS.values()]
    lines = [head, ["---"] * 3 + [":-:"] * len(HEADS), *(_line(row, routes[row]) for row in rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _line(row: Row, route: str) -> list[str]:
    about = ", ".join(WORDS[name] for name in row.about if name in WORDS)
    method = " ".join(row.answers)
    public = " *public*" if row.public or Actor.ANONYMOUS in row.may else ""
    address = re.sub(r"<\w+:", "<", route)
    return [f"`/{address}`{public}", method, about, *(_cell(row.expected(actor, next(iter(row.answers))), row, actor) for actor in HEADS)]


def _cell(answer: int, row: Row, actor: Actor) -> str:
    if actor in row.may:
        return "✓"
    return {FORBIDDEN: "–", UNKNOWN: ""}.get(answer, "→")
