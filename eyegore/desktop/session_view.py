"""One session as the views show it: events of the monitor in, cells out to the panes. All of it on the Tk thread."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from dataclasses import replace

from eyegore.alarms.spans import AlarmSpans
from eyegore.basics.lab_time import clock_text
from eyegore.desktop.alarms.desk import AlarmDesk
from eyegore.desktop.copy_desk import CopyDesk
from eyegore.desktop.history.trend_source import ImageTrendSource
from eyegore.desktop.images.desk import ImageDesk
from eyegore.desktop.images.worker import ImagePreview, ImageWorker
from eyegore.desktop.panes import Panes
from eyegore.desktop.warning_desk import WarningDesk
from eyegore.elvis.dialect import parameter_info
from eyegore.exposures.books import ExposureIndex
from eyegore.housekeeping.housekeeping import Rules
from eyegore.images.trends import ImageTrends
from eyegore.limits.model import LimitTable, Phase, Severity
from eyegore.messages.copies import CopyProgress, ExposureCopies, SyncState, VolumeSpace
from eyegore.messages.events import (
    Alarm,
    AlarmChanged,
    AlarmKind,
    AlarmReworded,
    AlarmState,
    Event,
    Exposure,
    ExposureHk,
    ExposuresAccepted,
    Flag,
    FlagChanged,
    FlagState,
    Health,
    HkAccepted,
    ImageFile,
    ImageJudged,
    ImagesReady,
    ImagesWaiting,
    LayoutChanged,
    PastAlarms,
    Said,
    SourceEvent,
    Trends,
    WarningLine,
    WarningsState,
)
from eyegore.presenters.flags import chart_cell, chart_cells, flag_cell, groups_of, status_of
from eyegore.presenters.health import health_cells, sound_cell, window_title, worst_status
from eyegore.presenters.rows import CopyRows, exposure_columns, row_cell, row_key, shown_first
from eyegore.presenters.verdict_rows import VerdictRows
from eyegore.series.history import HkHistory
from eyegore.widgets.cells.flags import ChartCell, FlagCell, Status
from eyegore.widgets.cells.lists import LogCell

TIPS_EVERY = 5
"""The values in the flags' tips are renewed with every so many health messages, one a second, if there are new ones."""
REDRAW_S = 0.2
"""Shortest time between two redraws of the charts."""
_SIGNS = {logging.WARNING: Status.WARNING, logging.ERROR: Status.CRITICAL}


