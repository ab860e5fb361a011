"""Dead-man timers of exposures and images that do not come. Pure; time arrives as an argument."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from statistics import median

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.alarms.deadman import Condition, as_alarm
from eyegore.basics.lab_time import age_text
from eyegore.elvis.hk_text import number
from eyegore.exposures.interval import COMMANDED, commanded
from eyegore.limits.model import Severity
from eyegore.messages.events import AlarmState, Event, Exposure, ExposureRows, ImageFile
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
Moment = Callable[[float], float]
"""The unix time [s] of a stamp [lab s]."""


def _as_stamped(stamp: float) -> float:
    return stamp


@dataclass(frozen=True)
class Start:
    """One ObsID of the log: its start by the clock of ELVIS [lab s] and exposure time [s] (0 where the log does not
    tell). ``began`` is when that was [unix s], NaN where its row was there before we looked."""

    obsid: int
    time: float
    exptime: float
    test: str
    kind: Kind
    began: float = math.nan

    def at(self, moment: Moment) -> float:
        """When it began [unix s], by its arrival where that is known: clocks may be wrong, or change."""
        return moment(self.time) if math.isnan(self.began) else self.began


class ExposurePace:
    """Learns the overhead per kind of exposure: same test, same read-out, same pumping."""

    def __init__(self) -> None:
        self._overheads: OrderedDict[Kind, deque[float]] = OrderedDict()
        self._usual: dict[Kind, float] = {}
        """What :meth:`overhead` found, until something is learned."""
        self._known: set[tuple[int, float | None]] = set()
        """ObsID and stamp of each row: those of a log that is read once more are no news."""
        self.newest: Start | None = None
        """The exposure that began last."""

    def add(self, exposures: Iterable[Exposure], received: float = math.nan, shown: float = math.nan) -> list[Start]:
        """Add rows of the log in file order; returns the exposures that are later than any before.

        ``received`` [unix s] is when rows came that were written while we looked, and ``shown`` [lab s] what the clock
        of ELVIS showed then. Of these each new ObsID is a later exposure, whatever its stamp; of those that were there
        before, one with a later stamp, or the next ObsID: a clock may be set back, and one row may be from next year.
        """
        news = []
        live = not math.isnan(received)
        for exposure in exposures:
            last, obsid = self.newest, exposure.obsid
            row = obsid, None if math.isnan(exposure.time) else exposure.time
            known = row in self._known
            self._known.add(row)
            if last is not None and obsid == last.obsid:
                continue
            later = last is None or exposure.time > last.time or obsid == last.obsid + 1
            if known if live else row[1] is None or not later:
                continue
            exptime = exposure.exptime if exposure.exptime > 0 else 0.0
            kind = (exposure.test, *commanded(exposure))
            start = Start(obsid, exposure.time, exptime, exposure.test, kind)
            if live:  # it may have been written at the end of the exposure, not later
                ago = min(max(shown - exposure.time, 0.0), exptime + _modelled(kind))
                start = replace(start, began=received - (0.0 if math.isnan(ago) else ago))
            if last is not None and obsid == last.obsid + 1 and start.test == last.test:
                self._learn(last.kind, start.time - last.time - last.exptime)
            self.newest = start
            news.append(start)
        return news

    def overhead(self, start: Start) -> float:
        """Seconds from ``start`` to the next one, exposure time left out."""
        usual = self._usual.get(start.kind)
        if usual is None:
            known = self._overheads.get(start.kind, ())
            usual = median(known) if len(known) >= LEAST else max(_modelled(start.kind), *known, 0.0)
            self._usual = {start.kind: usual}
        return usual

    def period(self, start: Start) -> float:
        """Seconds from ``start`` to the next one, when its frames are there."""
        return start.exptime + self.overhead(start)

    def _learn(self, kind: Kind, overhead: float) -> None:
        if 0 < overhead <= LONGEST_S:
            self._usual = {}
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
    pass after it was due; longer than any pause between two test scripts. After the last frame of a test of the
    campaign none is awaited: the log does not tell what comes next. What had been late for longer than a pause at
    ``begin`` [unix s] is not awaited either. Silent before the first exposure.
    """

    name = "EXPOSURES"

    def __init__(self, tolerance_s: float = TOLERANCE_S, begin: float = -math.inf) -> None:
        self.pace = ExposurePace()
        self.given_up: int | None = None
        """ObsID after which a person says that none will come."""
        self._tolerance_s, self._begin = tolerance_s, begin
        self._frames = 0
        """Number of frames of the test that runs."""

    def exposed(
        self, exposures: Iterable[Exposure], received: float = math.nan, shown: float = math.nan
    ) -> list[Start]:
        """Note rows of the exposure log in file order, as :meth:`ExposurePace.add`; returns the exposures that are
        new."""
        before = self.pace.newest
        test = before.test if before is not None else ""
        starts = self.pace.add(exposures, received, shown)
        for start in starts:
            self._frames = self._frames + 1 if start.test == test else 1
            test = start.test
        return starts

    def due(self, moment: Moment = _as_stamped) -> float:
        """When the next exposure should begin [unix s]; NaN when none is awaited."""
        last = self.pace.newest
        return math.nan if last is None else last.at(moment) + self.pace.period(last)

    def late(self, now: float, moment: Moment = _as_stamped) -> Late | None:
        """The exposure that is late at ``now`` [unix s], None when none is."""
        last, due = self.pace.newest, self.due(moment)
        if last is None or not self._overdue(last, due, now):
            return None
        if self._paused(last, due) or last.obsid == self.given_up or self._complete(last.test):
            return None
        return Late(last.obsid + 1, due, (now - due) / 60)

    def _overdue(self, last: Start, due: float, now: float) -> bool:
        return now - due > max(self._tolerance_s, TOLERANCE_PERIODS * self.pace.period(last))

    def _paused(self, last: Start, due: float) -> bool:
        """Whether the campaign had come to its end, or stood still, before anybody looked."""
        return math.isnan(last.began) and due < self._begin - LONGEST_S

    def _complete(self, test: str) -> bool:
        """Whether all frames of the test are there; it may have been taken more than once."""
        from eyegore.campaign.plan import frames_of  # only when one is overdue: the tables are read then

        planned = frames_of(test)
        return planned is not None and self._frames % planned == 0

    def give_up(self) -> None:
        """A person says that the exposure that is late will not come."""
        self.given_up = self.pace.newest.obsid if self.pace.newest is not None else None

    def condition(self, now: float, moment: Moment = _as_stamped) -> Condition:
        """As a condition; since the exposure was due."""
        late, last = self.late(now, moment), self.pace.newest
        if late is not None:
            return Condition(self.name, True, late.due, late.text, Severity.WARNING)
        in_time = last is not None and not self._overdue(last, self.due(moment), now)
        return Condition(self.name, known=in_time)


