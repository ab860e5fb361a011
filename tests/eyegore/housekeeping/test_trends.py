"""Pre-alarms end when the trend does, not because nobody can tell it."""

from __future__ import annotations

import numpy as np

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.housekeeping.trends import SessionTrends
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Range, Verdict
from eyegore.messages.events import AlarmChanged, HkRows

from ..restarted import restarted

TEMP = Parameter("TEMP", "degC", "", Range(-133, 35), response_min=30)
TABLE = LimitTable("7.5.X", "", "", {"TEMP": TEMP})
T0 = 1_552_521_600.0


class Bench:
    """A board and the trends of a session."""

    def __init__(self, before: Bench | None = None) -> None:
        self.board, self.trends = AlarmBoard(), SessionTrends()
        if before is not None:
            self.board.restore(restarted(before.board.memory()))
        self.board.watch(TEMP, LimitSet.SAFE, EntryContext(T0))

    def follow(self, start: float, minutes: int, per_minute: float, value: float) -> list[str]:
        """The states that follow from rows each second that change so much, looked at each minute."""
        told: list[str] = []
        for minute in range(minutes):
            times = start + 60.0 * minute + np.arange(60.0)
            values = value + per_minute * (times - start)[:, None] / 60 + 0.02 * np.sin(times)[:, None]
            now, codes = float(times[-1]), np.full((60, 1), Verdict.IN_LIMITS, np.uint8)
            self.trends.add(HkRows("hk", ("TEMP",), times, values, 2, now), codes)
            events = self.trends.look(self.board, TABLE, LimitSet.SAFE, None, EntryContext(now))
            told += [event.alarm.state.name for event in events if isinstance(event, AlarmChanged)]
        return told


def test_a_pre_alarm_is_not_over_before_there_is_a_trend_again() -> None:
    bench = Bench()
    assert bench.follow(T0, 30, -0.3, -120.0) == ["UNACK"]
    again = Bench(bench)
    assert again.follow(T0 + 3600, 3, 0.0, -129.0) == [], "after a restart, in the folder of the next day"
    assert again.follow(T0 + 3780, 20, 0.0, -129.0) == ["RTN_UNACK"]
