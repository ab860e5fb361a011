"""What a session is judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eyegore.limits.model import LimitSet, LimitTable

STALE_S = 60.0
"""Age from which HK is stale unless told otherwise [s]: ELVIS writes a row each second."""


@dataclass(frozen=True)
class Rules:
    """What to judge by. ``tables`` gives the limits of an ELVIS version, None where there are none.

    ``lab_offset_s`` is added to unix time to get lab seconds [s]; ``stale_after_s`` is the age from which HK is stale;
    ``images`` tells whether images are looked for; ``excursions_kept`` bounds the memory of ended excursions (None:
    all).
    """

    tables: Callable[[str], LimitTable | None]
    limit_set: LimitSet = LimitSet.SAFE
    lab_offset_s: Callable[[float], float] = lambda _now: 0.0
    images: bool = True
    stale_after_s: float = STALE_S
    excursions_kept: int | None = 10_000
