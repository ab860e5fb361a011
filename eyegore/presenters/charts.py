"""Strip charts: title, unit, limits and trend of each parameter. Pure: values in, cells out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from eyegore.limits.model import LimitSet, LimitTable, Phase, Range, Verdict
from eyegore.limits.wording import quantity, unit_sign
from eyegore.messages.events import Drift, Flag, FlagState
from eyegore.presenters.flags import flag_cell
from eyegore.series.trend import clock_minute, duration_text
from eyegore.widgets.cells.flags import ChartCell, Status, TrendCell


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
