"""Draws that anybody can repeat: commit first, reveal after a public number is known, order by digest.

    commitment = H(nonce || root)                     published before the public number exists; root is the digest of what is drawn from
    seed       = H(root || nonce || public number)    nobody knew it before, nobody can choose it after
    order      = ascending H(seed || id)

Nonce: 32 random bytes; root and seed: as long as the digest, so nothing can be cut differently. It follows RFC 3797 with a modern digest.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

NONCE_BYTES = 32


class Step(Enum):
    """What happened to an expert when the turn came."""

    SEATED = "seated"
    """Drawn into the first seats of the stratum."""
    SUBSTITUTED = "substituted"
    """Took the seat of somebody who refused."""
    REFUSED = "refused"
    """Gave the seat back."""
    SEATED_ELSEWHERE = "seated_elsewhere"
    """Passed over: already has a seat in another stratum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An expert in the pool."""

    id: str
    fields: frozenset[str] = frozenset()
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """So many seats for experts of one field, of one region, of both, or (both None) of any kind."""

    id: str
    seats: int
    field: str | None = None
    region: str | None = None

    def holds(self, member: Member) -> bool:
        """Whether the expert may be drawn here."""
        return (self.field is None or self.field in member.fields) and (self.region is None or self.region == member.region)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log of a draw."""

    stratum: str
    expert: str
    step: Step


@dataclass(frozen=True, slots=True)
class Drawn:
    """The result for one stratum: who holds the seats, in order of drawing; who would come next; how many seats stay empty."""

    stratum: str
    seated: tuple[str, ...]
    waiting: tuple[str, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class Draw:
    """The strata in their order, and the log of every step in order of time."""

    strata: tuple[Drawn, ...]
    log: tuple[Entry, ...]

    def seated(self) -> tuple[str, ...]:
        """Everyone with a seat, stratum by stratum."""
        return tuple(expert for drawn in self.strata for expert in drawn.seated)


def commitment(*, nonce: bytes, root: bytes, digest: str) -> bytes:
    """What is published first. Raises ValueError for a nonce that is not of 32 bytes or a root that is not a digest."""
    return _digest(digest, _checked(nonce, root, digest) + root)


def seed(*, nonce: bytes, root: bytes, public_number: str, digest: str) -> bytes:
    """The seed, once the public number is known. Raises ValueError like `commitment`, and for an empty number."""
    if not public_number:
        raise ValueError("there is no public number")
    return _digest(digest, root + _checked(nonce, root, digest) + public_number.encode())


def ticket(member: str, *, seed: bytes, digest: str) -> bytes:
    """H(seed || id): the lot of one member."""
    return _digest(digest, seed + member.encode())


def order(members: Iterable[str], *, seed: bytes, digest: str) -> tuple[str, ...]:
    """The members by ascending lot, whatever the order they come in."""
    return tuple(sorted(set(members), key=lambda member: ticket(member, seed=seed, digest=digest)))


def draw(*, pool: Iterable[Member], strata: Sequence[Stratum], seed: bytes, digest: str, refusals: Sequence[str] = ()) -> Draw:
    """Fill the strata one after the other, then replace those who refused, in the order in which they did.

    An expert sits once, in the first stratum that reaches them, so narrow strata are announced before wide ones. A refusal never moves
    anybody else: the seat goes to the next in the order of its stratum who has none. Raises ValueError for a refusal by somebody
    without a seat, and for a stratum or an expert named twice.
    """
    members = list(pool)
    for things in (members, strata):
        if len({thing.id for thing in things}) != len(things):
            raise ValueError("an expert or a stratum appears twice")
    table = _Table(members, strata, order((member.id for member in members), seed=seed, digest=digest))
    for stratum in strata:
        for _ in range(stratum.seats):
            table.seat_next(stratum.id, Step.SEATED)
    for expert in refusals:
        table.replace(expert)
    return table.draw()


class _Table:
    """Seats and queues while a draw is going on."""

    def __init__(self, members: list[Member], strata: Sequence[Stratum], order: tuple[str, ...]) -> None:
        by_id = {member.id: member for member in members}
        self.strata = strata
        self.queues = {stratum.id: deque(name for name in order if stratum.holds(by_id[name])) for stratum in strata}
        self.seats: dict[str, list[str]] = {stratum.id: [] for stratum in strata}
        self.log: list[Entry] = []
        self.gone: set[str] = set()

    def seat_next(self, stratum: str, step: Step) -> None:
        """Give a seat to the next in the queue who has none and has refused none."""
        while self.queues[stratum]:
            expert = self.queues[stratum].popleft()
            if expert in self.gone:
                continue
            if self.seat_of(expert) is None:
                self.seats[stratum].append(expert)
                self.log.append(Entry(stratum, expert, step))
                return
            self.log.append(Entry(stratum, expert, Step.SEATED_ELSEWHERE))

    def replace(self, expert: str) -> None:
        """Take the seat away and give it to the next."""
        stratum = self.seat_of(expert)
        if stratum is None:
            raise ValueError(f"{expert} has no seat to refuse")
        self.seats[stratum].remove(expert)
        self.gone.add(expert)
        self.log.append(Entry(stratum, expert, Step.REFUSED))
        self.seat_next(stratum, Step.SUBSTITUTED)

    def seat_of(self, expert: str) -> str | None:
        return next((stratum for stratum, seated in self.seats.items() if expert in seated), None)

    def draw(self) -> Draw:
        return Draw(tuple(self._drawn(stratum) for stratum in self.strata), tuple(self.log))

    def _drawn(self, stratum: Stratum) -> Drawn:
        seated = tuple(self.seats[stratum.id])
        waiting = tuple(name for name in self.queues[stratum.id] if name not in self.gone and self.seat_of(name) is None)
        return Drawn(stratum.id, seated, waiting, stratum.seats - len(seated))


def _checked(nonce: bytes, root: bytes, digest: str) -> bytes:
    if len(nonce) != NONCE_BYTES or len(root) != hashlib.new(digest).digest_size:
        raise ValueError("the nonce has 32 bytes, the root is a digest")
    return nonce


def _digest(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data).digest()
