"""The health strip and the title of the window. Pure: values in, cells out."""

from __future__ import annotations

import math

from eyegore.alarms.deadman import SKEW_NOTICE_S
from eyegore.basics.lab_time import age_text
from eyegore.limits.model import LimitSet
from eyegore.messages.events import Health
from eyegore.widgets.cells.flags import HealthCell, Status


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
        HealthCell("folder", "folder", *_folder(health), health.folder),
    ]
    if health.running:
        count = len(health.running)
        words = f"{count} worker{'s' if count > 1 else ''}"
        cells.append(HealthCell("running", "", words, None, f"running: {', '.join(health.running)}"))
    if health.bad_lines:
        cells.append(HealthCell("bad", "", f"{health.bad_lines} bad lines", Status.WARNING, "named in the log"))
    if abs(health.clock_skew) > SKEW_NOTICE_S:
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


def _folder(health: Health) -> tuple[str, Status]:
    if health.online:
        return "there", Status.IN_LIMITS
    return ("not there", Status.STALE) if health.watcher else ("not looked yet", Status.UNKNOWN)


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
