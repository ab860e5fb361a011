"""The samples of the last hour, for the plot and the table of a warning."""

from __future__ import annotations

from collections import deque

import numpy as np

from eyegore.messages.events import FloatArray, HkRows

KEPT_S = 3600.0
"""How much is kept [s]."""


class RecentSamples:
    """Keeps the rows of the last hour by their own time; other columns begin anew."""

    def __init__(self) -> None:
        self._columns: tuple[str, ...] = ()
        self._blocks: deque[tuple[FloatArray, FloatArray]] = deque()

    def add(self, rows: HkRows) -> None:
        """Add rows in the order they were recorded, at least one."""
        if rows.columns != self._columns:
            self._columns = rows.columns
            self._blocks.clear()
        oldest = float(rows.times[-1]) - KEPT_S
        recent = slice(int(np.argmax(rows.times >= oldest)), None)
        self._blocks.append((rows.times[recent].copy(), rows.values[recent].copy()))
        while len(self._blocks) > 1 and not self._blocks[0][0][-1] >= oldest:
            self._blocks.popleft()

    def of(self, parameter: str) -> tuple[FloatArray, FloatArray]:
        """Times [lab s] and values of one parameter, both of shape (n,); empty where there are none."""
        if parameter not in self._columns or not self._blocks:
            return np.empty(0), np.empty(0)
        column = self._columns.index(parameter)
        times = np.concatenate([times for times, _ in self._blocks])
        values = np.concatenate([values[:, column] for _, values in self._blocks])
        recent = times >= times[-1] - KEPT_S
        return times[recent], values[recent]
