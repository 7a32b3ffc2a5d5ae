"""What a check is."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from pilotportal.rehearsal.play import Play

SHOWN = 5


@dataclass(frozen=True)
class Check:
    """`name` is for programs and never changes; `title` and `detail` are for people."""

    name: str
    title: str
    ok: bool
    detail: str


Checks = Callable[[Play], Iterator[Check]]


def all_of(name: str, title: str, *, wrong: Collection[object], of: int) -> Check:
    """Green when nothing is wrong and there was something to look at; the detail names the first that are wrong."""
    named = ", ".join(str(one) for one in list(wrong)[:SHOWN])
    return Check(name, title, not wrong and of > 0, f"{of - len(wrong)}/{of}" + (f" ({named})" if named else ""))


def same(name: str, title: str, *, found: object, expected: object) -> Check:
    agreed = found == expected
    return Check(name, title, agreed, str(found) if agreed else f"{found} ≠ {expected}")
