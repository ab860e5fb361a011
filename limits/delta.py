"""How fast a parameter changes, over blocks of samples that follow one another."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from eyegore.limits.model import TOLERANCE, Delta, Verdict

FloatArray = npt.NDArray[np.float64]


class DeltaCheck:
    """Judges the mean change per minute over the last N samples of one column.

    It is judged only over N samples that are all valid and whose times rise from each to the next: a clock that is
    stuck or set back would otherwise make any change look fast. ``alone``: the column has no other limit, so that
    this check by itself puts a sample in limits, and leaves it UNCHECKED where it cannot be judged.
    """

    def __init__(self, column: int, limit: Delta, alone: bool) -> None:
        self.column = column
        self._limit = limit
        self._alone = alone
        self._times: FloatArray = np.empty(0)
        self._values: FloatArray = np.empty(0)

    def judge(self, times: FloatArray, values: FloatArray, codes: npt.NDArray[np.uint8]) -> None:
        """Overwrite ``codes``, the verdicts so far, where the samples are in limits but change too fast."""
        span = self._limit.samples - 1
        stamps, samples = self.follow(times, values, codes)
        judged = codes == Verdict.IN_LIMITS
        if self._alone:
            codes[judged] = Verdict.UNCHECKED
        if len(stamps) <= span:
            return
        # A window holds span + 1 samples and the span steps between them.
        spoilt = np.isnan(samples[1:]) | ~(np.diff(stamps) > 0)
        whole = ~(_any_of(spoilt, span) | np.isnan(samples[:-span]))
        minutes = np.where(whole, stamps[span:] - stamps[:-span], 60.0) / 60.0
        change = (samples[span:] - samples[:-span]) / minutes
        low, high = self._limit.low, self._limit.high
        verdict = np.full(change.shape, Verdict.IN_LIMITS, np.uint8)
        verdict[change < low - TOLERANCE * max(1.0, abs(low))] = Verdict.DELTA_LOW
        verdict[change > high + TOLERANCE * max(1.0, abs(high))] = Verdict.DELTA_HIGH
        new = min(len(codes), len(change))
        np.copyto(codes[-new:], verdict[-new:], where=judged[-new:] & whole[-new:])

    def follow(
        self, times: FloatArray, values: FloatArray, codes: npt.NDArray[np.uint8]
    ) -> tuple[FloatArray, FloatArray]:
        """Remember samples; returns their times and values, NaN where invalid, behind those remembered before."""
        span = self._limit.samples - 1
        stamps = np.concatenate((self._times, times))
        samples = np.concatenate((self._values, np.where(codes == Verdict.INVALID, np.nan, values)))
        self._times, self._values = stamps[-span:], samples[-span:]
        return stamps, samples

    def inherit(self, before: DeltaCheck) -> None:
        """Begin with what another check of the same column remembers, if that is more."""
        span = self._limit.samples - 1
        if before._times[-span:].size > self._times.size:
            self._times, self._values = before._times[-span:], before._values[-span:]


def _any_of(marks: npt.NDArray[np.bool_], length: int) -> npt.NDArray[np.bool_]:
    """For each run of ``length`` neighbours, in order, whether any of them is marked."""
    count = np.concatenate(([0], np.cumsum(marks)))
    return count[length:] > count[:-length]