@dataclass(frozen=True)
class MissingImages:
    """Images of one ObsID that have not all come complete by ``deadline`` [unix s]."""

    obsid: int
    ccds: tuple[int, ...]
    deadline: float


class ImageTimer:
    """Tells which exposures of the log have no complete images, ``after_s`` [s] after they should be there.

    Only those are awaited whose deadline is later than ``begin`` [unix s]: what was missing before is no news, and old
    images may have been moved away. Give it the exposures that :meth:`ExposureTimer.exposed` returned as new, so that
    the pace knows them. All three CCDs are awaited, also one that has no row of its own in the log.
    """

    name = "IMAGES"

    def __init__(self, pace: ExposurePace, begin: float, after_s: float = IMAGES_AFTER_S) -> None:
        self.begin = begin
        self.given_up: set[int] = set()
        """ObsIDs whose images a person says will not come."""
        self._pace, self._after_s = pace, after_s
        self._awaited: OrderedDict[int, tuple[Start, float]] = OrderedDict()
        """Exposures, and how long after their begin their images are to be there [s]."""
        self._there: OrderedDict[int, set[int]] = OrderedDict()
        self._expected = False

    def expect(self, starts: Iterable[Start]) -> None:
        """Await the images of these exposures."""
        for start in starts:
            self._expected = True
            if start.obsid not in self.given_up and not self._there.get(start.obsid, set()) >= _ALL:
                self._awaited[start.obsid] = start, self._pace.period(start) + self._after_s
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

    def missing(self, now: float, moment: Moment = _as_stamped) -> tuple[MissingImages, ...]:
        """The exposures whose images are overdue at ``now`` [unix s], oldest first."""
        found, past = [], []
        for obsid, (start, wait) in self._awaited.items():
            deadline = start.at(moment) + wait
            if math.isnan(start.began) and deadline <= self.begin:
                past.append(obsid)
            elif now > deadline:
                ccds = _ALL - self._there.get(obsid, set())
                found.append(MissingImages(obsid, tuple(sorted(ccds)), deadline))
        for obsid in past:
            del self._awaited[obsid]
        return tuple(found)

    def give_up(self, now: float, moment: Moment) -> None:
        """A person says that the images that are missing will not come."""
        for one in self.missing(now, moment):
            self.given_up.add(one.obsid)
            del self._awaited[one.obsid]

    def condition(self, now: float, moment: Moment = _as_stamped) -> Condition:
        """As a condition; since the first deadline passed."""
        missing = self.missing(now, moment)
        if not missing:
            return Condition(self.name, known=self._expected)
        first = missing[0]
        ccds = ", ".join(f"CCD{ccd}" for ccd in first.ccds)
        images = "image" if len(first.ccds) == 1 else "images"
        text = f"{images} of {ccds} of frame {first.obsid} missing for {age_text(now - first.deadline)}"
        if len(missing) > 1:
            others = len(missing) - 1
            text += f", and images of {others} other frame{'s' if others > 1 else ''}"
        return Condition(self.name, True, first.deadline, text, Severity.WARNING)


