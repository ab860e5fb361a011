"""Where the parameters of a session are heading, and the pre-alarms of those that will not last."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.limits.model import LimitSet, LimitTable, Phase, Range, Severity
from eyegore.messages.events import AlarmKind, AlarmState, Drift, Event, FloatArray, HkRows, Trends
from eyegore.series.trend import Forecast, TrendWindow

LOOK_S = 10.0
"""How often the trends are looked at [s]."""
TOGETHER = 60
"""So many rows at most wait to be taken in together."""

Codes = npt.NDArray[np.uint8]


class SessionTrends:
    """Fed with every row once; :meth:`look` tells the forecasts and raises what comes sooner than it can be helped."""

    def __init__(self) -> None:
        self._columns: tuple[str, ...] = ()
        self._window = TrendWindow(())
        self._new: list[tuple[FloatArray, FloatArray, Codes]] = []
        self._new_rows = 0
        self._look_at = float("-inf")
        self._texts: Mapping[str, str] = {}
        self._rows = 0
        self._looked_at: tuple[object, ...] = ()

    def add(self, rows: HkRows, verdicts: Codes) -> None:
        """Add rows in time order; other columns begin a new window."""
        if rows.columns != self._columns:
            self._columns = rows.columns
            self._window = TrendWindow(rows.columns)
            self._new, self._new_rows = [], 0
        self._new.append((rows.times, rows.values, verdicts))
        self._new_rows += rows.times.size
        self._rows += rows.times.size
        if self._new_rows >= TOGETHER:
            self._take_new()

    def _take_new(self) -> None:
        """Rows that come one by one are taken in together, before anybody looks."""
        if self._new:
            self._window.add(*(np.concatenate(part) for part in zip(*self._new, strict=True)))
            self._new, self._new_rows = [], 0

    def slope(self, name: str) -> float:
        """How a parameter changes [unit/min]; NaN where it does not, or nobody can say."""
        self._take_new()
        slope = self._window.slope(name) if name in self._columns else None
        return slope.per_minute if slope is not None and slope.significant else float("nan")

    def look(
        self, board: AlarmBoard, table: LimitTable | None, limit_set: LimitSet, phase: Phase | None, frame: EntryContext
    ) -> list[Event]:
        """Forecasts of all parameters with absolute limits, told when they changed; pre-alarms of set S only."""
        if frame.now < self._look_at or table is None:
            return []
        self._look_at = frame.now + LOOK_S
        looked_at = self._rows, table, limit_set, phase
        if looked_at == self._looked_at:
            return []
        self._looked_at = looked_at
        self._take_new()
        drifts: dict[str, Drift] = {}
        events: list[Event] = []
        for name in self._columns:
            parameter = table.parameters.get(name)
            limit = parameter.during(phase).limit(limit_set) if parameter else None
            if parameter is None or parameter.out_of_service or not isinstance(limit, Range):
                events += board.timer_well(name, self._window.newest, frame, AlarmKind.TREND)  # nothing to reach
                continue
            forecast = self._window.time_to_limit(name, limit.low, limit.high, self._window.newest)
            if forecast is not None:
                drifts[name] = _drift(forecast, parameter.unit)
            if parameter.response_min is not None and limit_set is not LimitSet.PERFORMANCE:
                events += self._pre_alarm(board, name, forecast, parameter.response_min, frame)
            else:
                events += board.timer_well(name, self._window.newest, frame, AlarmKind.TREND)
        trends = Trends(drifts)
        if trends.texts != self._texts:
            self._texts = trends.texts
            events.append(trends)
        return events

    def _pre_alarm(
        self, board: AlarmBoard, name: str, forecast: Forecast | None, response_min: float, frame: EntryContext
    ) -> list[Event]:
        newest = self._window.newest
        if forecast is not None and forecast.minutes < response_min:
            text = forecast.text(board.of(name)[0].unit)
            side = forecast.side
            return board.timer(name, Severity.WARNING, text, newest, newest, frame, AlarmKind.TREND, side)
        if forecast is None and board.of(name)[0].state in (AlarmState.UNACK, AlarmState.ACKED):
            return []  # it has got there: the pre-alarm lasts as long as what it foretold
        if forecast is not None and forecast.minutes < 1.5 * response_min:
            return []
        if forecast is None and self._window.slope(name) is None:
            return []  # too little has come to tell, as after a restart or a gap
        return board.timer_well(name, newest, frame, AlarmKind.TREND)


def _drift(forecast: Forecast, unit: str) -> Drift:
    return Drift(
        forecast.limit,
        forecast.at,
        forecast.minutes,
        forecast.minutes_error,
        forecast.text(unit),
    )
