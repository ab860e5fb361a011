"""From what the monitor says to what the views show; pure: values in, cells out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from eyegore.alarms.words import quantity
from eyegore.basics.lab_time import age_text, clock_text
from eyegore.limits.model import LimitSet, LimitTable, Phase, Range, Severity, Verdict
from eyegore.limits.wording import unit_sign
from eyegore.messages.events import Drift, Exposure, Flag, FlagState, Health
from eyegore.series.trend import clock_minute, duration_text
from eyegore.widgets.cells.flags import ChartCell, FlagCell, HealthCell, Status, TrendCell
from eyegore.widgets.cells.rows import RowCell

SHOWN_FIRST = (
    "ObsID", "CCD", "test", "date", "retake", "HK", "image", "backup", "broadcast", "exptime", "wave", "source",
    "rdmode", "vend", "chinj", "flushes", "mirr_pos", "IG1_1_T", "OD_1_T", "RD_T", "IDL", "IDH",
)  # fmt: skip
"""Columns of the exposure table shown until the user chooses others; those a log does not have are left out."""

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
        words += "; was out of limits, not lowered yet"
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
    low = high = math.nan
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


def exposure_columns(known: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    """Columns of the table when a log with other columns joins: those known, then the new ones."""
    return tuple(dict.fromkeys((*known, *columns)))


def shown_first(columns: Iterable[str]) -> list[str]:
    """The columns shown until the user chooses, in the spelling of this log."""
    spelling = {column.casefold(): column for column in columns}
    return [spelling[name.casefold()] for name in SHOWN_FIRST if name.casefold() in spelling]


def row_cell(
    exposure: Exposure, columns: Sequence[str], also: Mapping[str, str] | None = None, tint: str = ""
) -> RowCell:
    """One row of the exposure table; ``columns`` are those of the table, ``also`` has cells no log has."""
    also, count = also or {}, len(exposure.columns)
    cells = exposure.cells
    if len(cells) == count and tuple(columns[:count]) == exposure.columns:
        cells = (*cells, *(also.get(column, "") for column in columns[count:]))
    else:
        by_name = {**dict(zip(exposure.columns, cells, strict=False)), **also}
        cells = tuple(by_name.get(column, "") for column in columns)
    return RowCell(key=row_key(exposure), cells=cells, group=str(exposure.obsid), tint=tint)


def row_key(exposure: Exposure) -> str:
    """What tells a row of the table from others."""
    return f"{exposure.obsid}/{exposure.ccd}"


def worst_status(health: Health | None) -> Status:
    """The status that the window's title and icon carry."""
    if health is None or not health.total or math.isnan(health.hk_age):
        return Status.UNKNOWN
    if health.critical:
        return Status.CRITICAL
    if health.raised:
        return Status.WARNING
    if health.hk_stale or not health.online:
        return Status.STALE
    if health.invalid:
        return Status.INVALID
    return Status.IN_LIMITS if health.checked else Status.UNCHECKED


def health_cells(health: Health | None, *, images: bool, exposures: bool) -> list[HealthCell]:
    """The segments of the health strip, never green by default."""
    if health is None:
        return [HealthCell("hk", "HK", "none yet"), HealthCell("watcher", "watching", "not yet")]
    cells = [
        HealthCell(
            "hk", "HK", _hk_age(health), _hk_status(health),
            f"age of the newest HK row; {health.hk_rows} rows, {health.bad_lines} lines could not be read",
        )
    ]  # fmt: skip
    if exposures:
        tip = f"age of the newest exposure-log row; {health.obsids} ObsIDs, {health.exposure_rows} rows"
        cells.append(HealthCell("explog", "EXPLOG", age_text(health.explog_age), _age_status(health.explog_age), tip))
    if images:
        tip = f"age of the newest image file; {health.images} complete images"
        cells.append(HealthCell("images", "images", age_text(health.image_age), _age_status(health.image_age), tip))
    watcher = health.watcher or "not watching yet"
    unusual = "" if health.limit_set is LimitSet.SAFE else f", {health.limit_set.words}"
    checked = f"{health.checked}/{health.total} checked{unusual}"
    cells += [
        HealthCell("checked", "", checked, _checked_status(health), _limits_tip(health)),
        *_phase_cell(health),
        HealthCell("watcher", "", watcher, _watcher_status(health), "how the folder is watched"),
        HealthCell(
            "folder", "folder", "there" if health.online else "not there", _folder_status(health), health.folder
        ),
    ]
    if health.running:
        count = len(health.running)
        words = f"{count} worker{'s' if count > 1 else ''}"
        cells.append(HealthCell("running", "", words, None, f"running: {', '.join(health.running)}"))
    if health.bad_lines:
        cells.append(HealthCell("bad", "", f"{health.bad_lines} bad lines", Status.WARNING, "named in the log"))
    if abs(health.clock_skew) > 120:
        ahead = "ahead" if health.clock_skew > 0 else "behind"
        cells.append(
            HealthCell("skew", "ELVIS clock", f"{age_text(abs(health.clock_skew))} {ahead}", Status.WARNING,
                       "time stamps of the HK rows against the clock of this machine")
        )  # fmt: skip
    return cells


def sound_cell(until: str) -> HealthCell:
    """The segment of the health strip that tells until when the sound is silent."""
    return HealthCell("sound", "sound", f"off until {until}", Status.MUTED, "F9 turns it on again")


def _hk_age(health: Health) -> str:
    age = age_text(health.hk_age)
    return f"no row for {age}" if health.hk_stale and not math.isnan(health.hk_age) else age


def _hk_status(health: Health) -> Status:
    if math.isnan(health.hk_age):
        return Status.UNKNOWN
    return Status.STALE if health.hk_stale else Status.IN_LIMITS


def _age_status(age: float) -> Status:
    """Nothing says how often exposures and images should come: their age is shown, not judged."""
    return Status.UNKNOWN if math.isnan(age) else Status.UNCHECKED


def _checked_status(health: Health) -> Status:
    if not health.total:
        return Status.UNKNOWN
    return Status.IN_LIMITS if health.checked == health.total else Status.UNCHECKED


def _phase_cell(health: Health) -> list[HealthCell]:
    """The phase of the camera, and who says so."""
    if health.phase is None:
        return []
    if health.phase_by:
        tip = f"chosen by {health.phase_by}; Alarms, Phase of the camera lets the temperature tell it again"
        return [HealthCell("phase", "phase", f"{health.phase.value}, by hand", None, tip)]
    return [HealthCell("phase", "phase", health.phase.value, None, "as the temperature of the CCDs tells")]


def _limits_tip(health: Health) -> str:
    return f"parameters checked against limits {health.limit_set.words}; ELVIS {health.elvis or 'version unknown'}"


def _watcher_status(health: Health) -> Status:
    if not health.watcher:
        return Status.UNKNOWN
    return Status.IN_LIMITS if health.watcher_alive else Status.STALE


def _folder_status(health: Health) -> Status:
    return Status.IN_LIMITS if health.online else Status.STALE


def window_title(health: Health | None, folder: str, tag: str) -> str:
    """Title of the window: worst state first, so that a task bar shows it."""
    name = folder.rstrip("/").rpartition("/")[2] or folder or "no folder"
    parts = ["Eyegore", name, tag]
    title = " — ".join(part for part in parts if part)
    if health is None:
        return title
    if health.raised:
        kind = f"{health.critical} CRITICAL" if health.critical else f"{health.raised} WARNING"
        return f"{kind}{', STALE' if health.hk_stale else ''} — {title}"
    return f"STALE — {title}" if health.hk_stale else title
