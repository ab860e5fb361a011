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

    def __init__(
        self, name: str = "EYEGORE", longest_s: float = LOOP_S, severity: Severity = Severity.CRITICAL
    ) -> None:
        self.name = name
        self._longest_s = longest_s
        self._severity = severity
        self._last = math.nan

    def tick(self, now: float) -> float | None:
        """The loop has turned; how long it had stood still [s] when that was too long."""
        still = now - self._last
        self._last = now
        return still if still > self._longest_s else None

    def condition(self, now: float) -> Condition:
        """As a condition; since the last tick. Silent before the first."""
        still = now - self._last
        if not still > self._longest_s:
            return Condition(self.name)
        return Condition(self.name, True, self._last, f"stands still for {age_text(still)}", self._severity)
