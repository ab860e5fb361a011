"""Flags and strip charts: what each parameter shows. Pure: values in, cells out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

from eyegore.basics.lab_time import clock_text
from eyegore.limits.model import LimitSet, LimitTable, Phase, Range, Severity, Verdict, quantity, unit_sign
from eyegore.messages.events import Drift, Flag, FlagState
from eyegore.series.trend import clock_minute, duration_text
from eyegore.widgets.cells.flags import ChartCell, FlagCell, Status, TrendCell

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("CCD temperatures", ("CCD*_TEMP", "HK_temp_*CCD")),
    ("Board temperatures", ("PCB_TEMP", "RPSU_TEMP", "HK_Temp", "HK_temp")),
    ("Output and reset drains", ("_OD_", "_RD_", "HK_OD", "HK_RD")),
    ("Injection gates", ("_IG1_", "_IG2_", "HK_IG")),
    ("FPGA biases and supplies", ("FPGA_", "_ROE", "HK_ID", "HK_DD", "HK_OG")),
    ("Power supply unit", ("RPSU",)),
)
_OTHER = "Status words"
_STEADY = {
    FlagState.UNCHECKED: Status.UNCHECKED,
    FlagState.NO_DATA: Status.UNKNOWN,
    FlagState.INVALID: Status.INVALID,
    FlagState.STALE: Status.STALE,
    FlagState.NORMAL: Status.IN_LIMITS,
    FlagState.LATCHED: Status.IN_LIMITS,
    FlagState.SHELVED: Status.MUTED,
    FlagState.PENDING: Status.IN_LIMITS,
    FlagState.OUT_OF_SERVICE: Status.OUT_OF_SERVICE,
}


@cache
def group_of(name: str) -> str:
    """The piece of hardware a parameter belongs to, as the plots and flags are grouped."""
    for group, parts in _GROUPS:
        for part in parts:
            first, _, second = part.partition("*")
            if first in name and second in name:
                return group
    return _OTHER


def groups_of(names: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Parameters by hardware group, in file order within each."""
    found: dict[str, list[str]] = {group: [] for group in (*(group for group, _ in _GROUPS), _OTHER)}
    for name in names:
        found[group_of(name)].append(name)
    return [(group, tuple(members)) for group, members in found.items() if members]


def status_of(severity: Severity) -> Status:
    """Status that shows a violation of this severity."""
    return Status.CRITICAL if severity is Severity.CRITICAL else Status.WARNING


def flag_cell(flag: Flag, trend: str = "") -> FlagCell:
    """The cell of one flag on the panel; ``trend`` tells where the value is heading."""
    raised = flag.state in (FlagState.RAISED, FlagState.ACKNOWLEDGED)
    status = status_of(flag.severity) if raised else _STEADY[flag.state]
    live: Status | None = None
    if flag.state is FlagState.SHELVED:
        live = _live_status(flag)
    elif flag.latched:
        live = status_of(flag.severity)
    return FlagCell(
        name=flag.parameter,
        status=status,
        latched=flag.latched and flag.state is not FlagState.SHELVED,
        blink=flag.state is FlagState.RAISED,
        pending=flag.state is FlagState.PENDING,
        live=live,
        group=group_of(flag.parameter),
        text=_flag_words(flag),
        value="" if math.isnan(flag.time) else ", ".join(filter(None, (quantity(flag.value, flag.unit), trend))),
        limit=flag.limit_text,
        since=clock_text(flag.since) if not math.isnan(flag.since) else "",
        worst=quantity(flag.worst, flag.unit) if not math.isnan(flag.worst) else "",
    )


def _flag_words(flag: Flag) -> str:
    words = flag.state.value
    if flag.state in (FlagState.RAISED, FlagState.ACKNOWLEDGED):
        by = f" by {flag.acknowledged_by}" if flag.state is FlagState.ACKNOWLEDGED and flag.acknowledged_by else ""
        words = f"{flag.severity.name.lower()}, {words}{by}"
        if not flag.live.out:
            words += f"; now {flag.live.name.lower().replace('_', ' ')}"
    elif flag.latched:
        words += "; an alarm that is over is not lowered yet"
    elif flag.state is FlagState.OUT_OF_SERVICE and flag.comment:
        words += f": {flag.comment}"
    return words


def _live_status(flag: Flag) -> Status:
    if flag.live.out:
        return status_of(flag.severity)
    by_verdict = {
        Verdict.IN_LIMITS: Status.IN_LIMITS,
        Verdict.INVALID: Status.INVALID,
        Verdict.STALE: Status.STALE,
    }
    return by_verdict.get(flag.live, Status.UNCHECKED)


def chart_cells(
    columns: Sequence[str],
    table: LimitTable | None,
    limit_set: LimitSet,
    described: Mapping[str, tuple[str, str]],
    flags: Mapping[str, Flag],
    drifts: Mapping[str, Drift] | None = None,
    phase: Phase | None = None,
) -> list[ChartCell]:
    """The strip charts of all parameters; ``described`` gives (unit, description) where no limit table does."""
    drifts = drifts or {}
    return [chart_cell(name, table, limit_set, described, flags.get(name), drifts.get(name), phase) for name in columns]


def chart_cell(
    name: str,
    table: LimitTable | None,
    limit_set: LimitSet,
    described: Mapping[str, tuple[str, str]],
    flag: Flag | None,
    drift: Drift | None = None,
    phase: Phase | None = None,
) -> ChartCell:
    """The strip chart of one parameter; only absolute limits can be drawn as lines, of both sets the tighter."""
    parameter = table.parameters.get(name) if table else None
    unit, description = described.get(name, ("", ""))
    low, high = -math.inf, math.inf
    if parameter is not None:
        unit, description = parameter.unit, parameter.description
        current = parameter.during(phase)
        tightest = (current.limit(part) for part in reversed(limit_set.parts))
        limit = next((one for one in tightest if isinstance(one, Range)), None)
        if limit is not None:
            low, high = limit.low, limit.high
    return ChartCell(
        name=name,
        title=name,
        unit=unit_sign(unit),
        description=description,
        low=low,
        high=high,
        status=flag_cell(flag).status if flag else Status.UNKNOWN,
        decimals=0 if unit in ("flag", "count", "register") else 2,
        register=unit == "register",
        trend=None if drift is None or _no_future(flag) else trend_cell(drift, unit),
    )


def _no_future(flag: Flag | None) -> bool:
    """Whether the parameter has got there, or nobody knows what it is now and whether it goes on as it did."""
    if flag is None:
        return False
    return flag.live.out or flag.state is FlagState.STALE or flag.live in (Verdict.STALE, Verdict.INVALID)


def trend_cell(drift: Drift, unit: str) -> TrendCell:
    """``−133 °C at 03:41``, with ``(25 ± 4 min)`` where there is room; ``unit`` as in the limit tables."""
    text = f"{quantity(drift.limit, unit)} at {clock_minute(drift.at)}"
    return TrendCell(drift.limit, drift.at, text, f"{text} ({duration_text(drift.minutes, drift.minutes_error)})")
