"""One exposure and what the housekeeping said while it was taken."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from eyegore.exposures.interval import ExposureInterval
from eyegore.exposures.row_covers import CoveredRows, Gap, RowKind
from eyegore.limits.checks import worse, worst_of
from eyegore.limits.model import Expected, Limit, LimitSet, Parameter, Range, Severity, Verdict, describe
from eyegore.messages.exposures import ExposureHk, HkVerdict, RetakeReason, ccd_of

EDGE_S = 5.0
"""How much of an exposure, at either end, the HK file of its ObsID may leave out [s]."""

_SOURCE = "hk"


@dataclass
class Unread:
    """So many ``lines`` between two rows, at ``low`` and ``high`` [lab s], could not be read."""

    low: float
    high: float
    lines: int


@dataclass
class _Found:
    """The samples of one parameter with one verdict."""

    kind: RowKind
    first: float
    last: float
    samples: int
    worst: float


class FrameRisk:
    """What is known of one ObsID. ``intervals`` are by the name the log has for the CCD.

    Its start and end are the earliest and the latest of them: what happens to one CCD happens to all.
    """

    def __init__(self, obsid: int, test: str) -> None:
        self.obsid = obsid
        self.test = test
        self.intervals: dict[str, ExposureInterval] = {}
        self.start = self.opened = self.end = math.nan
        self.final = False
        self.unread: list[Unread] = []
        self.told: ExposureHk | None = None
        self.begin()

    def begin(self) -> None:
        """Forget what the rows said."""
        self.final = False
        self.forgotten = False
        self._rows = 0
        self._found: dict[tuple[str, Verdict], _Found] = {}
        self._gaps: list[Gap] = []
        self._unchecked = ""

    def add(self, ccd: str, interval: ExposureInterval) -> bool:
        """Add the interval of one CCD; returns whether the ObsID was taken at another time than known before."""
        self.intervals[ccd] = interval
        known = [one for one in self.intervals.values() if not math.isnan(one.start)]
        before = self.start, self.opened, self.end
        self.start = min((one.start for one in known), default=math.nan)
        self.opened = min((one.opened for one in known), default=math.nan)
        self.end = max((one.end for one in known), default=math.nan)
        return not np.array_equal(before, (self.start, self.opened, self.end), equal_nan=True)

    def see(self, rows: CoveredRows, gap_s: float) -> bool:
        """Take rows in order of time, none of them twice; whether something else is known than before."""
        start, end = self.start, self.end
        if not (rows.high >= start and rows.low <= end):
            return False
        before = self.final, self._rows > 0, self._unchecked, len(self._gaps)
        self._gaps += [gap for gap in rows.gaps if self._counts(gap, gap_s)]
        times, sampled = rows.times, False
        if times.size:
            within = int(np.searchsorted(times, end, "right")) - int(np.searchsorted(times, start, "left"))
            self._rows += within
            if within and not rows.kind.checked:
                self._unchecked = rows.kind.elvis or "an unknown version"
            first = min(int(np.searchsorted(rows.after, start, "right")), int(np.searchsorted(times, start, "left")))
            stop = max(int(np.searchsorted(rows.before, end, "left")), int(np.searchsorted(times, end, "right")))
            sampled = bool(rows.names) and stop > first
            if sampled:
                self._take_samples(rows, slice(first, stop))
        if (times.size and times[-1] >= end) or any(gap.high >= end for gap in rows.gaps):
            self.final = True
        return sampled or before != (self.final, self._rows > 0, self._unchecked, len(self._gaps))

    def _counts(self, gap: Gap, gap_s: float) -> bool:
        """Whether something of this exposure is lost in a gap."""
        if gap.usual:
            return gap.low < self.end - EDGE_S and gap.high > self.opened + EDGE_S
        if math.isinf(gap.low):
            return gap.high - self.start > gap_s
        return gap.low < self.end and gap.high > self.start

    def _take_samples(self, rows: CoveredRows, part: slice) -> None:
        times = rows.times[part]
        for column, name in enumerate(rows.names):
            codes = rows.codes[part, column]
            for code in set(codes.tolist()):
                verdict = Verdict(code)
                if not (verdict.out or verdict is Verdict.INVALID):
                    continue
                chosen = codes == code
                values, when = rows.values[part, column][chosen], times[chosen]
                expected = _expected(rows.kind, name)
                worst = worst_of(values, verdict, expected)
                known = self._found.get((name, verdict))
                if known is None:
                    first, last = float(when[0]), float(when[-1])
                    self._found[name, verdict] = _Found(rows.kind, first, last, int(chosen.sum()), worst)
                    continue
                known.first, known.last = min(known.first, float(when[0])), max(known.last, float(when[-1]))
                known.samples += int(chosen.sum())
                known.worst = worse(verdict, known.worst, worst, expected)

    # --- what it comes to -------------------------------------------------------------------------------------------

    def message(self, silent_since: float) -> ExposureHk:
        """All that is known; no row has come since ``silent_since`` [lab s], NaN where more are awaited."""
        reasons = sorted(self._reasons(silent_since), key=lambda one: (-one.verdict.rank, -one.severity, one.first))
        verdicts = {}
        for name in sorted(self.intervals):
            mine = [one.verdict for one in reasons if one.concerns(name)]
            verdicts[name] = max(mine, key=lambda one: one.rank, default=HkVerdict.CLEAN)
        assumed = dict.fromkeys(text for one in self.intervals.values() for text in one.assumed)
        return ExposureHk(
            self.obsid, self.test, self.start, self.end, verdicts, tuple(reasons), tuple(assumed), self.final
        )

    def _reasons(self, silent_since: float) -> Iterator[RetakeReason]:
        for (name, verdict), found in self._found.items():
            yield _reason(name, verdict, found)
        for lost in self.unread:
            words = f"{lost.lines} line{'s' if lost.lines > 1 else ''} of its HK could not be read"
            yield _unknown(words, max(lost.low, self.start), min(lost.high, self.end))
        for gap in self._gaps:
            yield _silence(max(gap.low, self.start), min(gap.high, self.end))
        if math.isnan(self.start):
            yield _unknown("the log does not tell when it was taken")
            return
        if not all(one.whole for one in self.intervals.values()):
            yield _unknown("the log does not tell how long it was exposed")
        if self.forgotten:
            yield _unknown("its row of the log came too late: the HK of then is read by eyegore retake only")
        elif self._unchecked:
            yield _unknown(f"no parameter of ELVIS {self._unchecked} has a limit")
        if self.final:
            if not self._rows and not self._gaps and not self.forgotten:
                yield _silence(self.start, self.end)
        elif not math.isnan(silent_since):
            yield _silence(min(max(silent_since, self.start), self.end), self.end)
        else:
            yield _unknown("its HK has not been read to the end yet")


def _unknown(note: str, first: float = math.nan, last: float = math.nan) -> RetakeReason:
    return RetakeReason(_SOURCE, HkVerdict.UNKNOWN, Verdict.UNCHECKED, first=first, last=last, note=note)


def _silence(first: float, last: float) -> RetakeReason:
    return RetakeReason(_SOURCE, HkVerdict.NO_HK, Verdict.STALE, first=first, last=last, note="no HK row")


def _reason(name: str, verdict: Verdict, found: _Found) -> RetakeReason:
    parameter = _parameter(found.kind, name)
    return RetakeReason(
        source=_SOURCE,
        verdict=HkVerdict.COMPROMISED if verdict.out else HkVerdict.NO_HK,
        sample=verdict,
        parameter=name,
        ccd=ccd_of(name),
        first=found.first,
        last=found.last,
        samples=found.samples,
        worst=found.worst,
        unit=parameter.unit if parameter else "",
        limit=_limit(parameter, verdict, found) if parameter else "",
        severity=_severity(parameter, verdict, found) if parameter else Severity.NONE,
    )


def _parameter(kind: RowKind, name: str) -> Parameter | None:
    parameter = kind.table.parameters.get(name) if kind.table else None
    return parameter.during(kind.phase) if parameter else None


def _expected(kind: RowKind, name: str) -> float:
    parameter = _parameter(kind, name)
    limit = parameter.limit(kind.limit_set) if parameter else None
    return float(limit.equals) if isinstance(limit, Expected) else 0.0


def _limit(parameter: Parameter, verdict: Verdict, found: _Found) -> str:
    """The limit that the worst sample is beyond; of both sets the one that protects the hardware."""
    if verdict in (Verdict.DELTA_LOW, Verdict.DELTA_HIGH):
        return describe(parameter.delta, parameter.unit)
    limits = [one for one in map(parameter.limit, found.kind.limit_set.parts) if one is not None]
    passed = [one for one in limits if not _within(one, found.worst)]
    return describe(next(iter(passed or reversed(limits)), None), parameter.unit)


def _within(limit: Limit, value: float) -> bool:
    """Whether a value is in a limit as far as the value alone tells."""
    if isinstance(limit, Range):
        return limit.low <= value <= limit.high
    if isinstance(limit, Expected):
        mask = -1 if limit.mask is None else limit.mask
        return math.isfinite(value) and int(value) & mask == limit.equals & mask
    return True


def _severity(parameter: Parameter, verdict: Verdict, found: _Found) -> Severity:
    limit = parameter.limit(LimitSet.SAFE)
    hard = isinstance(limit, Range) and not limit.lolo <= found.worst <= limit.hihi
    return parameter.severity(verdict, hard and limit is not None)
