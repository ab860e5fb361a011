"""All out-of-limits flags of a session, in the order of the HK file."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.alarms.flags import OolFlag, Sighting
from eyegore.lab_time import clock_text
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Severity, Verdict
from eyegore.limits.verdict_runs import runs_of, worst_of
from eyegore.limits.wording import describe, unit_sign
from eyegore.messages import Action, Event, Flag, FlagChanged, FlagCommand, FlagState, FloatArray, HkRows, Said

_WORDS = {
    Verdict.LOW: "too low",
    Verdict.HIGH: "too high",
    Verdict.UNEXPECTED: "not as expected",
    Verdict.DELTA_LOW: "falls too fast",
    Verdict.DELTA_HIGH: "rises too fast",
}


@dataclass(frozen=True)
class FlagCounts:
    """How many flags are in which condition; ``critical`` is part of ``raised`` (acknowledged ones included)."""

    total: int
    checked: int
    raised: int
    critical: int
    muted: int
    invalid: int


class FlagBoard:
    """The flags by parameter name; columns that come later are added, none is ever forgotten."""

    def __init__(self) -> None:
        self._flags: dict[str, OolFlag] = {}

    def lay_out(
        self,
        columns: Sequence[str],
        table: LimitTable | None,
        limit_set: LimitSet,
        checked: Sequence[bool],
        units: Mapping[str, str],
    ) -> None:
        """Have a flag for each of ``columns``; flags that exist keep their state unless their check came or went.

        ``units`` are those of the columns that the table does not know.
        """
        for name, is_checked in zip(columns, checked, strict=True):
            known = self._flags.get(name)
            if known is not None and known.checked == is_checked:
                continue
            parameter = table.parameters.get(name) if table else None
            limit = parameter.limit(limit_set) if parameter else None
            parameter = parameter or Parameter(name, units.get(name, ""), "")
            text = describe(limit, parameter.unit) if limit is not None else ""
            self._flags[name] = OolFlag(parameter, text, checked=is_checked)

    def views(self) -> list[Flag]:
        """Every flag as it stands, in file order."""
        return [flag.view() for flag in self._flags.values()]

    def see(self, rows: HkRows, verdicts: npt.NDArray[np.uint8], now: float, *, preview: bool = False) -> list[Event]:
        """Take rows in the order they were recorded; of a ``preview`` only the newest sample of each counts."""
        events: list[Event] = []
        for column, name in enumerate(rows.columns):
            flag = self._flags[name]
            for sighting in _sightings(rows.times, rows.values[:, column], verdicts[:, column], last=preview):
                events += self._changed(flag.see(sighting), flag, "", now)
        return events

    def recall(self, rows: HkRows, verdicts: npt.NDArray[np.uint8], now: float) -> list[Event]:
        """Take rows older than a preview: excursions among them latch the flag."""
        events: list[Event] = []
        for column, name in enumerate(rows.columns):
            flag = self._flags[name]
            for sighting in _sightings(rows.times, rows.values[:, column], verdicts[:, column], last=False):
                events += self._changed(flag.recall(sighting), flag, "", now)
        return events

    def grow_stale(self, now: float) -> list[Event]:
        """No row came in time: every flag that had data is stale."""
        events: list[Event] = []
        for flag in self._flags.values():
            events += self._changed(flag.grow_stale(), flag, "", now)
        return events

    def command(self, command: FlagCommand, now: float) -> list[Event]:
        """Do what a person asked."""
        if command.action is Action.RESET_ALL:
            events: list[Event] = []
            for flag in self._flags.values():
                events += self._changed(flag.lower(), flag, command.person, now)
            return [*events, Said(logging.INFO, f"all flags lowered by {command.person}", now)]
        flag_or_none = self._flags.get(command.parameter)
        if flag_or_none is None:
            return [Said(logging.WARNING, f"there is no flag {command.parameter}", now)]
        flag = flag_or_none
        does = {Action.LOWER: flag.lower, Action.MUTE: flag.mute, Action.UNMUTE: flag.unmute}[command.action]
        return self._changed(does(), flag, command.person, now)

    def counts(self) -> FlagCounts:
        """How many flags are in which condition now."""
        views = self.views()
        out = [view for view in views if view.state in (FlagState.RAISED, FlagState.ACKNOWLEDGED)]
        return FlagCounts(
            total=len(views),
            checked=sum(flag.checked for flag in self._flags.values()),
            raised=len(out),
            critical=sum(view.severity is Severity.CRITICAL for view in out),
            muted=sum(view.state is FlagState.MUTED for view in views),
            invalid=sum(view.live is Verdict.INVALID for view in views),
        )

    def _changed(self, what: str, flag: OolFlag, person: str, now: float) -> list[Event]:
        if not what:
            return []
        view = flag.view()
        quiet = what in ("stale", "unchecked", "valid") or (flag.muted and what not in ("muted", "unmuted"))
        return [FlagChanged(what, view, "" if quiet else _sentence(what, view, person), person, now)]


def _sightings(times: FloatArray, values: FloatArray, codes: npt.NDArray[np.uint8], *, last: bool) -> list[Sighting]:
    """The runs of equal verdict of one column; with ``last`` only the run the newest sample belongs to."""
    runs = list(runs_of(codes))
    return [
        Sighting(
            verdict,
            first=float(times[start]),
            last=float(times[stop - 1]),
            value=float(values[stop - 1]),
            worst=worst_of(values[start:stop], verdict),
        )
        for start, stop, verdict in (runs[-1:] if last else runs)
    ]


def quantity(value: float, unit: str) -> str:
    """A value with the sign of its unit, e.g. ``−120.5 °C``; "no reading" for NaN."""
    sign = unit_sign(unit)
    return f"{value:g} {sign}".rstrip().replace("-", "−", 1) if math.isfinite(value) else "no reading"


def _sentence(what: str, flag: Flag, person: str) -> str:
    named = f"{flag.parameter} {quantity(flag.value, flag.unit)}"
    worst = f"worst {quantity(flag.worst, flag.unit)}"
    match what:
        case "raised":
            word = _WORDS.get(flag.live, "out of limits")
            since = clock_text(flag.since)
            return f"{flag.severity.name} {named} {word} (limit {flag.limit_text}) since {since}"
        case "returned":
            return f"{named} back in limits at {clock_text(flag.time)}"
        case "latched":
            since = clock_text(flag.since)
            return f"{flag.parameter} was out of limits at {since}, {worst} (limit {flag.limit_text})"
        case "invalid":
            return f"{flag.parameter} has no valid reading since {clock_text(flag.time)}"
        case _:
            return f"{named} {what}{' by ' + person if person else ''}"
