"""Chance that can be repeated: every decision has its own source, named by what it is about, so adding one changes no other."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Chance:
    """The same seed and the same names give the same answers in every process (text seeds do not depend on Python's own hashing)."""

    seed: int

    def of(self, *names: object) -> random.Random:
        return random.Random("/".join(map(str, (self.seed, *names))))

    def number(self, low: int, high: int, *names: object) -> int:
        """From `low` to `high`, both included."""
        return self.of(*names).randint(low, high)

    def choice(self, things: Sequence[T], *names: object) -> T:
        return self.of(*names).choice(things)

    def shuffled(self, things: Sequence[T], *names: object) -> list[T]:
        return self.of(*names).sample(things, len(things))
