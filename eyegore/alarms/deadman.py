"""Dead-man timers: what ought to have happened by now and has not. Pure; time arrives as an argument.

A timer of a session answers ``condition(now)``; the alarm board turns conditions into DEADMAN alarms. A condition never
ends by itself for want of data: it ends when what was awaited comes, or when a person says that it will not come.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.basics.lab_time import age_text
from eyegore.limits.model import Severity
from eyegore.messages.events import Event, HkRows

LOOP_S = 10.0
"""A loop that has not turned for so long hangs [s]."""
SKEW_NOTICE_S = 60.0
"""A clock of ELVIS that is further off ours is told of [s]."""
SKEW_OVER_S = 50.0
"""One that is no further off is right again [s]: one that is a minute off does not chatter."""
SKEW_AFTER_S = 90.0
"""So long it has to be [s]: clocks that may be a minute apart do not change to summer time together."""
ABANDONED_S = 86_400.0
"""In a folder without rows for so long nobody works until one comes [s]: no zone of a clock makes so much."""
HK_ROWS = "HK rows"
"""Name of the timer that tells that no row of housekeeping comes."""
HK_CLOCK = "HK clock"
"""Name of the timer that tells that rows come, but all with the same stamp."""
ELVIS_CLOCK = "ELVIS clock"
"""Name of the timer that tells that the clock of ELVIS is off."""


@dataclass(frozen=True)
class Condition:
    """One timer as it stands. ``since`` (in the clock of the ``now`` asked with) is NaN while not ``active``.

    One that is not active is over if that is ``known``; else nothing has come that tells, as after a restart.
    """

    timer: str
    active: bool = False
    since: float = math.nan
    text: str = ""
    severity: Severity = Severity.NONE
    known: bool = True


def as_alarm(board: AlarmBoard, one: Condition, lab: Callable[[float], float], frame: EntryContext) -> list[Event]:
    """Raise the alarm of a condition, or let go of it where it is known to be over.

    Its ``since`` is unix time; ``lab`` gives the lab seconds of that.
    """
    if one.active:
        return board.timer(one.timer, one.severity, one.text, lab(one.since), lab(frame.now), frame)
    return board.timer_well(one.timer, lab(frame.now), frame) if one.known else []


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
    """Whether housekeeping keeps coming, by the arrival of its rows, and whether the clock in them goes on.

    ``fresh`` tells that rows have come that were not old, in this session or the one before; ``stale`` that the
    newest are older than ``stale_after_s`` [s]. Until the first row comes that was written while we look, the stamps
    tell the age; then only the arrival does: a clock of ELVIS that is wrong makes nothing old.
    """

    def __init__(self, stale_after_s: float) -> None:
        self.fresh = False
        self.stale = False
        self.live = False
        """Whether a row has come that was written while we looked."""
        self._stale_after_s = stale_after_s
        self._arrival = math.nan
        self._moved = math.nan
        """When [unix s] the newest row came whose stamp was not that of the row before."""
        self._stamp = math.nan
        self.newest = math.nan
        """Latest stamp of all rows [lab s]."""

    def arrived(self, rows: HkRows, *, live: bool) -> None:
        """Note rows, at least one, that were not there before; ``live``: they were written while we looked."""
        first, last = float(rows.times[0]), float(rows.times[-1])
        if not (first == last == self._stamp and live and self.live):
            self._moved = rows.received
        self._arrival, self._stamp = rows.received, last
        if not last <= self.newest:
            self.newest = last
        self.live |= live
        self.fresh |= live

    def caught_up(self, now: float, lab_now: float) -> None:
        """All that was there has been read."""
        self.fresh |= abs(self._by_stamp(lab_now)) <= self._stale_after_s
        if self.fresh and math.isnan(self._arrival):  # rows came before a restart: they are awaited from now on
            self._arrival = now

    def age(self, now: float, lab_now: float) -> float:
        """Age [s] of the newest row at ``now`` [unix s] and ``lab_now`` [lab s]; NaN before any row."""
        by_arrival = self._by_arrival(now)
        if self.live:
            return now - self._moved if self.stands(now) else by_arrival
        return max(by_arrival, self._by_stamp(lab_now))

    def abandoned(self, lab_now: float) -> bool:
        """Whether the newest rows are so old that nobody works in this folder, as far as their stamps tell."""
        return not self.live and not self._by_stamp(lab_now) <= ABANDONED_S

    def _by_arrival(self, now: float) -> float:
        return now - self._arrival

    def _by_stamp(self, lab_now: float) -> float:
        return lab_now - self.newest

    def silent(self, now: float) -> bool:
        """Whether rows have come, and none for so long that the newest is stale by its arrival."""
        return self._by_arrival(now) > self._stale_after_s

    def stands(self, now: float) -> bool:
        """Whether rows go on coming, all with one stamp. Nobody can tell that once none come."""
        return not self.silent(now) and self._arrival - self._moved > self._stale_after_s

    def recover(self, now: float, lab_now: float) -> bool:
        """Rows have just come: returns whether that ends anything, or nothing is known to be wrong."""
        if self.age(now, lab_now) > self._stale_after_s:
            return False
        self.stale = False
        return True

    def look(self, now: float, lab_now: float) -> str:
        """Judge the age of the newest row; returns what to say when it has become too old, else ""."""
        was_stale = self.stale
        self.stale = self.age(now, lab_now) > self._stale_after_s
        return f"{self.trouble(now, lab_now)}: flags are stale" if self.stale and not was_stale else ""

    def trouble(self, now: float, lab_now: float) -> str:
        """What is wrong with the rows in a few words."""
        if self.stands(now):
            return f"HK rows arrive with a clock that stands still for {age_text(now - self._moved)} (ELVIS hangs?)"
        if self.silent(now):
            return _silent_for(self._by_arrival(now))
        return f"the newest HK row is {age_text(self._by_stamp(lab_now))} old"

    def silence(self, now: float, moment: Callable[[float], float]) -> Condition:
        """As a condition: no row comes. ``moment`` gives the unix time of a stamp: before a row came while we looked,
        it tells since when."""
        if not self.silent(now):
            return Condition(HK_ROWS, known=self.live)
        since = self._arrival
        if not (self.live or math.isnan(self.newest)):
            since = min(since, moment(self.newest))
        return Condition(HK_ROWS, True, since, _silent_for(now - since), Severity.CRITICAL)

    def standstill(self, now: float, lab_now: float) -> Condition:
        """As a condition: rows come with a clock that stands still. Silence does not end it."""
        if not self.stands(now):
            return Condition(HK_CLOCK, known=self.live and not self.silent(now))
        return Condition(HK_CLOCK, True, self._moved, self.trouble(now, lab_now), Severity.CRITICAL)


def _silent_for(age: float) -> str:
    return f"no HK row for {age_text(age)} (ELVIS stopped?)"


class ElvisClock:
    """How far the clock of ELVIS is off ours, by the stamps of rows that have just been written."""

    def __init__(self) -> None:
        self.offset = math.nan
        """Stamp less the time of arrival [s]: positive when the clock of ELVIS is ahead. NaN before the first row."""
        self._wrong_since = math.nan
        self._arrival = math.nan

    def arrived(self, stamp: float, received: float, lab_received: float) -> None:
        """A row stamped ``stamp`` [lab s] came at ``received`` [unix s], when our clock showed ``lab_received``."""
        self.offset, self._arrival = stamp - lab_received, received
        if abs(self.offset) <= SKEW_NOTICE_S:
            self._wrong_since = math.nan
        elif math.isnan(self._wrong_since):
            self._wrong_since = received

    @property
    def minutes(self) -> float:
        """The offset in whole minutes, in seconds: what is worth remembering, and does not change with each row."""
        return self.offset if math.isnan(self.offset) else 60.0 * round(self.offset / 60.0)

    def condition(self) -> Condition:
        """As a condition; one row with another stamp, and the minute in which two clocks change to summer time one
        after the other, are none."""
        if not self._arrival - self._wrong_since > SKEW_AFTER_S:
            right = abs(self.offset) <= SKEW_OVER_S and not math.isnan(self._arrival)
            return Condition(ELVIS_CLOCK, known=right)
        side = "ahead of" if self.offset > 0 else "behind"
        text = f"the clock of ELVIS is {age_text(abs(self.offset))} {side} this machine's: rows are judged all the same"
        return Condition(ELVIS_CLOCK, True, self._wrong_since, text, Severity.WARNING)
