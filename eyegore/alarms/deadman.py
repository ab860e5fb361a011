"""Dead-man timers: what ought to have happened by now and has not. Pure; time arrives as an argument.

Each timer answers ``condition(now)``; the alarm board turns conditions into DEADMAN alarms. A condition never ends by
itself for want of data: it ends when what was awaited comes, or when a person says that it will not come.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from eyegore.basics.lab_time import age_text
from eyegore.limits.model import Severity

LOOP_S = 10.0
"""A loop that has not turned for so long hangs [s]."""


@dataclass(frozen=True)
class Condition:
    """One timer as it stands. ``since`` (in the clock of the ``now`` asked with) is NaN while not ``active``."""

    timer: str
    active: bool = False
    since: float = math.nan
    text: str = ""
    severity: Severity = Severity.NONE


class LoopTimer:
    """Tells when a loop stands still. Times in one clock of the caller's; ask from outside the loop."""

    def __init__(self, longest_s: float = LOOP_S) -> None:
        self._longest_s = longest_s
        self._last = math.nan

    def tick(self, now: float) -> float | None:
        """The loop has turned; how long it had stood still [s] when that was too long."""
        still = now - self._last
        self._last = now
        return still if still > self._longest_s else None

    def trouble(self, now: float) -> str:
        """That it stands still, "" when it does not; silent before the first tick."""
        still = now - self._last
        return f"stands still for {age_text(still)}" if still > self._longest_s else ""
