"""Dead-man timers: what ought to have happened by now and has not. Pure; time arrives as an argument.

A timer of a session answers ``condition(now)``; the alarm board turns conditions into DEADMAN alarms. A condition never
ends by itself for want of data: it ends when what was awaited comes, or when a person says that it will not come.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from eyegore.basics.lab_time import age_text
from eyegore.limits.model import Severity
from eyegore.messages.events import HkRows

LOOP_S = 10.0
"""A loop that has not turned for so long hangs [s]."""
SKEW_NOTICE_S = 60.0
"""A clock of ELVIS that is further ahead of ours is told of [s]."""


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


class HkFreshness:
    """Whether housekeeping keeps coming: by the arrival of its rows and by the time stamps in them.

    ``fresh`` tells that rows have come that were not old, in this session or the one before; ``stale`` that the
    newest are older than ``stale_after_s`` [s].
    """

    def __init__(self, stale_after_s: float) -> None:
        self.fresh = False
        self.stale = False
        self._stale_after_s = stale_after_s
        self._arrival = float("nan")
        self._stamp = float("nan")
        self._skew_said = False

    def arrived(self, rows: HkRows) -> None:
        """Note rows, at least one."""
        self._arrival = rows.received
        stamp = float(rows.times[-1])
        if not stamp <= self._stamp:
            self._stamp = stamp

    def ages(self, now: float, lab_now: float) -> tuple[float, float]:
        """Age [s] of the newest row by its arrival [unix s] and by its own stamp [lab s]; NaN before any row."""
        return now - self._arrival, lab_now - self._stamp

    def silent(self, now: float) -> bool:
        """Whether rows have come, and none for so long that the newest is stale by its arrival alone."""
        return now - self._arrival > self._stale_after_s

    def recover(self, now: float, lab_now: float) -> bool:
        """Rows have just come: returns whether that ends anything, or nothing is known to be wrong."""
        if max(self.ages(now, lab_now)) > self._stale_after_s:
            return False
        self.fresh, self.stale = True, False
        return True

    def look(self, now: float, lab_now: float) -> str:
        """Judge the age of the newest row; returns what is wrong when that is new, else ""."""
        was_stale = self.stale
        by_arrival, by_stamp = self.ages(now, lab_now)
        self.stale = max(by_arrival, by_stamp) > self._stale_after_s
        return self._trouble(by_arrival, by_stamp) if self.stale and not was_stale else ""

    def _trouble(self, by_arrival: float, by_stamp: float) -> str:
        if by_arrival > self._stale_after_s:
            return f"no HK row for {by_arrival:.0f} s (ELVIS stopped?): flags are stale"
        if not self.fresh:
            return f"the newest HK row is {age_text(by_stamp)} old: flags are stale"
        return f"HK rows arrive but are stamped {by_stamp:.0f} s ago (ELVIS clock frozen or wrong?): flags are stale"

    def skew(self, now: float, lab_now: float) -> str:
        """What to say of a clock of ELVIS that is ahead of ours, once; "" otherwise."""
        by_arrival, by_stamp = self.ages(now, lab_now)
        if self._skew_said or not (by_arrival < self._stale_after_s and by_stamp < -SKEW_NOTICE_S):
            return ""
        self._skew_said = True
        return f"the clock of ELVIS is {-by_stamp / 60:.0f} min ahead of this machine's"
