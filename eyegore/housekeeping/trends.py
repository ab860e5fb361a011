"""Where the parameters of a session are heading, and the pre-alarms of those that will not last."""

from __future__ import annotations

import math
from collections.abc import Mapping
from operator import is_

import numpy as np
import numpy.typing as npt

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Phase, Range, Severity, Verdict
from eyegore.messages.events import AlarmKind, AlarmState, Drift, Event, FloatArray, HkRows, Trends
from eyegore.series.trend import Forecast, TrendWindow

LOOK_S = 10.0
"""How often the trends are looked at [s]."""
TOGETHER = 60
"""So many rows at most wait to be taken in together."""
RAMP_MIN = 60.0
"""A line that comes from outside the bounds of its phase within so long is the cool-down or warm-up still [min]."""
_LEADS_TO = {Phase.COOL_DOWN: Phase.COLD, Phase.WARM_UP: Phase.WARM}

Codes = npt.NDArray[np.uint8]


class SessionTrends:
    """Fed with every row once; :meth:`look` tells the forecasts and raises what comes sooner than it can be helped."""

    def __init__(self) -> None:
        self._columns: tuple[str, ...] = ()
        self._window = TrendWindow(())
        self._new: list[tuple[FloatArray, FloatArray, Codes]] = []
        self._new_rows = 0
        self._limited: tuple[object, ...] = (None,) * 4
        """What ``_limits`` are those of."""
        self._limits: dict[str, Range | None] = {}
        self._look_at = float("-inf")
        self._texts: Mapping[str, str] = {}
        self._rows = 0
        self._looked_at: tuple[object, ...] = ()
        self._newest_row: FloatArray = np.empty(0)

    def add(self, rows: HkRows, verdicts: Codes) -> None:
        """Add rows in time order; other columns begin a new window."""
        if rows.columns != self._columns:
            self._columns = rows.columns
            self._window = TrendWindow(rows.columns)
            self._new, self._new_rows = [], 0
        self._new.append((rows.times, rows.values, verdicts))
        self._new_rows += rows.times.size
        self._rows += rows.times.size
        self._newest_row = rows.values[-1]
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
        if not all(map(is_, self._limited, (self._columns, table, limit_set, phase))):
            self._limited = self._columns, table, limit_set, phase
            self._limits = {name: _range_of(table.parameters.get(name), limit_set, phase) for name in self._columns}
            self._window.ask_together(name for name, limit in self._limits.items() if limit is not None)
        newest = dict(zip(self._columns, self._newest_row.tolist(), strict=True))
        drifts: dict[str, Drift] = {}
        events: list[Event] = []
        for name, limit in self._limits.items():
            if limit is None:
                events += board.timer_well(name, self._window.newest, frame, AlarmKind.TREND)  # nothing to reach
                continue
            parameter = table.parameters[name]
            forecast = self._window.time_to_limit(name, limit.low, limit.high, self._window.newest)
            if forecast is not None and _goes_where_it_belongs(parameter, forecast, phase, table, newest[name]):
                forecast = None
            if forecast is not None:
                drifts[name] = _drift(forecast, parameter.unit)
            if parameter.response_min is not None and limit_set is not LimitSet.PERFORMANCE:
                within = limit.low <= newest[name] <= limit.high
                events += self._pre_alarm(board, name, forecast, parameter.response_min, frame, within=within)
            else:
                events += board.timer_well(name, self._window.newest, frame, AlarmKind.TREND)
        trends = Trends(drifts)
        if trends.texts != self._texts:
            self._texts = trends.texts
            events.append(trends)
        return events

    def _pre_alarm(
        self,
        board: AlarmBoard,
        name: str,
        forecast: Forecast | None,
        response_min: float,
        frame: EntryContext,
        *,
        within: bool,
    ) -> list[Event]:
        """Told before the limit is reached or not at all; ``within``: the newest value is in limits."""
        newest, limits = self._window.newest, board.of(name)[0]
        crossed = limits.active or limits.state is AlarmState.PENDING or not within
        if forecast is not None and forecast.minutes < response_min:
            begin = forecast.slope.time - forecast.slope.span_s
            if crossed or limits.time > begin:
                return []  # too late, or the line is drawn through what was out and came back
            text, side = forecast.text(limits.unit), forecast.side
            return board.timer(name, Severity.WARNING, text, newest, newest, frame, AlarmKind.TREND, side)
        if forecast is None and crossed:
            return []  # it has got there: the pre-alarm lasts as long as what it foretold
        if forecast is not None and forecast.minutes < 1.5 * response_min:
            return []
        if forecast is None and self._window.slope(name) is None:
            return []  # too little has come to tell, as after a restart or a gap
        return board.timer_well(name, newest, frame, AlarmKind.TREND)


def _goes_where_it_belongs(
    parameter: Parameter, forecast: Forecast, phase: Phase | None, table: LimitTable, newest: float
) -> bool:
    """Whether a parameter is on the way to its performance limits, or to where its phase leads: that is no trouble.

    It is when it comes from before them and is not yet through. Where a phase has none the end is not known: as long
    as the phase changes, and the line comes from that, nothing is foretold.
    """
    line, falls = forecast.slope, forecast.side is Verdict.LOW
    sign = -1.0 if falls else 1.0
    rule = table.phases
    moves = bool(parameter.phases) or (rule is not None and parameter.name in rule.sensors)
    changing = moves and phase in _LEADS_TO
    there = parameter.during(_LEADS_TO.get(phase, phase) if phase is not None and moves else phase)
    end, safe = there.performance, there.safe
    if isinstance(end, Range) and isinstance(safe, Range) and safe.low < end.low and end.high < safe.high:
        near, far = (end.high, end.low) if falls else (end.low, end.high)
        begin = line.now - line.per_minute * line.span_s / 60
        through = sign * ((newest if math.isfinite(newest) else line.now) - far) > 0
        return (changing or sign * (begin - near) < 0) and not through
    if not moves or rule is None:
        return False
    bound = rule.cold_below if falls else rule.warm_above
    return changing or sign * (line.now - line.per_minute * RAMP_MIN - bound) < 0


def _range_of(parameter: Parameter | None, limit_set: LimitSet, phase: Phase | None) -> Range | None:
    """The limits that a parameter may come to, None where there are none."""
    limit = parameter.during(phase).limit(limit_set) if parameter and not parameter.out_of_service else None
    return limit if isinstance(limit, Range) else None


def _drift(forecast: Forecast, unit: str) -> Drift:
    return Drift(
        forecast.limit,
        forecast.at,
        forecast.minutes,
        forecast.minutes_error,
        forecast.text(unit),
    )