class SessionView:
    """Shows one session in ``panes``: :meth:`take` each event, then :meth:`flush` once for all of them."""

    def __init__(
        self,
        panes: Panes,
        desk: AlarmDesk,
        warnings: WarningDesk,
        copies: CopyDesk,
        rules: Rules,
        images: ImageWorker | None,
        tag: str = "",
    ) -> None:
        self._panes = panes
        self._desk = desk
        self._warnings = warnings
        self._copies = copies
        self._copy_rows = CopyRows(copies.book)
        self._tag = tag
        self._rules = rules
        self.pictures = ImageDesk(panes.images, images, panes.stretch, self._image_title)
        self._elvis = ""
        self._table: LimitTable | None = None
        self._phase: Phase | None = None
        self._columns: tuple[str, ...] = ()
        self.history: HkHistory | None = None
        self.health: Health | None = None
        self.alarm_spans = AlarmSpans()
        self._flags: dict[str, Flag] = {}
        self._flags_changed = False
        self._values_changed = False
        self._laid_out = False
        self._log_columns: tuple[str, ...] = ()
        self._new_rows: list[Exposure] = []
        self._exposures: dict[int, Exposure] = {}
        self._index = ExposureIndex()
        self.verdicts = VerdictRows()
        self._image_trends = ImageTrends(rules.lab_offset_s)
        self.trend_source = ImageTrendSource(self._image_trends, lambda: self.health)
        if panes.table is not None:
            self.verdicts.dress(panes.table.tips.by_column, panes.table.columns.longest)
            panes.table.tint_of = self.verdicts.tint
            self._copy_rows.dress(panes.table.tips.by_column, panes.table.columns.longest)
        self._trends = Trends({})
        self._cells_changed = False
        self._new_lines: list[LogCell] = []
        self._drawn_at = 0.0
        self._beats = 0

    # --- events ------------------------------------------------------------------------------------------------------

    def take(self, event: Event | ImagePreview) -> None:
        """Note one event; nothing is drawn yet."""
        match event:
            case HkAccepted():
                self._take_rows(event)
            case FlagChanged():
                self._flags[event.flag.parameter] = event.flag
                self._flags_changed = self._cells_changed = True
            case Trends():
                self._trends = event
                self._cells_changed = True
            case AlarmChanged():
                self._desk.take(event)
                self.alarm_spans.take(event)
                if event.text:
                    self._line(event.text, event.entry.time, *_alarm_look(event.alarm))
            case AlarmReworded():
                self._desk.reword(event.alarm)
            case PastAlarms():
                self.alarm_spans.past(event.entries)
            case LayoutChanged():
                self._take_layout(event)
            case ExposuresAccepted():
                columns = (*event.columns, *self.verdicts.columns, *self._copy_rows.columns)
                self._log_columns = exposure_columns(self._log_columns, columns)
                self.verdicts.add(event.rows)
                self._image_trends.add(event.rows)
                self._copy_rows.add(event.rows)
                self._new_rows += event.rows
                self._index.add(event.rows)
                self._exposures.update((row.obsid, row) for row in event.rows)
            case ExposureHk() | ImagesWaiting():
                self.verdicts.take(event)
            case ImageFile() | ImageJudged():
                self.verdicts.take(event)
                self.pictures.take(event)
                if isinstance(event, ImageJudged):
                    self._image_trends.take(event)
            case ImagesReady() | ImagePreview():
                self.pictures.take(event)
            case Health():
                self.health = event
                self.show_health()
                self._beats += 1
                if self._beats % TIPS_EVERY == 0 and self._values_changed:
                    self._show_flags()
            case WarningLine():
                self._warnings.take(event)
            case WarningsState():
                self._warnings.take(event)
                self.show_health()
            case Said():
                self._line(event.text, event.now, event.level, _SIGNS.get(event.level))
            case SyncState() | CopyProgress() | VolumeSpace():
                self._copies.take(event)
            case ExposureCopies():
                self._copy_rows.take(event)
            case SourceEvent():
                pass  # the monitor says it too

    def _take_layout(self, event: LayoutChanged) -> None:
        self._elvis, self._table, self._phase = event.elvis, event.table, event.phase
        self._flags.update((flag.parameter, flag) for flag in event.flags)
        self._desk.load(event.alarms)
        self.alarm_spans.stand(event.alarms)
        if event.columns != self._columns or self.history is None:
            self._columns = event.columns
            self.history = HkHistory(event.columns)
        self._laid_out = True

    def _take_rows(self, event: HkAccepted) -> None:
        if self.history is not None and event.rows.columns == self._columns:
            self.history.append(event.rows.times, event.rows.values, event.verdicts)
            self._values_changed = True

    def _line(self, text: str, now: float, level: int, status: Status | None) -> None:
        self._new_lines.append(LogCell(time.strftime("%H:%M:%S", time.localtime(now)), level, text, status))

    # --- drawing -----------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Show what is new; what did not change costs nothing."""
        panes = self._panes
        if self._laid_out:
            self._laid_out = False
            self._lay_out()
        else:
            if self._flags_changed:
                self._show_flags()
            if self._cells_changed and panes.charts is not None:
                panes.charts.show_cells(self._chart_cells())
        self._flags_changed = self._cells_changed = False
        if self._new_rows and panes.table is not None:
            panes.table.set_columns(self._log_columns, shown_first(self._log_columns))
            columns, verdicts, copies = self._log_columns, self.verdicts, self._copy_rows.at_first
            keyed = [(row, row_key(row)) for row in self._new_rows]
            panes.table.append([
                row_cell(row, columns, verdicts.cells(key) | copies, verdicts.tint(key)) for row, key in keyed
            ])  # fmt: skip
        self._new_rows.clear()
        if panes.table is not None:
            panes.table.change([*self.verdicts.changed(), *self._copy_rows.changed()], self._row_texts)
        self._copies.flush()
        self._desk.flush(self._trends.texts, known=self.health is not None and not self.health.hk_stale)
        self._warnings.flush()
        if self._new_lines:
            panes.log.append(self._new_lines)
            last = self._new_lines[-1]
            panes.window.say(f"{last.time}  {last.text}", last.status)
            self._new_lines.clear()
        self.redraw()

    def _row_texts(self, key: str) -> dict[str, str]:
        """What a row of the exposure table shows beside what the log says, by column."""
        return self.verdicts.cells(key) | self._copy_rows.cells(key)

    def redraw(self) -> None:
        """Draw the charts, if they have not just been."""
        now = time.monotonic()
        if self._panes.charts is not None and now - self._drawn_at >= REDRAW_S:
            self._panes.charts.refresh()
            self._drawn_at = time.monotonic()

    def _lay_out(self) -> None:
        panes = self._panes
        self._show_flags()
        if panes.charts is not None and self.history is not None:
            panes.charts.show_layout(self.history, groups_of(self._columns))
            panes.charts.show_cells(self._chart_cells())
            panes.charts.go_to(panes.page)
            panes.page = panes.charts.page + 1

    def _flag_cell(self, name: str) -> FlagCell:
        flag = self._flags[name]
        sample = self.history.latest(name) if self.history is not None and name in self._columns else None
        if sample is not None:
            flag = replace(flag, value=sample.value, time=sample.time)
        drift = self._trends.drifts.get(name)
        return flag_cell(flag, drift.text if drift else "")

    def _show_flags(self) -> None:
        self._values_changed = False
        self._panes.flags.show([self._flag_cell(name) for name in self._flags])

    def flag_state(self, name: str) -> FlagState | None:
        """State of one flag."""
        flag = self._flags.get(name)
        return flag.state if flag else None

    def chart_cell(self, name: str) -> ChartCell:
        """Title, unit and limits of one parameter."""
        described: Mapping[str, tuple[str, str]] = {name: parameter_info(self._elvis, name)}
        drift, flag, limit_set = self._trends.drifts.get(name), self._flags.get(name), self._rules.limit_set
        return chart_cell(name, self._table, limit_set, described, flag, drift, self._phase)

    def _chart_cells(self) -> dict[str, ChartCell]:
        described = {name: parameter_info(self._elvis, name) for name in self._columns}
        drifts, limit_set = self._trends.drifts, self._rules.limit_set
        cells = chart_cells(self._columns, self._table, limit_set, described, self._flags, drifts, self._phase)
        return {cell.name: cell for cell in cells}

    def show_health(self) -> None:
        """Show the health strip and the title as they are now."""
        panes, health = self._panes, self.health
        if health is None:
            return
        shown = panes.images is not None
        cells = health_cells(health, images=shown, exposures=panes.table is not None)
        cells += self.verdicts.strip_cells()
        cells += self._copies.strip_cells(health.now)
        cells += self._warnings.strip_cells()
        title = window_title(health, health.folder, self._tag)
        if until := self._desk.silent_until:
            cells.append(sound_cell(until))
            title = f"{title} — sound off until {until}"
        panes.strip.show(cells)
        panes.window.set_state(worst_status(health), title)

    # --- what is known -----------------------------------------------------------------------------------------------

    def exposure_of(self, alarm: Alarm) -> Exposure | None:
        """What was being taken when an alarm began."""
        return None if math.isnan(alarm.since) else self._index.at(alarm.since)

    def gravest(self, name: str) -> Severity:
        """The severity a parameter can reach."""
        parameter = self._table.parameters.get(name) if self._table else None
        return parameter.gravest if parameter else Severity.NONE

    def response(self, alarm: Alarm) -> str:
        """What the table of limits tells the person on shift to do about an alarm."""
        parameter = self._table.parameters.get(alarm.parameter) if self._table else None
        return parameter.todo(alarm.side) if parameter else ""

    def _image_title(self, obsid: int) -> str:
        exposure = self._exposures.get(obsid)
        if exposure is None:
            return f"ObsID {obsid}"
        parts = [f"ObsID {obsid}", exposure.test, clock_text(exposure.time)]
        if not math.isnan(exposure.exptime):
            parts.append(f"exptime {exposure.exptime:g} s")
        return " · ".join(part for part in parts if part)


def _alarm_look(alarm: Alarm) -> tuple[int, Status | None]:
    if alarm.state is not AlarmState.UNACK:
        return logging.INFO, None
    return logging.WARNING, Status.INVALID if alarm.kind is AlarmKind.INVALID else status_of(alarm.severity)
