"""A simulated ELVIS: writes a day folder as ELVIS writes it, at once or paced by the clock.

What is written depends on the arguments only (seed and start among them), not on how fast or in what portions:
``write_at_once``, ``run`` and ``append_rows`` leave the same bytes for the same seconds.
"""

from __future__ import annotations

import calendar
import math
import threading
import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.campaign import plan as campaign
from eyegore.campaign.timing import ExposurePlan, PlannedExposure
from eyegore.elvis.day_folder import explog_name, obsid_hk_name
from eyegore.elvis.dialect import DIALECTS, Stamp
from eyegore.messages.exposures import CCDS
from eyegore.simulator.exposure_log import Facts, SimulatedLog, keywords, log_facts
from eyegore.simulator.folder import FrameWriter, SimulatedFolder
from eyegore.simulator.frame import FrameShape, FrameSource
from eyegore.simulator.housekeeping import FloatArray, HkText, SimulatedHk
from eyegore.simulator.plants import Planted, parse_plant, place
from eyegore.simulator.trouble import GARBAGE, Trouble, pauses

NIGHT = ("BIAS02", "BIAS01", "FOCUS00_800", "PSFLUX00_800", "CHINJ01", "PTC01", "FLAT01")
"""The tests of a session unless told otherwise."""

TICK = 0.05
"""Shortest time between two writes of a paced session [s]: faster ones write several rows at a time."""

_AT_ONCE_SPAN = 3600
_SPAN = 60
"""Most seconds simulated in one go when paced or with images: between two, a session can be stopped."""

_OPEN_LENGTH = 600.0
"""Plants without a time fall into the first seconds of a session without end."""

_MOST_IMAGES = 2e9
"""Bytes of images a session written at once may have without being told how many."""

_AFTER = 10
"""HK goes on after the last exposure [s]."""


@dataclass(frozen=True)
class SimulatedSession:
    """What is simulated.

    The session ends after ``seconds`` rows of HK, after ``exposures`` ObsIDs, or, without ``repeat``, after its
    ``tests``; whichever comes first, else never. ``start`` [lab s] is now when None. ``images`` is whether frames are
    written, or of how many last ObsIDs. ``first_obsid`` follows the last one in the folder when None.
    """

    elvis: str = "7.5.X"
    tests: Sequence[str] = NIGHT
    repeat: bool = True
    seed: int = 0
    speed: float = 1.0
    start: float | None = None
    seconds: int | None = None
    exposures: int | None = None
    images: bool | int = True
    plants: Sequence[str] = ()
    block: str = "BORN"
    chamber: str | None = None
    first_obsid: int | None = None
    overscan: int = 20
    parallel_overscan: bool = True
    crlf: bool = False
    force: bool = False


