"""The report of the housekeeping of a folder: every parameter against time, excursions, statistics of each ObsID."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from eyegore.basics.errors import SettingsError
from eyegore.basics.files import whole_file, write_whole
from eyegore.basics.lab_time import clock_text
from eyegore.basics.safe_text import cut
from eyegore.reports.housekeeping.panel import HkPanel, draw, limit_lines
from eyegore.reports.housekeeping.samples import (
    EXCURSION_COLUMNS,
    OBSID_COLUMNS,
    HkSamples,
    HkStatistics,
    ObsidTime,
    by_obsid,
    excursion_row,
    obsid_row,
    statistics_of,
)
from eyegore.reports.once import CANNOT_JUDGE, IN_LIMITS, OUT_OF_LIMITS, Findings
from eyegore.reports.paper import BAD, DIM, HEAD, INNER, LINE, MARGIN, WARN, Sheet, drawing
from eyegore.reports.quicklook.table import as_csv
from eyegore.series.excursions import Run

BINS = 500
"""Points of a curve: more are not told apart on half a page. The extremes of each are drawn."""
ROWS = 6
"""Rows of panels on a page, two panels each."""
LINES = 84
"""Lines of a table on a page."""
MOST_DOUBTS = 12
"""What could not be read or judged is told one by one up to so many."""
MOST_RUNS = 8 * LINES
"""Excursions listed on paper; the table has all."""
FOOT = (
    "blue: all samples, lowest to highest; orange: mean of each ObsID; dashed: limits, ▴▾ beyond the scale; "
    "red: out of limits; grey at the foot: no reading"
)
CAUTION = (
    "Caution: there are only the HK files of single ObsIDs. What was between two read-outs is not in this report, "
    "neither are its excursions."
)


@dataclass(frozen=True)
class Span:
    """What of a folder is reported: from ``begin`` to ``end`` [lab s]."""

    begin: float
    end: float


@dataclass(frozen=True)
class _Reported:
    """One parameter of the report."""

    name: str
    unit: str
    panel: HkPanel
    whole: HkStatistics
    obsids: Sequence[tuple[ObsidTime, HkStatistics]]


class HkReport:
    """A folder read and judged, and what of it is reported."""

    def __init__(self, findings: Findings, samples: HkSamples, span: Span, day: str) -> None:
        self.findings, self.samples, self.span, self.day = findings, samples, span, day
        excursions = findings.monitor.hk.excursions
        self.runs = [run for run in excursions.runs(out=True) if self._meets(run)]
        self.invalid = [run for run in excursions.runs(out=False) if self._meets(run)]
        self.obsids = [one for one in samples.obsids if one.begin <= span.end and one.end >= span.begin]

    def _meets(self, run: Run) -> bool:
        return run.first <= self.span.end and run.last >= self.span.begin

    @property
    def judged(self) -> bool:
        """Whether any parameter has a limit that was checked."""
        return bool(self.findings.monitor.flags.counts().checked)

    @property
    def exit_code(self) -> int:
        """0: every sample of every checked parameter in limits; 1: one out of limits; 2: neither can be said."""
        if self.runs:
            return OUT_OF_LIMITS
        return CANNOT_JUDGE if self.invalid or self.findings.doubts else IN_LIMITS

    def write(self, pdf: Path, obsids: Path, excursions: Path, advance: Callable[[str], object]) -> None:
        """Write the three documents; ``advance`` is called with the name of each parameter that is done."""
        reported: list[_Reported] = []
        index = self.findings.monitor.index
        for name in self.samples.names:
            reported.append(self._reported(name))
            advance(name)
        units = self.samples.units
        rows = [(obsid.obsid, obsid_row(obsid, one.name, one.unit, of)) for one in reported for obsid, of in one.obsids]
        rows.sort(key=lambda one: one[0])  # stable: parameters stay in their order
        write_whole(obsids, as_csv(OBSID_COLUMNS, (row for _, row in rows)))
        runs = sorted((*self.runs, *self.invalid), key=lambda run: (run.first, run.parameter))
        write_whole(
            excursions,
            as_csv(EXCURSION_COLUMNS, (excursion_row(run, units.get(run.parameter, ""), index) for run in runs)),
        )
        with drawing(), whole_file(pdf) as document:
            self._bind(document, reported, advance)

    def _reported(self, name: str) -> _Reported:
        samples = self.samples.all_of(name).between(self.span.begin, self.span.end)
        unit = self.samples.units.get(name, "")
        obsids = list(by_obsid(samples, self.obsids))
        found = samples.envelope(BINS)
        monitor = self.findings.monitor
        times = samples.times[:: max(1, samples.times.size // BINS)]
        panel = HkPanel(
            name=name,
            unit=unit,
            envelope=found,
            limits=limit_lines(name, self.samples, times, monitor.rules.limit_set, monitor.index),
            mean_times=np.array([(obsid.begin + obsid.end) / 2 for obsid, _ in obsids]),
            means=np.array([of.mean for _, of in obsids]),
            excursions=sum(run.parameter == name for run in self.runs),
        )
        return _Reported(name, unit, panel, statistics_of(samples), obsids)

    def told(self) -> list[str]:
        """The outcome in a few lines."""
        out = list(dict.fromkeys(run.parameter for run in self.runs))
        lines = [*self._cautions()]
        if out:
            names = ", ".join(out[:12]) + (f" and {len(out) - 12} more" if len(out) > 12 else "")
            lines.append(f"{len(self.runs)} times out of limits: {names}")
        elif self.judged:
            lines.append("nothing that was judged was out of limits")
        return lines

    # --- pages -------------------------------------------------------------------------------------------------------

    def _bind(self, document: BinaryIO, reported: Sequence[_Reported], advance: Callable[[str], object]) -> None:
        from matplotlib.backends.backend_pdf import PdfPages

        about = {"Title": f"Housekeeping {self.day}", "Creator": "eyegore hk-report"}
        with PdfPages(document, metadata=about) as pages:
            for sheet in self._sheets(reported, advance):
                pages.savefig(sheet.figure)

    def _sheets(self, reported: Sequence[_Reported], advance: Callable[[str], object]) -> Iterator[Sheet]:
        yield self._first_page(reported)
        step = 2 * ROWS
        for start in range(0, len(reported), step):
            sheet = self._headed("every parameter against time")
            for place, one in enumerate(reported[start : start + step]):
                self._place(sheet, one.panel, place)
                advance(one.name)
            yield sheet
        yield from self._listed(
            "parameters over the whole time",
            f"{'parameter':<24}{'unit':<8}{'samples':>9}{'invalid':>9}{'mean':>13}{'std':>12}{'min':>13}{'max':>13}{'out':>9}",
            [(_statistics_line(one), bool(one.whole.out)) for one in reported],
        )
        runs = [(self._run_line(run), True) for run in self.runs[:MOST_RUNS]]
        title = f"{len(self.runs)} times out of limits"
        if len(self.runs) > MOST_RUNS:
            title += f", the first {MOST_RUNS} of them; all are in the table"
        head = (
            f"{'parameter':<24}{'verdict':<12}{'first':<17}{'last':<17}{'samples':>8}{'worst':>13}  {'unit':<8}ObsIDs"
        )
        yield from self._listed(title, head, runs or [("none", False)])

    def _headed(self, title: str) -> Sheet:
        sheet = Sheet()
        sheet.text(MARGIN, 0.35, f"{self.day}   {title}", weight="bold", fontsize=9)
        words = f"{clock_text(self.span.begin)} – {clock_text(self.span.end)}"
        sheet.text(MARGIN + INNER, 0.35, words, ha="right", color=DIM)
        return sheet

    def _place(self, sheet: Sheet, panel: HkPanel, place: int) -> None:
        gap, left = 0.45, 0.35
        width = (INNER - gap - left) / 2
        tall = 10.75 / ROWS
        x = MARGIN + left + (place % 2) * (width + gap)
        span = (self.span.begin, max(self.span.end, self.span.begin + 1.0))
        draw(sheet, panel, (x, 0.68 + (place // 2) * tall, width, tall - 0.42), span)

    def _first_page(self, reported: Sequence[_Reported]) -> Sheet:
        monitor = self.findings.monitor
        sheet = Sheet()
        sheet.text(MARGIN, 0.5, f"Housekeeping   {self.day}", weight="bold", fontsize=HEAD)
        facts = [
            monitor.folder,
            f"ELVIS {monitor.hk.elvis or 'unknown'}, limits {monitor.rules.limit_set.words}",
            f"{clock_text(self.span.begin)} to {clock_text(self.span.end)}",
            f"{monitor.hk.rows} rows in {len(monitor.hk.files)} files, {monitor.bad_line_count} lines not understood",
            f"{len(self.obsids)} ObsIDs, {len(reported)} parameters",
        ]
        y = 0.85
        for fact in facts:
            sheet.text(MARGIN, y, cut(fact, 110), fontsize=8)
            y += 0.17
        y += 0.1
        for words in self._cautions():
            sheet.text(MARGIN, y, cut(words, 135), fontsize=7.5, color=WARN, weight="bold")
            y += 0.17
        y += 0.15
        out = [one for one in reported if one.panel.excursions]
        words = f"{len(out)} parameters were out of limits" if out else "no parameter that was judged was out of limits"
        if self.judged:
            sheet.text(MARGIN, y, words, weight="bold", fontsize=9, color=BAD if out else DIM)
        lines = [
            f"{one.name:<24}{one.panel.excursions:>5} x {one.whole.out:>8} samples   min {_short(one.whole.lowest):>11}"
            f"   max {_short(one.whole.highest):>11} {one.unit:<8} {'; '.join(line.text for line in one.panel.limits)}"
            for one in out
        ]
        most = int((11.0 - y) / LINE) - 3
        sheet.mono(MARGIN, y + 0.22, [cut(line, 150) for line in lines[:most]])
        sheet.text(MARGIN, 11.2, FOOT, color=DIM)
        return sheet

    def _cautions(self) -> list[str]:
        """What a reader has to know before anything else."""
        found: list[str] = []
        if not self.samples.continuous:
            found.append(CAUTION)
        doubts = self.findings.doubts
        found += doubts[:MOST_DOUBTS]
        if len(doubts) > MOST_DOUBTS:
            found.append(f"and {len(doubts) - MOST_DOUBTS} more of that kind")
        if self.invalid:
            found.append(f"{len({run.parameter for run in self.invalid})} parameters had samples that are no readings")
        if not self.obsids:
            found.append("no exposure log: there are no statistics of ObsIDs")
        return found

    def _listed(self, title: str, head: str, lines: Sequence[tuple[str, bool]]) -> Iterator[Sheet]:
        """Pages of a table; a line that tells of something out of limits is red."""
        for start in range(0, len(lines), LINES):
            sheet = self._headed(title)
            sheet.mono(MARGIN, 0.7, [head], color=DIM)
            part = lines[start : start + LINES]
            for red in (False, True):
                shown = [line if bad is red else "" for line, bad in part]
                if any(shown):
                    sheet.mono(MARGIN, 0.7 + 1.5 * LINE, shown, color=BAD if red else "#1c2226")
            yield sheet

    def _run_line(self, run: Run) -> str:
        index = self.findings.monitor.index
        first, last = index.at(run.first), index.at(run.last)
        obsids = f"{first.obsid if first else '-'}" + (f" .. {last.obsid}" if last and last is not first else "")
        return (
            f"{cut(run.parameter, 23):<24}{run.verdict.name:<12}{clock_text(run.first):<17}{clock_text(run.last):<17}"
            f"{run.samples:>8}{_short(run.worst):>13}  {self.samples.units.get(run.parameter, ''):<8}{obsids}"
        )


def _statistics_line(one: _Reported) -> str:
    of = one.whole
    numbers = "".join(f"{_short(number):>{wide}}" for number, wide in
                      ((of.mean, 13), (of.std, 12), (of.lowest, 13), (of.highest, 13)))  # fmt: skip
    return f"{cut(one.name, 23):<24}{one.unit:<8}{of.samples:>9}{of.invalid:>9}{numbers}{of.out:>9}"


def _short(number: float) -> str:
    return f"{number:.5g}" if math.isfinite(number) else "-"


def chosen_span(samples: HkSamples, begin: float | None, end: float | None, obsids: tuple[int, int] | None) -> Span:
    """What is reported: all of it, what lies between two lab times, or from the first to the last of some ObsIDs.

    Raises
    ------
    SettingsError
        When there is no housekeeping, none of these ObsIDs, or nothing at that time.
    """
    first, last = samples.span
    if math.isnan(first):
        raise SettingsError("there is no row of housekeeping in this folder")
    if obsids is not None:
        known = [one for one in samples.obsids if obsids[0] <= one.obsid <= obsids[1]]
        if not known:
            raise SettingsError(f"no ObsID from {obsids[0]} to {obsids[1]} in the exposure log")
        return Span(min(one.begin for one in known), max(one.end for one in known))
    span = Span(first if begin is None else begin, last if end is None else end)
    if not (span.begin <= last and span.end >= first and span.begin <= span.end):
        raise SettingsError(
            f"there is no housekeeping at that time: it goes from {clock_text(first)} to {clock_text(last)}"
        )
    return span
