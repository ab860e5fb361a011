"""The housekeeping of a session: rows of whatever layout in; verdicts, alarms, flags, trends and excursions out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from eyegore.alarms.board import AlarmBoard, EntryContext, noted
from eyegore.alarms.flags import FlagBook
from eyegore.exposures.books import ExposureIndex
from eyegore.exposures.hk_book import KEPT_ROWS, ExposureHkBook
from eyegore.exposures.row_covers import RowKind
from eyegore.housekeeping.judge import HkJudge, JudgedRows, Layout, Piece
from eyegore.housekeeping.stuck import StillWatch
from eyegore.housekeeping.trends import SessionTrends
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Phase
from eyegore.messages.events import (
    Event,
    HkAccepted,
    HkHeader,
    HkRows,
    LayoutChanged,
    LimitsEdited,
    NoteKind,
    PhaseChosen,
    Said,
)
from eyegore.series.excursions import ExcursionBook

STALE_S = 60.0
"""Age from which HK is stale unless told otherwise [s]: ELVIS writes a row each second."""


@dataclass(frozen=True)
class Rules:
    """What a session is judged by. ``tables`` gives the limits of an ELVIS version, None where there are none.

    ``lab_offset_s`` is added to unix time to get lab seconds [s]; ``stale_after_s`` is the age from which HK is stale;
    ``images`` tells whether images are looked for; ``excursions_kept`` bounds the memory of ended excursions (None:
    all).
    """

    tables: Callable[[str], LimitTable | None]
    limit_set: LimitSet = LimitSet.SAFE
    lab_offset_s: Callable[[float], float] = lambda _now: 0.0
    images: bool = True
    stale_after_s: float = STALE_S
    excursions_kept: int | None = 10_000


class Housekeeping:
    """Judges every row in the order it was written, by the limits in use, whatever they become.

    ``rows`` counts those of this session, from ``first_time`` to ``last_time`` [lab s]; what is older than ``news``
    [lab s] nobody is told. ``table_hash`` is the hash of the limit table, ``told_phase`` the phase that was told last.
    """

    def __init__(self, rules: Rules, alarms: AlarmBoard, index: ExposureIndex) -> None:
        self.rules = rules
        self.news = float("-inf")
        self.elvis = ""
        self.unknown: tuple[str, ...] = ()
        self.missing: tuple[str, ...] = ()
        self.files: list[str] = []
        self.rows = 0
        self.first_time = self.last_time = float("nan")
        self.table_hash = ""
        self.judge = HkJudge(rules.tables, rules.limit_set, index)
        self.judged = JudgedRows()
        self.flags = FlagBook(alarms)
        self.excursions = ExcursionBook(rules.excursions_kept)
        self.exposures = ExposureHkBook(rules.stale_after_s, None if rules.excursions_kept is None else KEPT_ROWS)
        self.phase_by = ""
        self._alarms = alarms
        self._trends = SessionTrends()
        self.still = StillWatch()
        self._versions: dict[str, str] = {}
        self._continuous: dict[str, bool] = {}
        self._units: dict[str, str] = {}
        self._phase: Phase | None = None

    def take_header(self, header: HkHeader, now: float) -> list[Event]:
        """Take the header of a file: it says what the columns are."""
        if header.path not in self.files:
            self.files.append(header.path)
        self._versions[header.path] = header.elvis
        self._continuous[header.path] = header.continuous
        self.judged.begin(header.path)
        return self._use(header.elvis, header.columns, header, now)

    def _use(self, elvis: str, columns: tuple[str, ...], header: HkHeader | None, now: float) -> list[Event]:
        if not self.judge.use(elvis, columns):
            return []
        self.elvis = elvis
        layout = self._layout
        unknown, missing = (header.unknown, header.missing) if header else ((), ())
        self.unknown = tuple(dict.fromkeys((*self.unknown, *unknown)))
        self.missing = tuple(dict.fromkeys((*self.missing, *missing)))
        self._units.update(zip(columns, header.units, strict=False) if header else ())
        events = [*self._note_table(layout.table, now), *self._lay_out(layout, now)]
        name = f"ELVIS {elvis}" if elvis else "an unknown ELVIS version"
        checked = sum(layout.checked)
        text = f"HK of {name}: {len(columns)} parameters, {checked} checked against limits {self.rules.limit_set.words}"
        events.append(Said(logging.INFO if checked else logging.WARNING, text, now))
        if unknown:
            events.append(Said(logging.WARNING, f"unknown HK columns, kept but not checked: {', '.join(unknown)}", now))
        if missing:
            events.append(Said(logging.WARNING, f"missing HK columns: {', '.join(missing)}", now))
        return events

    @property
    def _layout(self) -> Layout:
        assert self.judge.layout is not None
        return self.judge.layout

    def _lay_out(self, layout: Layout, now: float) -> list[Event]:
        """Have flags and alarms for a layout, and tell how they stand."""
        frame, rules = self.frame(now), self.rules
        events = self.flags.lay_out(layout.columns, layout.table, rules.limit_set, layout.checked, self._units, frame)
        lacking = layout.lacking
        if lacking:
            checked = [True] * len(lacking)
            events += self.flags.lay_out(lacking, layout.table, rules.limit_set, checked, self._units, frame)
        flags, alarms = tuple(self.flags.views()), tuple(self._alarms.alarms())
        return [*events, LayoutChanged(layout.elvis, layout.columns, flags, alarms, layout.table, self.judge.phase)]

    def _note_table(self, table: LimitTable | None, now: float) -> list[Event]:
        """Tell when other limits are used than before, also than before a restart."""
        known, self.table_hash = self.table_hash, table.digest if table else ""
        if self.table_hash == known:
            return []
        text = f"limits {table.elvis} of {table.source}" if table else "no limits"
        return [noted(f"checking against {text}", self.frame(now))]

    def take_edited(self, edited: LimitsEdited, now: float) -> list[Event]:
        """The lab edited its table: judge by it from now on, or go on with the old one when it is not right."""
        if edited.table is None:
            text = f"the edited limits are refused, the old ones stay: {edited.problem}"
            return [noted(text, self.frame(now), said=True), Said(logging.WARNING, text, now)]
        table = edited.table
        self.rules = replace(self.rules, tables=lambda _elvis: table)
        self.judge.reload(self.rules.tables)
        events: list[Event] = [Said(logging.WARNING, f"the edited limits of {edited.path} are in use", now)]
        if self.judge.layout is not None:
            events += [*self._note_table(table, now), *self._lay_out(self._layout, now)]
        return events

    def take_rows(self, rows: HkRows, now: float) -> list[Event]:
        """Take rows, at least one."""
        events = self._use(self._versions.get(rows.path, self.elvis), rows.columns, None, now)
        if rows.preview:
            self.flags.see(rows, self.judge.preview(rows).shown)
            return [*events, *self.flags.changes(rows.columns)]
        judged, again = self.judged.advance(rows.path, rows.times)
        start = 0
        for piece in self.judge.judge(rows):
            part = _part(rows, start, piece.stop)
            events += self._take_piece(part, piece, max(0, judged - start), max(0, again - start), now)
            start = piece.stop
        return [*events, *self.flags.changes(rows.columns)]

    def _take_piece(self, rows: HkRows, piece: Piece, judged: int, again: int, now: float) -> list[Event]:
        """Take rows of one phase, of which the first were ``judged`` before, or also read ``again`` since the start."""
        events: list[Event] = self._enter(piece.phase, float(rows.times[0]), now, known=judged > 0)
        judgement = piece.judgement
        gone = self.flags.missing(rows.columns)
        self.flags.see(rows, judgement.shown)
        if judged < rows.times.size:
            events += self._alarms.apply(_part(rows, judged), judgement.since(judged), self.frame(now), gone)
        if again < rows.times.size:
            rows, verdicts = _part(rows, again), judgement.shown[again:]
            self._count(rows)
            self._trends.add(rows, verdicts)
            self.still.add(rows, verdicts, self._layout.measured)
            self.excursions.add(rows, verdicts, self._layout.expected)
            events.append(HkAccepted(rows, verdicts))
            continuous = self._continuous.get(rows.path, True)
            kind = _kind(rows.path, self._layout, self.rules.limit_set, piece.phase, continuous)
            events += self.exposures.add_hk(kind, rows.times, rows.values, verdicts)
        return events

    def _enter(self, phase: Phase | None, time: float, now: float, *, known: bool = False) -> list[Event]:
        """Judge by the limits of another phase from ``time`` [lab s] on; ``known``: it was told before a restart."""
        if phase is self._phase:
            return []
        before, self._phase = self._phase, phase
        self._alarms.enter(phase)
        events: list[Event] = []
        if not known:
            text = f"phase {_phase_text(phase)}, after {_phase_text(before)}"
            new = time >= self.news
            events.append(noted(text, self.frame(now), NoteKind.PHASE, time, said=new))
            if new:
                events.append(Said(logging.INFO, text, now))
        if self.judge.layout is not None:
            events += self._lay_out(self._layout, now)
        return events

    def choose(self, chosen: PhaseChosen, lab_now: float, now: float) -> list[Event]:
        """A person says which phase it is, from ``lab_now`` [lab s] on."""
        if chosen.phase is self.judge.chosen:
            return []
        self.judge.chosen, self.phase_by = chosen.phase, chosen.person
        words = f"the phase {chosen.phase.value}" if chosen.phase else "that the temperature tells the phase"
        text = f"{chosen.person} chose {words}" + (f": {chosen.comment}" if chosen.comment else "")
        events: list[Event] = [
            noted(text, self.frame(now), NoteKind.PHASE, person=chosen.person, said=True),
            Said(logging.INFO, text, now),
        ]
        return [*events, *self._enter(self.judge.phase, lab_now, now)]

    def _count(self, rows: HkRows) -> None:
        if not self.rows:
            self.first_time = float(rows.times[0])
        self.rows += rows.times.size
        self.last_time = float(rows.times[-1])

    def frame(self, now: float) -> EntryContext:
        """What an entry of the journal says besides the alarm, at unix time ``now`` [s]."""
        return EntryContext(now, self.table_hash, _context(self.rules.limit_set, self._phase), self.news)

    def parameter(self, name: str) -> Parameter | None:
        """What the limit table says of a parameter, None where it says nothing."""
        table = self.judge.layout.table if self.judge.layout is not None else None
        return table.parameters.get(name) if table is not None else None

    def slope(self, name: str) -> float:
        """How a parameter changes [unit/min]; NaN where it does not, or nobody can say."""
        return self._trends.slope(name)

    def look(self, now: float) -> list[Event]:
        """Where the parameters are heading, and which stand still; at unix time ``now`` [s]."""
        table, limit_set, frame = self.rules.tables(self.elvis), self.rules.limit_set, self.frame(now)
        events = self._trends.look(self._alarms, table, limit_set, self._phase, frame)
        return [*events, *self.still.look(self._alarms, self.parameter, self.last_time, frame)]


def _part(rows: HkRows, first: int, stop: int | None = None) -> HkRows:
    if first == 0 and stop in (None, rows.times.size):
        return rows
    part = slice(first, stop)
    return replace(rows, times=rows.times[part], values=rows.values[part], line=rows.line + first)


@lru_cache(maxsize=32)
def _context(limit_set: LimitSet, phase: Phase | None) -> str:
    return f"{limit_set.value} {phase.value}" if phase else limit_set.value


def _phase_text(phase: Phase | None) -> str:
    return phase.value if phase is not None else "not known"


@lru_cache(maxsize=8)
def _kind(path: str, layout: Layout, limit_set: LimitSet, phase: Phase | None, continuous: bool) -> RowKind:
    """What rows of a file have in common, for the frames that were taken meanwhile: one object for all of them."""
    checked = any(layout.checked)
    return RowKind(path, layout.elvis, layout.columns, layout.table, limit_set, phase, continuous, checked)
