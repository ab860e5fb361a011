"""How long exposures take, learned from the exposure log; from the timing model until it tells.

Timing model: pixel period 14.3 us, 2128 pixels per line, 20 s to transfer the frames; 2086 lines of 4 x 1000 us take
71.8 s. Between the start of an exposure and that of the next there are the flush, its exposure time, pumping, read-out
and transfer; all but the exposure time is the *overhead*.
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from eyegore.elvis.hk_text import number
from eyegore.exposures.interval import COMMANDED, commanded
from eyegore.messages.events import Exposure

READ_OUT_S = 71.8
"""Read-out of the whole CCD [s]."""
TRANSFER_S = 20.0
"""Transfer of the frames of an exposure [s]."""
KEPT = 9
"""Exposures of one kind whose overhead is remembered: the median of 9 stands 4 that were interrupted."""
LEAST = 3
"""With fewer the longest of them and of the timing model counts."""
LONGEST_S = 3600.0
"""A longer overhead is a pause [s]."""
KINDS = 100
"""Kinds remembered; then the one unused for longest is forgotten."""

Kind = tuple[str, ...]
"""The test of an exposure, and what was commanded that the overhead depends on."""


@dataclass(frozen=True)
class Start:
    """One ObsID of the log: its start [lab s] and exposure time [s] (0 where the log does not tell)."""

    obsid: int
    time: float
    exptime: float
    test: str
    kind: Kind


class ExposurePace:
    """Learns the overhead per kind of exposure: same test, same read-out, same pumping."""

    def __init__(self) -> None:
        self._overheads: OrderedDict[Kind, deque[float]] = OrderedDict()
        self.newest: Start | None = None
        """The exposure that began last."""

    def add(self, exposures: Iterable[Exposure]) -> list[Start]:
        """Add rows of the log in file order; returns the exposures that are later than any before."""
        news = []
        for exposure in exposures:
            last = self.newest
            if math.isnan(exposure.time) or (last is not None and exposure.time <= last.time):
                continue
            exptime = exposure.exptime if exposure.exptime > 0 else 0.0
            start = Start(exposure.obsid, exposure.time, exptime, exposure.test, (exposure.test, *commanded(exposure)))
            if last is not None and start.obsid == last.obsid:
                continue
            if last is not None and start.obsid == last.obsid + 1 and start.test == last.test:
                self._learn(last.kind, start.time - last.time - last.exptime)
            self.newest = start
            news.append(start)
        return news

    def overhead(self, start: Start) -> float:
        """Seconds from ``start`` to the next one, exposure time left out."""
        known = self._overheads.get(start.kind, ())
        return median(known) if len(known) >= LEAST else max(_modelled(start.kind), *known, 0.0)

    def period(self, start: Start) -> float:
        """Seconds from ``start`` to the next one, when its frames are there."""
        return start.exptime + self.overhead(start)

    def _learn(self, kind: Kind, overhead: float) -> None:
        if 0 < overhead <= LONGEST_S:
            self._overheads.setdefault(kind, deque(maxlen=KEPT)).append(overhead)
            self._overheads.move_to_end(kind)
            if len(self._overheads) > KINDS:
                self._overheads.popitem(last=False)


def _modelled(kind: Kind) -> float:
    """Overhead of an exposure of unknown pace: read-out of its lines and transfer; pumping is not modelled."""
    first, last = (number(kind[1 + COMMANDED.index(name)]) for name in ("vstart", "vend"))
    share = (last - first) / 2086 if 0 <= first < last else 1.0
    return READ_OUT_S * min(share, 1.0) + TRANSFER_S
