"""The phase of the camera, from the temperature of its CCDs: warm, cool-down, cold, warm-up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from eyegore.limits.model import Phase, PhaseRule

FloatArray = npt.NDArray[np.float64]

SMOOTHED = 5
"""Readings whose median counts: what shows in one or two rows only is no change of phase."""

_ALONG = {Phase.COOL_DOWN: -1.0, Phase.WARM_UP: 1.0}


class PhaseFinder:
    """Follows the temperature through the rows of the HK, from the ``phase`` known before; any batching gives the same.

    Between the bounds the direction tells. It is not known at first, when the HK begins there: then there is no phase
    until the temperature has moved by the hysteresis.
    """

    def __init__(self, rule: PhaseRule, phase: Phase | None = None) -> None:
        self._rule = rule
        self.phase = phase
        self._turn = math.nan
        self._last: list[float] = []

    def find(self, values: FloatArray, invalid: npt.NDArray[np.bool_]) -> list[tuple[int, Phase | None]]:
        """Phases by readings of the sensors, shape (n, sensors); those marked ``invalid`` and NaN tell nothing.

        Returns the runs of equal phase as (stop, phase), in order; the last ``stop`` is n.
        """
        if len(values) == 1:  # a row that has just come, as once a second
            self._follow(_median_of(values[0][~invalid[0]].tolist()))
            return [(1, self.phase)]
        temperatures = _median(np.where(invalid, np.nan, values))
        rows = np.flatnonzero(np.isfinite(temperatures))
        known = np.concatenate((self._last, temperatures[rows]))
        held = len(self._last)
        self._last = known[-(SMOOTHED - 1) :].tolist()
        runs: list[tuple[int, Phase | None]] = []
        if known.size >= SMOOTHED:
            windows = np.lib.stride_tricks.sliding_window_view(known, SMOOTHED)
            smooth = np.sort(windows, axis=1)[:, SMOOTHED // 2]
            offset = SMOOTHED - 1 - held
            for at, phase in self._changes(smooth):
                row = int(rows[at + offset])
                if row > (runs[-1][0] if runs else 0):
                    runs.append((row, self.phase))
                self.phase = phase
        runs.append((len(values), self.phase))
        return runs

    def _follow(self, temperature: float) -> None:
        """Go on by one row; NaN tells nothing."""
        if math.isnan(temperature):
            return
        known = [*self._last, temperature]
        self._last = known[-(SMOOTHED - 1) :]
        if len(known) == SMOOTHED:
            changes = self._changes(np.array([sorted(known)[SMOOTHED // 2]]))
            self.phase = changes[-1][1] if changes else self.phase

    def _changes(self, temperatures: FloatArray) -> list[tuple[int, Phase]]:
        """Where the phase changes, and to what."""
        found: list[tuple[int, Phase]] = []
        phase, at = self.phase, 0
        while at < temperatures.size:
            step, after = self._next(phase, temperatures[at:])
            if after is None:
                break
            at += step
            found.append((at, after))
            phase = after
            self._turn = float(temperatures[at])
        return found

    def _next(self, phase: Phase | None, temperatures: FloatArray) -> tuple[int, Phase | None]:
        """The first change from a phase, as its place and the phase after it; None when there is none."""
        rule = self._rule
        cold, warm, slack = rule.cold_below, rule.warm_above, rule.hysteresis
        match phase:
            case None:
                if math.isnan(self._turn):
                    self._turn = float(temperatures[0])
                turns = [(temperatures < self._turn - slack, Phase.COOL_DOWN),
                         (temperatures > self._turn + slack, Phase.WARM_UP)]  # fmt: skip
                return _first([(temperatures < cold, Phase.COLD), (temperatures > warm, Phase.WARM), *turns])
            case Phase.COLD:
                return _first([(temperatures > cold + slack, Phase.WARM_UP)])
            case Phase.WARM:
                return _first([(temperatures < warm - slack, Phase.COOL_DOWN)])
            case Phase.COOL_DOWN | Phase.WARM_UP:
                sign = _ALONG[phase]
                # fmax: the turn is NaN when the phase is from before
                reached = np.fmax.accumulate(np.concatenate(([sign * self._turn], sign * temperatures)))
                self._turn = sign * float(reached[-1])
                back = sign * temperatures < reached[1:] - slack
                other = Phase.WARM_UP if phase is Phase.COOL_DOWN else Phase.COOL_DOWN
                return _first([(temperatures < cold, Phase.COLD), (temperatures > warm, Phase.WARM), (back, other)])

    def inherit(self, before: PhaseFinder) -> None:
        """Go on where another one is, by a rule of one's own."""
        self.phase, self._turn, self._last = before.phase, before._turn, before._last


def _first(conditions: Sequence[tuple[npt.NDArray[np.bool_], Phase]]) -> tuple[int, Phase | None]:
    """The first place where a condition holds, and the phase it leads to; of several there the first of the list."""
    places = [(int(np.argmax(held)), order) for order, (held, _) in enumerate(conditions) if held.any()]
    if not places:
        return 0, None
    at, order = min(places)
    return at, conditions[order][1]


def _median_of(readings: Iterable[float]) -> float:
    """The median of those that are a number; NaN where none is."""
    ordered = sorted(one for one in readings if math.isfinite(one))
    half = len(ordered) // 2
    return (ordered[half] + ordered[~half]) / 2 if ordered else math.nan


def _median(values: FloatArray) -> FloatArray:
    """The median of each row over what is not NaN; NaN where all is."""
    ordered = np.sort(values, axis=1)  # NaN last
    count = np.count_nonzero(np.isfinite(ordered), axis=1)
    rows = np.arange(len(ordered))
    low, high = (
        ordered[rows, np.maximum(count - 1, 0) // 2],
        ordered[rows, np.minimum(count // 2, ordered.shape[1] - 1)],
    )
    return np.where(count > 0, (low + high) / 2, np.nan)
