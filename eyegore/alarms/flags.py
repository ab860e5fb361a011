"""The flags of the panel: for each parameter, its alarms and its newest sample as one state."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.basics.records import same
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Severity, Verdict
from eyegore.messages.events import Alarm, AlarmState, Event, Flag, FlagChanged, FlagState, HkRows

NAN = float("nan")

GONE_S = 60.0
"""A parameter that has been among the columns of no row for so long is gone [s]: the files of an exposure may hold
fewer than the others."""
_UNKNOWN = {
    Verdict.UNCHECKED: FlagState.UNCHECKED,
    Verdict.INVALID: FlagState.INVALID,
    Verdict.STALE: FlagState.STALE,
}
_URGENT = {AlarmState.UNACK: 4, AlarmState.ACKED: 3, AlarmState.SHELVED: 2, AlarmState.RTN_UNACK: 1}


@dataclass(frozen=True)
class FlagCounts:
    """How many flags are in which condition; ``critical`` is part of ``raised`` (acknowledged ones included)."""

    total: int
    checked: int
    raised: int
    critical: int
    shelved: int
    invalid: int


@dataclass(eq=False)
class _Newest:
    """The newest row of some columns: its time [lab s], its verdicts and values."""

    columns: tuple[str, ...]
    time: float
    codes: npt.NDArray[np.uint8]
    values: npt.NDArray[np.float64]


class FlagBook:
    """The flags by parameter name, in file order; columns that come later are added, none is ever forgotten."""

    def __init__(self, alarms: AlarmBoard) -> None:
        self._alarms = alarms
        self._parameters: dict[str, Parameter] = {}
        self._checked: dict[str, bool] = {}
        self._newest: _Newest | None = None
        self._live: dict[str, tuple[_Newest, int]] = {}
        """The newest row that has a parameter, and its place there."""
        self._shown: dict[str, Flag] = {}
        self._pending: set[str] = set()
        """The flags that may look other than when :meth:`changes` last looked at them."""
        self._counts: FlagCounts | None = None
        self.stale = False
        """Whether the newest samples are too old to tell how things are."""
        self._lacking: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        """The columns of the newest rows, and the flags that have none among them."""
        self._gone: frozenset[str] = frozenset()
        """The flags that have not been among the columns for long, or never."""

    def lay_out(
        self,
        columns: Sequence[str],
        table: LimitTable | None,
        limit_set: LimitSet,
        checked: Sequence[bool],
        units: Mapping[str, str],
        frame: EntryContext,
    ) -> list[Event]:
        """Have a flag for each of ``columns``; ``units`` are those of the columns that the table does not know."""
        events: list[Event] = []
        for name, is_checked in zip(columns, checked, strict=True):
            parameter = table.parameters.get(name) if table else None
            self._parameters[name] = parameter or Parameter(name, units.get(name, ""), "")
            self._checked[name] = is_checked
            events += self._alarms.watch(self._parameters[name], limit_set, frame, listed=table is not None)
        self._pending.update(columns)
        self._lacking, self._counts = ((), ()), None
        return events

    def missing(self, columns: tuple[str, ...]) -> dict[str, float]:
        """The flags that rows with these columns cannot tell of, and when [lab s] that is too long; infinity: never."""
        if self._lacking[0] != columns:
            held = set(columns)
            self._lacking = columns, tuple(name for name in self._parameters if name not in held)
        ends = {name: self._live[name][0].time if name in self._live else math.inf for name in self._lacking[1]}
        return {name: end + GONE_S for name, end in ends.items()}

    def see(self, rows: HkRows, verdicts: npt.NDArray[np.uint8]) -> None:
        """Note the newest sample of each parameter."""
        missing = self.missing(rows.columns)
        if missing or self._gone:
            never = [name for name in missing if name not in self._live]
            gone = frozenset([*never, *(name for name, end in missing.items() if rows.times[-1] > end)])
            self._pending |= gone ^ self._gone
            self._gone = gone
        before = self._newest
        newest = _Newest(rows.columns, float(rows.times[-1]), verdicts[-1].copy(), rows.values[-1].copy())
        if before is not None and before.columns == newest.columns:
            turned = np.flatnonzero(newest.codes != before.codes).tolist()
            before.time, before.codes, before.values = newest.time, newest.codes, newest.values
            self._pending.update(rows.columns[place] for place in turned)
            return
        self._newest = newest
        self._live |= {name: (newest, place) for place, name in enumerate(rows.columns)}
        self._pending.update(rows.columns)

    def value(self, name: str) -> float:
        """The newest value of a parameter; NaN where there is none."""
        return self.newest(name)[0]

    def newest(self, name: str) -> tuple[float, float]:
        """The newest value of a parameter and its time [lab s]; NaN where there is none."""
        live, place = self._live.get(name, (None, 0))
        return (float(live.values[place]), live.time) if live is not None else (NAN, NAN)

    def set_stale(self, stale: bool) -> None:
        """Say whether the newest samples are too old to tell how things are."""
        if stale is not self.stale:
            self.stale = stale
            self._pending.update(self._parameters)

    def views(self) -> list[Flag]:
        """Every flag as it stands, in file order."""
        return [self._view(name) for name in self._parameters]

    def changes(self, names: Iterable[str] | None = None) -> list[FlagChanged]:
        """The flags that look other than when they were last told; of ``names`` only, when given."""
        self._pending |= self._alarms.stirred()
        if not self._pending:
            return []
        looked = [name for name in (self._parameters if names is None else names) if name in self._pending]
        self._pending = set() if names is None else self._pending.difference(looked)
        changed: list[FlagChanged] = []
        for name in looked:
            flag, before = self._view(name), self._shown.get(name)
            if before is None or not same(replace(flag, value=NAN, time=NAN), replace(before, value=NAN, time=NAN)):
                changed.append(FlagChanged(flag))
                self._shown[name] = flag
                self._counts = None
        return changed

    def counts(self) -> FlagCounts:
        """How many flags are in which condition, as :meth:`changes` last told them."""
        if self._counts is None:
            self._counts = self._counted()
        return self._counts

    def _counted(self) -> FlagCounts:
        views = self.views()
        out = [view for view in views if view.state in (FlagState.RAISED, FlagState.ACKNOWLEDGED)]
        return FlagCounts(
            total=len(views),
            checked=sum(is_checked and name not in self._gone for name, is_checked in self._checked.items()),
            raised=len(out),
            critical=sum(view.severity is Severity.CRITICAL for view in out),
            shelved=sum(view.state is FlagState.SHELVED for view in views),
            invalid=sum(view.live is Verdict.INVALID for view in views),
        )

    def _view(self, name: str) -> Flag:
        alarms = self._alarms.of(name)
        lead = max(alarms[:-1], key=_urgency)
        live, place = self._live.get(name, (None, 0))
        verdict = Verdict(int(live.codes[place])) if live is not None else Verdict.UNCHECKED
        if (self.stale or name in self._gone) and live is not None:
            verdict = Verdict.STALE
        latched = any(alarm.state is AlarmState.RTN_UNACK for alarm in alarms)
        return Flag(
            parameter=name,
            state=self._state(name, lead.state, alarms[-1].state, verdict, latched),
            live=verdict,
            severity=lead.severity,
            value=self.value(name),
            unit=lead.unit,
            time=live.time if live is not None else NAN,
            since=lead.since,
            worst=lead.worst,
            limit_text=lead.limit,
            latched=latched,
            acknowledged_by=lead.acknowledged_by,
            comment=lead.comment,
        )

    def _state(self, name: str, lead: AlarmState, invalid: AlarmState, verdict: Verdict, latched: bool) -> FlagState:
        if lead is AlarmState.OUT_OF_SERVICE:
            return FlagState.OUT_OF_SERVICE
        if lead is AlarmState.UNACK:
            return FlagState.RAISED
        if lead is AlarmState.ACKED:
            return FlagState.ACKNOWLEDGED
        if AlarmState.SHELVED in (lead, invalid):
            return FlagState.SHELVED
        if name not in self._live:
            return FlagState.NO_DATA if self._checked[name] else FlagState.UNCHECKED
        if verdict in _UNKNOWN:
            return _UNKNOWN[verdict]
        if verdict.out:
            return FlagState.PENDING
        return FlagState.LATCHED if latched else FlagState.NORMAL


def _urgency(alarm: Alarm) -> tuple[int, Severity]:
    """Which of the alarms of a parameter its flag shows."""
    return _URGENT.get(alarm.state, 0), alarm.severity