class Simulator:
    """One simulated session in ``folder``, which is the day folder itself.

    ``planted`` tells what the plants do to the session, before it has begun.
    """

    def __init__(self, folder: Path | str, session: SimulatedSession = SimulatedSession()) -> None:
        if session.elvis not in DIALECTS:
            raise campaign.unknown("ELVIS version", session.elvis, DIALECTS)
        if not (session.speed > 0 and math.isfinite(session.speed)):
            raise SettingsError(f"a speed of {session.speed:g} is none: give a number above 0, 1 for real time")
        self.elvis = session.elvis
        self._dialect = DIALECTS[session.elvis]
        self._session = session
        self._has_master = self._dialect.hk_time == "TimeStamp"
        self._folder = SimulatedFolder(Path(folder), force=session.force)
        offsets = campaign.block_offsets(session.block)
        profile = campaign.chamber(session.chamber) if session.chamber else campaign.chamber_of_block(session.block)
        self.plan = ExposurePlan(
            tuple(session.tests),
            profile,
            session.elvis,
            time=float(calendar.timegm(clock.localtime()) if session.start is None else math.floor(session.start)),
            first_obsid=self._folder.next_obsid() if session.first_obsid is None else session.first_obsid,
            repeat=session.repeat,
            end=math.inf if session.seconds is None else session.seconds,
            most=math.inf if session.exposures is None else session.exposures,
        )
        self._bounded = session.seconds is not None or session.exposures is not None or not session.repeat
        placed = place(
            [parse_plant(text) for text in session.plants], self.plan.time, self._length(_OPEN_LENGTH), session.seed
        )
        self.plan.stop_in(pauses(placed))
        self.length = self._length(math.inf)
        """Seconds of HK the session has, infinite when it ends only by being stopped."""
        self._hk = SimulatedHk(self._dialect, self.plan, session.seed)
        newline = "\r\n" if session.crlf or self._dialect.hk_time == "HK_timestamp" else "\n"
        self._newline = newline
        self._hk_text = HkText(self._dialect, self._hk.integer, newline)
        self._log_text = SimulatedLog(self._dialect, newline)
        self._imaged = self._obsids_with_images()
        self._trouble = Trouble(
            placed,
            self._hk,
            self.plan,
            windowed=not self._has_master,
            stamped=self._dialect.stamp is not Stamp.NONE,
            imaged=self._has_images,
            end=self.length,
        )
        self.planted: tuple[Planted, ...] = tuple(self._trouble.planted)
        shape = FrameShape(session.overscan, 20 if session.parallel_overscan else 0)
        self._image_size = 2 * shape.rows * shape.columns
        source = FrameSource(shape, offsets, profile, session.seed) if session.images else None
        self._frames = FrameWriter(self._folder, source, self._trouble, self._keywords) if source else None
        self._active: list[PlannedExposure] = []
        self._known = 0
        self._done = 0

    @property
    def done(self) -> int:
        """Seconds written so far."""
        return self._done

    @property
    def exposures(self) -> int:
        """Exposures begun so far."""
        return self._known

    @property
    def written(self) -> int:
        """Bytes written so far."""
        return self._folder.written

    def write_at_once(
        self, stop: threading.Event | None = None, progress: Callable[[float], object] = lambda share: None
    ) -> None:
        """Write the whole session; ``progress`` is told its share from time to time, ``stop`` ends it early."""
        if not math.isfinite(self.length):
            raise SettingsError("a session without end cannot be written at once: give --hours, --rows or --exposures")
        self._check_room()
        span = _SPAN if self._frames else _AT_ONCE_SPAN
        while self._done < self.length and not (stop and stop.is_set()):
            self._write(int(min(self._done + span, self.length)))
            progress(self._done / self.length)

    def run(self, stop: threading.Event) -> None:
        """Write the session paced by the clock, ``speed`` simulated seconds a second, until its end or ``stop``."""
        begun = clock.monotonic()
        already = self._done
        while self._done < self.length and not stop.is_set():
            due = already + int((clock.monotonic() - begun) * self._session.speed) + 1
            if due > self._done:
                self._write(int(min(due, self._done + _SPAN, self.length)))
            wait = begun + (self._done - already) / self._session.speed - clock.monotonic()
            # A session that cannot keep its pace still listens to stop, and lets others run.
            stop.wait(max(wait, TICK if self._session.speed * TICK > 1 else 0.0))

    def append_rows(self, count: int) -> None:
        """Write the next ``count`` seconds, and whatever else happens in them, without waiting."""
        end = int(min(self._done + count, self.length))
        while self._done < end:
            self._write(min(self._done + _AT_ONCE_SPAN, end))

    def _length(self, without_end: float) -> float:
        """Seconds of the session, ``without_end`` when it has none."""
        if math.isfinite(self.plan.end):
            return self.plan.end
        if not self._bounded:
            return without_end
        exposures = self.plan.whole()
        # A session that ELVIS never comes back to ends where its last exposure would have.
        last = exposures[-1].end if exposures else 0
        return float(last + _AFTER)

    def _obsids_with_images(self) -> frozenset[int] | None:
        """The ObsIDs whose frames are written, None for all."""
        if self._session.images is True:
            return None
        if not self._session.images:
            return frozenset()
        if not self._bounded:
            raise SettingsError("the last ObsIDs of a session without end: give --hours or --exposures with --images N")
        return frozenset(exposure.obsid for exposure in self.plan.whole()[-self._session.images :])

    def _has_images(self, exposure: PlannedExposure) -> bool:
        return self._imaged is None or exposure.obsid in self._imaged

    def _check_room(self) -> None:
        if not self._frames:
            return
        obsids = len(self.plan.whole() if self._imaged is None else self._imaged)
        size = obsids * len(CCDS) * self._image_size
        if self._imaged is None and size > _MOST_IMAGES:
            raise SettingsError(
                f"the images of {obsids} ObsIDs are {size / 1e9:.0f} GB: add --images N for those of the last N ObsIDs "
                "only, or --no-images"
            )
        self._folder.require(size)

    # --- writing the seconds from self._done to ``last`` ------------------------------------------------------------

    def _write(self, last: int) -> None:
        first = self._done
        if not first:
            self._folder.begin(f"eyegore simulate --elvis {self.elvis} --seed {self._session.seed}\n")
        begun = [exposure for exposure in self.plan.reach(last)[self._known :] if exposure.start < last]
        self._known += len(begun)
        self._active += begun
        for exposure in begun:
            self._write_log(exposure)
        values = self._hk.values(first, last)
        texts = self._trouble.apply(first, last, values)
        if self._dialect.stamp is Stamp.NONE:
            for exposure in self._active:
                if first < exposure.hk_last <= last:
                    self._write_transposed(exposure)
        else:
            self._write_hk(first, self._hk_lines(first, values, texts))
        for exposure in self._active:
            if self._frames and self._has_images(exposure):
                self._frames.write(exposure, max(first, exposure.hk_last), last)
        self._active = [exposure for exposure in self._active if exposure.end > last]
        self._done = last

    def _hk_lines(self, first: int, values: FloatArray, texts: dict[int, dict[int, str]]) -> list[str]:
        """The text of each second, garbage behind its row included; "" where ELVIS writes nothing."""
        seconds = range(first, first + len(values))
        lines = self._hk_text.rows([self._trouble.time(second) for second in seconds], values, texts)
        for row, second in enumerate(seconds):
            if self._trouble.stopped(second):
                lines[row] = ""
            elif second in self._trouble.garbage_hk:
                lines[row] += GARBAGE + self._newline
        return lines

    def _write_hk(self, first: int, lines: list[str]) -> None:
        last = first + len(lines)
        if self._has_master:
            begin = first
            while begin < last:
                time = self.plan.time + begin
                end = min(last, begin + 86400 - int(time % 86400))
                text = "".join(lines[begin - first : end - first])
                self._write_table(self._folder.master_name(time), text)
                begin = end
        for exposure in self._active:
            begin, end = max(first, exposure.hk_first), int(min(last, exposure.hk_last, self._trouble.cut(exposure)))
            if begin < end:
                name = obsid_hk_name(exposure.obsid, exposure.time)
                text = "".join(lines[begin - first : end - first])
                if end == exposure.hk_last:
                    sample = self._sample(exposure.hk_first)
                    text += self._hk_text.tail(self._trouble.time(exposure.hk_first), sample)
                self._write_table(name, text)

    def _write_table(self, name: str, text: str) -> None:
        if text:
            header = self._hk_text.header if self._folder.is_new(name) else ""
            self._folder.append(name, (header + text).encode("latin-1"))

    def _write_transposed(self, exposure: PlannedExposure) -> None:
        """The HK of one exposure in the 5.7 line, whose file appears when the read-out is over."""
        first, last = exposure.hk_first, exposure.hk_last
        if self._trouble.cut(exposure) < last:
            return
        values = self._hk.values(first, last)
        text = self._hk_text.transposed(values, self._trouble.apply(first, last, values))
        if self._trouble.garbage_hk.intersection(range(first, last)):
            text += GARBAGE + self._newline
        self._folder.append(obsid_hk_name(exposure.obsid, exposure.time), text.encode("latin-1"))

    def _write_log(self, exposure: PlannedExposure) -> None:
        """The three rows of an exposure, one after another."""
        name = explog_name(exposure.time)
        rows = [
            self._log_text.row(self._facts(exposure, ccd))
            for ccd in CCDS
            if (exposure.obsid, ccd) not in self._trouble.incomplete
        ]
        if self._folder.is_new(name):
            rows[0] = self._log_text.header + rows[0]
        if exposure.obsid in self._trouble.garbage_log:
            rows.append(GARBAGE + self._newline)
        for row in rows:
            self._folder.append(name, row.encode("latin-1"), shared=True)

    def _sample(self, second: int) -> FloatArray:
        values = self._hk.values(second, second + 1)
        self._trouble.apply(second, second + 1, values)
        sample: FloatArray = values[0]
        return sample

    def _facts(self, exposure: PlannedExposure, ccd: int) -> Facts:
        return log_facts(exposure, ccd, self._dialect, self._hk.logged(self._sample(exposure.start)))

    def _keywords(self, exposure: PlannedExposure, ccd: int) -> Facts:
        return keywords(self._facts(exposure, ccd), self._dialect)
