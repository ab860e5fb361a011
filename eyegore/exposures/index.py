"""The exposures of a session in time order: which ObsID was being acquired, and what was commanded then."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable

import numpy as np

from eyegore.messages.events import Exposure, FloatArray


class ExposureIndex:
    """Start times and commanded values of the exposures; an exposure lasts until the next one starts."""

    def __init__(self) -> None:
        self._starts: list[float] = []
        self._exposures: list[Exposure] = []
        self._known: set[int] = set()
        self._values: dict[str, FloatArray] = {}
        self._start_array: FloatArray = np.empty(0)

    def add(self, exposures: Iterable[Exposure]) -> None:
        """Take rows of the exposure log; the first row of an ObsID that has a time stands for all its CCDs."""
        for exposure in exposures:
            if exposure.obsid in self._known or math.isnan(exposure.time):
                continue
            self._known.add(exposure.obsid)
            place = bisect.bisect_right(self._starts, exposure.time)
            self._starts.insert(place, exposure.time)
            self._exposures.insert(place, exposure)
            self._values.clear()
            self._start_array = np.empty(0)

    def at(self, time: float) -> Exposure | None:
        """The exposure being acquired at ``time`` [lab s]: the last one started by then; None before the first."""
        place = bisect.bisect_right(self._starts, time)
        return self._exposures[place - 1] if place else None

    def settled(self, column: str, times: FloatArray, settle: float) -> FloatArray:
        """As :meth:`commanded`, but NaN for ``settle`` seconds after an exposure began with another command."""
        values = self.commanded(column, times)
        if settle > 0 and len(self._starts) > 1:
            kept = self._values[column]
            changed = np.concatenate(([False, False], (kept[2:] != kept[1:-1]) & ~np.isnan(kept[1:-1])))
            places = np.searchsorted(self._start_array, times, side="right")
            since = np.concatenate(([-math.inf], self._start_array))[places]
            values = np.where(changed[places] & (times - since < settle), math.nan, values)
        return values

    def commanded(self, column: str, times: FloatArray) -> FloatArray:
        """Commanded value of a log column at each of ``times`` [lab s]; NaN where nothing was commanded."""
        values = self._values.get(column)
        if values is None:
            values = np.array([float("nan"), *(exposure.number(column) for exposure in self._exposures)])
            self._values[column] = values
        if self._start_array.size != len(self._starts):
            self._start_array = np.array(self._starts)
        places = np.searchsorted(self._start_array, times, side="right")
        return values[places]