@dataclass(frozen=True)
class TimersMemory:
    """What survives a restart: what a person says will not come."""

    exposure: int | None = None
    images: tuple[int, ...] = ()


class SessionTimers:
    """Fed with the exposure log and the images; :meth:`look` turns what is overdue into alarms.

    ``begin`` [unix s] is when the session began to look: images that were missing before are no news. An alarm that
    somebody acknowledges ends: what has not come by then is not awaited any more.
    """

    def __init__(self, begin: float, *, images: bool) -> None:
        self._exposures = ExposureTimer(begin=begin)
        self._images = ImageTimer(self._exposures.pace, begin) if images else None
        self._looked = False

    def exposed(self, rows: ExposureRows, *, live: bool = False, shown: float = math.nan) -> None:
        """Take rows of the exposure log; ``live``: written while we looked, when the clock of ELVIS showed ``shown``
        [lab s]."""
        starts = self._exposures.exposed(rows.rows, rows.received if live else math.nan, shown)
        if self._images is not None:
            self._images.expect(starts)

    def arrived(self, image: ImageFile) -> None:
        """Take what was seen of an image."""
        if self._images is not None:
            self._images.arrived(image)

    def look(self, board: AlarmBoard, now: float, lab: Moment, moment: Moment, frame: EntryContext) -> list[Event]:
        """Raise what is overdue at ``now`` [unix s], and let go of what has come.

        ``lab`` gives the lab seconds of a unix time, ``moment`` the unix time of a stamp of ELVIS.
        """
        if not self._looked:
            self._looked = True
            self._take_up(board, moment)
        events = self._give_up(board, now, moment, frame)
        conditions = [self._exposures.condition(now, moment)]
        if self._images is not None:
            conditions.append(self._images.condition(now, moment))
        return [*events, *(event for one in conditions for event in as_alarm(board, one, lab, frame))]

    def _take_up(self, board: AlarmBoard, moment: Moment) -> None:
        """What was missing before a restart is awaited as long as it is missing."""
        missing = board.timer_of(ImageTimer.name)
        if self._images is not None and missing is not None and missing.active:
            self._images.begin = min(self._images.begin, moment(missing.since) - LONGEST_S)

    def _give_up(self, board: AlarmBoard, now: float, moment: Moment, frame: EntryContext) -> list[Event]:
        events: list[Event] = []
        for timer in (self._exposures, self._images):
            alarm = board.timer_of(timer.name) if timer is not None else None
            if alarm is None or alarm.state is not AlarmState.ACKED:
                continue
            if timer is self._exposures:
                self._exposures.give_up()
            elif self._images is not None:
                self._images.give_up(now, moment)
            events += board.let_go(alarm.parameter, frame)
        return events

    def memory(self) -> TimersMemory:
        """What must survive a restart."""
        images = sorted(self._images.given_up) if self._images is not None else ()
        return TimersMemory(self._exposures.given_up, tuple(images)[-MOST_AWAITED:])

    def restore(self, memory: TimersMemory) -> None:
        """Take back what :meth:`memory` gave; before the first exposure."""
        self._exposures.given_up = memory.exposure
        if self._images is not None:
            self._images.given_up = set(memory.images)
