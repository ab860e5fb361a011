"""Runs of consecutive samples out of limits: when they began and ended, how many samples, how bad."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from eyegore.limits.checks import notable_columns, runs_of, worse, worst_of
from eyegore.limits.model import Verdict
from eyegore.messages.events import FloatArray, HkRows


@dataclass(frozen=True)
class Run:
    """Consecutive samples of one parameter with the same verdict.

    ``first`` and ``last`` are the times [lab s] of the first and last sample; ``worst`` is the extreme value in the
    direction of the verdict (farthest from the expected value for UNEXPECTED), NaN for INVALID.
    """

    parameter: str
    verdict: Verdict
    first: float
    last: float
    samples: int
    worst: float


class ExcursionFinder:
    """Finds the runs out of limits (and the INVALID ones) of every parameter, whatever the batches."""

    def __init__(self) -> None:
        self._open: dict[str, Run] = {}

    @property
    def open_runs(self) -> list[Run]:
        """The runs that the newest sample belongs to."""
        return list(self._open.values())

    def find(
        self,
        columns: Sequence[str],
        times: FloatArray,
        values: FloatArray,
        verdicts: npt.NDArray[np.uint8],
        expected: Mapping[str, float],
    ) -> list[Run]:
        """Judge one batch, shapes (n,), (n, columns), (n, columns); returns the runs that ended in it.

        ``expected`` gives the expected value of the columns that have one, to know which deviation is the worst.
        """
        chosen = set(notable_columns(verdicts))
        if self._open:
            chosen.update(column for column, name in enumerate(columns) if name in self._open)
        ended: list[Run] = []
        for column in sorted(chosen):
            name = columns[column]
            ended += self._column(name, times, values[:, column], verdicts[:, column], expected.get(name, 0.0))
        return ended

    def _column(
        self, name: str, times: FloatArray, values: FloatArray, codes: npt.NDArray[np.uint8], expected: float
    ) -> list[Run]:
        ended: list[Run] = []
        for start, stop, verdict in runs_of(codes):
            before = self._open.get(name)
            if before is not None and before.verdict is not verdict:
                ended.append(before)
                del self._open[name]
                before = None
            if not (verdict.out or verdict is Verdict.INVALID):
                continue
            worst = worst_of(values[start:stop], verdict, expected)
            if before is None:
                run = Run(name, verdict, float(times[start]), float(times[stop - 1]), stop - start, worst)
            else:
                run = replace(
                    before,
                    last=float(times[stop - 1]),
                    samples=before.samples + stop - start,
                    worst=worse(verdict, before.worst, worst, expected),
                )
            self._open[name] = run
        return ended


class ExcursionBook:
    """The runs of a session, the last ``kept`` of those that have ended (None: all)."""

    def __init__(self, kept: int | None) -> None:
        self._finder = ExcursionFinder()
        self._ended: deque[Run] = deque(maxlen=kept)

    def add(self, rows: HkRows, verdicts: npt.NDArray[np.uint8], expected: Mapping[str, float]) -> None:
        """Add judged rows; ``expected`` are the values of parameters that must have one."""
        self._ended.extend(self._finder.find(rows.columns, rows.times, rows.values, verdicts, expected))

    def runs(self, *, out: bool) -> list[Run]:
        """Runs out of limits, or (``out`` false) those of samples that could not be judged, by their first sample.

        Those that last still are included.
        """
        runs = [*self._ended, *self._finder.open_runs]
        return sorted((run for run in runs if run.verdict.out is out), key=lambda run: (run.first, run.parameter))
