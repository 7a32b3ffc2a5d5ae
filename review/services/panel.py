"""抽取: the experts of a round are drawn by lot, so that nobody can choose them and everybody can repeat it.

First `commit`: the pool is frozen and H(nonce || pool) published, while the secret number stays with the person who drew it up. When
the public number that was announced beforehand is known, `draw` opens the commitment; the order follows from both numbers. A draw is
carried out once and cannot be undone: a second draw would be a choice. Who cannot come is excused, and the next in order is called up.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from applications.models import Round
from applications.rules import Refused
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of
from review import queries
from review.enums import Refusal
from review.methods import draw as drawing
from review.models import DrawCommitment, Expert, PanelDraw, PanelMember
from review.queries import facts
from review.services.guards import locked_round, refuse_unless_staff

NONCE = re.compile(rf"[0-9a-f]{{{2 * drawing.NONCE_BYTES}}}")


@transaction.atomic
def commit(*, round_id: int, size: int, nonce: str, by: User, at: datetime) -> DrawCommitment:
    """Freeze pool and size, and fix the secret number (64 hexadecimal digits, not kept here) by its digest. Raises Refused."""
    refuse_unless_staff(by)
    round = _undrawn(round_id)
    if queries.commitment_in_force(round):
        raise Refused(Refusal.COMMITTED)
    return _commit(round, size=size, nonce=_secret(nonce), by=by, at=at)


@transaction.atomic
def withdraw_commitment(*, round_id: int, reason: str, by: User, at: datetime) -> DrawCommitment:
    """Give up a commitment that cannot be opened; it stays on record with the reason. Raises Refused."""
    refuse_unless_staff(by)
    commitment = queries.commitment_in_force(_undrawn(round_id))
    if commitment is None:
        raise Refused(Refusal.NOT_COMMITTED)
    if not reason.strip():
        raise Refused(Refusal.NO_REASON)
    commitment.withdrawn_at, commitment.withdrawn_by, commitment.withdrawn_reason = at, by, reason
    commitment.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    audit.record("panel.commitment_withdrawn", at=at, by=by, target=commitment, round_code=commitment.round.code, reason=reason)
    return commitment


@transaction.atomic
def draw(*, round_id: int, size: int, nonce: str, public_number: str, by: User, at: datetime) -> PanelDraw:
    """Open the commitment and draw the panel from the pool that it froze; where none was made, it is made in the same act.

    Writes the draw, which never changes, and the members of the panel; seals. Raises Refused.
    """
    refuse_unless_staff(by)
    round, secret, public_number = _undrawn(round_id), _secret(nonce), public_number.strip()
    if not public_number:
        raise Refused(Refusal.NO_PUBLIC_NUMBER)
    committed = queries.commitment_in_force(round) or _commit(round, size=size, nonce=secret, by=by, at=at)
    if committed.size != size or committed.commitment != _commitment(committed.root, secret):
        raise Refused(Refusal.NOT_THE_COMMITMENT)
    algorithm, root = _read(committed.root)
    seed = drawing.seed(nonce=secret, root=root, public_number=public_number, digest=algorithm)
    drawn = drawing.draw(
        pool=[drawing.Member(id=member["id"]) for member in committed.pool],
        strata=[drawing.Stratum(id="panel", seats=size)],
        seed=seed,
        digest=algorithm,
    ).seated()
    made = PanelDraw(
        round=round,
        committed=committed,
        commitment=committed.commitment,
        nonce=secret.hex(),
        public_number=public_number,
        seed=_written(algorithm, seed),
        pool=committed.pool,
        size=size,
        drawn_by=by,
        drawn_at=at,
    )
    made.digest = digest_of(draw_record(made, drawn))
    made.save()
    PanelMember.objects.bulk_create(PanelMember(draw=made, expert_id=int(name), position=n) for n, name in enumerate(drawn, start=1))
    audit.record("panel.drawn", at=at, by=by, target=made, round_code=round.code, digest=made.digest, seed=made.seed, members=list(drawn))
    audit.seal_all(reason=f"draw {round.code}", at=at)
    return made


def call_up(*, draw: PanelDraw, called: Iterable[tuple[int, Expert]], by: User, at: datetime) -> list[PanelMember]:
    """Bring substitutes onto the panel, each under the place in the order of the draw. In the caller's transaction."""
    members = [PanelMember(draw=draw, expert=expert, position=place, substitute=True) for place, expert in called]
    for member in PanelMember.objects.bulk_create(members):
        audit.record(
            "panel.called_up",
            at=at,
            by=by,
            target=member,
            round_code=draw.round.code,
            expert=str(member.expert_id),
            position=member.position,
        )
    return members


def draw_record(draw: PanelDraw, members: Iterable[str]) -> dict[str, Any]:
    """What the digest of a draw covers; with it and `methods.draw` anybody can repeat the draw."""
    return {
        "round": draw.round.code,
        "pool": draw.pool,
        "size": draw.size,
        "commitment": draw.commitment,
        "nonce": draw.nonce,
        "public_number": draw.public_number,
        "seed": draw.seed,
        "members": list(members),
    }


def _undrawn(round_id: int) -> Round:
    round = locked_round(round_id)
    if not round.is_opened:
        raise Refused(Refusal.WRONG_STAGE)
    if queries.draw_of(round):
        raise Refused(Refusal.DRAWN)
    return round


def _commit(round: Round, *, size: int, nonce: bytes, by: User, at: datetime) -> DrawCommitment:
    if size < round.panel_size:
        raise Refused(Refusal.PANEL_SMALL, wanted=round.panel_size)
    pool = facts.pool_record(queries.pool())
    if len(pool) < size:
        raise Refused(Refusal.NO_POOL, available=len(pool), wanted=size)
    root = digest_of({"round": round.code, "size": size, "pool": pool})
    made = DrawCommitment.objects.create(
        round=round, pool=pool, size=size, root=root, commitment=_commitment(root, nonce), committed_by=by, committed_at=at
    )
    audit.record(
        "panel.committed",
        at=at,
        by=by,
        target=made,
        round_code=round.code,
        root=root,
        commitment=made.commitment,
        size=size,
        pool=len(pool),
    )
    return made


def _secret(nonce: str) -> bytes:
    if not NONCE.fullmatch(cleaned := nonce.strip().lower()):
        raise Refused(Refusal.BAD_NONCE)
    return bytes.fromhex(cleaned)


def _commitment(root: str, nonce: bytes) -> str:
    algorithm, raw = _read(root)
    return _written(algorithm, drawing.commitment(nonce=nonce, root=raw, digest=algorithm))


def _read(digest: str) -> tuple[str, bytes]:
    algorithm, _, value = digest.partition(":")
    return algorithm, bytes.fromhex(value)


def _written(algorithm: str, raw: bytes) -> str:
    return f"{algorithm}:{raw.hex()}"
