"""Dead-man timers of exposures and images that do not come. Pure; time arrives as an argument."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.alarms.deadman import Condition
from eyegore.basics.lab_time import age_text
from eyegore.elvis.hk_text import number
from eyegore.exposures.interval import COMMANDED, commanded
from eyegore.limits.model import Severity
from eyegore.messages.events import Event, Exposure, ExposureRows, ImageFile
from eyegore.messages.exposures import CCDS

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


TOLERANCE_S = 300.0
"""Least lateness of an exposure that is told [s]."""
TOLERANCE_PERIODS = 1.0
"""Least lateness of an exposure that is told, in periods (exposure time and overhead) of the one before."""
IMAGES_AFTER_S = 300.0
"""Images may come so long after the next exposure could have begun [s]: copying takes its time."""
MOST_AWAITED = 1000
"""Exposures whose images are awaited; of more the oldest are given up."""

_ALL = frozenset(CCDS)


@dataclass(frozen=True)
class Late:
    """The next exposure is late: its ObsID if the count goes on, when it was ``due`` [lab s], by how much [min]."""

    obsid: int
    due: float
    minutes: float

    @property
    def text(self) -> str:
        """``frame 17219 is 6 min late``."""
        return f"frame {self.obsid} is {age_text(60 * self.minutes)} late"


class ExposureTimer:
    """Tells when the next exposure does not come.

    ``tolerance_s`` [s] or :data:`TOLERANCE_PERIODS` times the period of the last exposure, whichever is longer, may
    pass after it was due; longer than any pause between two test scripts. The log does not tell that a script has come
    to its end: the frame after the last one is late too, until the next exposure. Silent before the first exposure.
    """

    name = "EXPOSURES"

    def __init__(self, tolerance_s: float = TOLERANCE_S) -> None:
        self.pace = ExposurePace()
        self._tolerance_s = tolerance_s

    def exposed(self, exposures: Iterable[Exposure]) -> list[Start]:
        """Note rows of the exposure log in file order; returns the exposures that are new."""
        return self.pace.add(exposures)

    @property
    def due(self) -> float:
        """When the next exposure should begin [lab s]; NaN when none is awaited."""
        last = self.pace.newest
        return math.nan if last is None else last.time + self.pace.period(last)

    def late(self, now: float) -> Late | None:
        """The exposure that is late at ``now`` [lab s], None when none is."""
        last, due = self.pace.newest, self.due
        if last is None or math.isnan(due):
            return None
        if now - due <= max(self._tolerance_s, TOLERANCE_PERIODS * self.pace.period(last)):
            return None
        return Late(last.obsid + 1, due, (now - due) / 60)

    def condition(self, now: float) -> Condition:
        """As a condition; since the exposure was due."""
        late = self.late(now)
        return Condition(self.name, True, late.due, late.text, Severity.WARNING) if late else Condition(self.name)


@dataclass(frozen=True)
class MissingImages:
    """Images of one ObsID that have not all come complete by ``deadline`` [lab s]."""

    obsid: int
    ccds: tuple[int, ...]
    deadline: float


class ImageTimer:
    """Tells which exposures of the log have no complete images, ``after_s`` [s] after they should be there.

    Only those are awaited whose deadline is later than ``begin`` [lab s]: what was missing before is no news, and old
    images may have been moved away. Give it the exposures that :meth:`ExposureTimer.exposed` returned as new, so that
    the pace knows them. All three CCDs are awaited, also one that has no row of its own in the log.
    """

    name = "IMAGES"

    def __init__(self, pace: ExposurePace, begin: float, after_s: float = IMAGES_AFTER_S) -> None:
        self._pace, self._begin, self._after_s = pace, begin, after_s
        self._awaited: OrderedDict[int, float] = OrderedDict()
        self._there: OrderedDict[int, set[int]] = OrderedDict()

    def expect(self, starts: Iterable[Start]) -> None:
        """Await the images of these exposures."""
        for start in starts:
            deadline = start.time + self._pace.period(start) + self._after_s
            if deadline > self._begin and not self._there.get(start.obsid, set()) >= _ALL:
                self._awaited[start.obsid] = deadline
        while len(self._awaited) > MOST_AWAITED:
            self._awaited.popitem(last=False)

    def arrived(self, image: ImageFile) -> None:
        """Take what was seen of an image file, whether or not the log told of it yet."""
        there = self._there.setdefault(image.obsid, set())
        (there.add if image.complete else there.discard)(image.ccd)
        if there >= _ALL:
            self._awaited.pop(image.obsid, None)
        while len(self._there) > 2 * MOST_AWAITED:
            self._there.popitem(last=False)

    def missing(self, now: float) -> tuple[MissingImages, ...]:
        """The exposures whose images are overdue at ``now`` [lab s], oldest first."""
        found = []
        for obsid, deadline in self._awaited.items():
            ccds = _ALL - self._there.get(obsid, set())
            if now > deadline:
                found.append(MissingImages(obsid, tuple(sorted(ccds)), deadline))
        return tuple(found)

    def condition(self, now: float) -> Condition:
        """As a condition; since the first deadline passed."""
        missing = self.missing(now)
        if not missing:
            return Condition(self.name)
        first = missing[0]
        ccds = ", ".join(f"CCD{ccd}" for ccd in first.ccds)
        images = "image" if len(first.ccds) == 1 else "images"
        text = f"{images} of {ccds} of frame {first.obsid} missing for {age_text(now - first.deadline)}"
        if len(missing) > 1:
            others = len(missing) - 1
            text += f", and images of {others} other frame{'s' if others > 1 else ''}"
        return Condition(self.name, True, first.deadline, text, Severity.WARNING)


class SessionTimers:
    """Fed with the exposure log and the images; :meth:`look` turns what is overdue into alarms.

    ``begin`` [lab s] is when the session began to look: images that were missing before are no news.
    """

    def __init__(self, begin: float, *, images: bool) -> None:
        self._exposures = ExposureTimer()
        self._images = ImageTimer(self._exposures.pace, begin) if images else None

    def exposed(self, rows: ExposureRows) -> None:
        """Take new rows of the exposure log."""
        starts = self._exposures.exposed(rows.rows)
        if self._images is not None:
            self._images.expect(starts)

    def arrived(self, image: ImageFile) -> None:
        """Take what was seen of an image."""
        if self._images is not None:
            self._images.arrived(image)

    def look(self, board: AlarmBoard, lab_now: float, frame: EntryContext) -> list[Event]:
        """Raise what is overdue at ``lab_now`` [lab s], and let go of what has come."""
        conditions = [self._exposures.condition(lab_now)]
        if self._images is not None:
            conditions.append(self._images.condition(lab_now))
        return [event for one in conditions for event in as_alarm(board, one, lab_now, frame)]


def as_alarm(board: AlarmBoard, one: Condition, lab_now: float, frame: EntryContext) -> list[Event]:
    """Raise the alarm of a condition, or let go of it."""
    if one.active:
        return board.timer(one.timer, one.severity, one.text, one.since, lab_now, frame)
    return board.timer_well(one.timer, lab_now, frame)
