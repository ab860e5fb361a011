"""What a session has produced: the exposure log merged from its files, the exposures in order of time, the images."""

from __future__ import annotations

import bisect
import logging
import math
from collections import Counter
from collections.abc import Iterable

import numpy as np

from eyegore.messages.events import (
    Event,
    Exposure,
    ExposureRows,
    ExposuresAccepted,
    FloatArray,
    ImageFile,
    ImagesReady,
    Said,
)
from eyegore.messages.exposures import CCDS


class ExposureBook:
    """Exposure-log rows of all files, merged by (ObsID, CCD); a later row for the same key replaces the earlier."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, str], Exposure] = {}
        self._ccds: dict[int, set[str]] = {}
        self._obsids: list[int] = []
        self.newest_time = float("nan")

    def add(self, message: ExposureRows, now: float) -> list[Event]:
        """Merge rows; rows identical to one already known are not told again."""
        news: list[Exposure] = []
        changed: list[Exposure] = []
        for row in message.rows:
            key = (row.obsid, row.ccd)
            known = self._rows.get(key)
            if known is not None and known.cells == row.cells:
                continue
            (news if known is None else changed).append(row)
            self._rows[key] = row
            if row.obsid not in self._ccds:
                bisect.insort(self._obsids, row.obsid)
            self._ccds.setdefault(row.obsid, set()).add(row.ccd)
            if not math.isnan(row.time) and not row.time <= self.newest_time:
                self.newest_time = row.time
        events: list[Event] = []
        if news or changed:
            events.append(ExposuresAccepted(message.columns, (*news, *changed)))
        if changed:
            which = ", ".join(str(obsid) for obsid in sorted({row.obsid for row in changed})[:5])
            text = f"{message.path}: rows of ObsID {which} differ from those read before; the later ones count"
            events.append(Said(logging.WARNING, text, now))
        return events

    def all(self) -> tuple[Exposure, ...]:
        """Every row, in the order they came."""
        return tuple(self._rows.values())

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self._rows)

    @property
    def obsids(self) -> int:
        """Number of ObsIDs."""
        return len(self._obsids)

    @property
    def first(self) -> int | None:
        """Lowest ObsID."""
        return self._obsids[0] if self._obsids else None

    @property
    def last(self) -> int | None:
        """Highest ObsID."""
        return self._obsids[-1] if self._obsids else None

    def incomplete(self) -> list[int]:
        """ObsIDs with fewer than three CCD rows."""
        return [obsid for obsid in self._obsids if len(self._ccds[obsid]) < len(CCDS)]

    def tests(self) -> dict[str, int]:
        """Number of ObsIDs per test, in the order of their first ObsID."""
        test_of: dict[int, str] = {}
        for (obsid, _ccd), row in self._rows.items():
            test_of.setdefault(obsid, row.test)
        return dict(Counter(test_of[obsid] for obsid in self._obsids))


class ExposureIndex:
    """Which ObsID was being acquired, and what was commanded then; an exposure lasts until the next one starts."""

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


class ImageBook:
    """Images by ObsID and CCD, and which ObsID is complete."""

    def __init__(self) -> None:
        self._paths: dict[int, dict[int, str]] = {}
        self._obsids: list[int] = []
        self._seen: dict[str, bool] = {}
        self._ready: set[int] = set()
        self.complete = 0
        """Number of complete image files."""
        self.problems: dict[str, str] = {}
        self.latest: int | None = None
        self.newest_modified = float("nan")

    def add(self, image: ImageFile) -> list[Event]:
        """Take what was seen of one file; an ObsID is announced once, when it is complete.

        Complete is an ObsID whose three CCDs are, or one with fewer when images of a later ObsID are complete.
        """
        self.complete += image.complete - self._seen.get(image.path, False)
        self._seen[image.path] = image.complete
        if not image.modified <= self.newest_modified:
            self.newest_modified = image.modified
        if not image.complete:
            if image.problem:
                self.problems[image.path] = image.problem
            paths = self._paths.get(image.obsid, {})
            if paths.get(image.ccd) == image.path:  # else another file, compressed say, has taken its place
                del paths[image.ccd]
            return []
        self.problems.pop(image.path, None)
        place = bisect.bisect_left(self._obsids, image.obsid)
        if image.obsid not in self._paths:
            self._obsids.insert(place, image.obsid)
        paths = self._paths.setdefault(image.obsid, {})
        paths[image.ccd] = image.path
        events = self._announce(self._obsids[place - 1] if place else None)
        if set(paths) == set(CCDS):
            events += self._announce(image.obsid)
        return events

    def _announce(self, obsid: int | None) -> list[Event]:
        if obsid is None or obsid in self._ready or not self._paths[obsid]:
            return []
        self._ready.add(obsid)
        self.latest = obsid if self.latest is None else max(self.latest, obsid)
        return [ImagesReady(obsid, dict(self._paths[obsid]))]

    @property
    def files(self) -> int:
        """Number of image files seen."""
        return len(self._seen)
