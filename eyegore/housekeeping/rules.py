"""What a session is judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eyegore.limits.model import LimitSet, LimitTable

STALE_FACTOR = 1.9
STALE_LEAST_S = 60.0
HK_PERIOD_S = 1.0


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
    stale_after_s: float = max(STALE_FACTOR * HK_PERIOD_S, STALE_LEAST_S)
    excursions_kept: int | None = 10_000
