"""When a simulated session exposes what: the exposures of a list of tests, one after another, to the second.

Seconds are whole seconds since the start of the session. The timing model is the one used for progress estimates:
pixel period 14.3 us, 2128 pixels per line, four phases per row transfer, 20 s to transfer the three frames.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from eyegore.campaign.plan import Chamber, ScriptColumn, Setting, script_columns

PIXEL_PERIOD = 14.3e-6
"""[s]"""
PIXELS_PER_LINE = 2128
LINES = 2066
"""Image lines of one half, each flushed, injected or pumped."""
TRANSFER = 20
"""Transfer of an exposure's three frames [s]."""

_LEAD_IN = 5
_BETWEEN_TESTS = 30

Span = tuple[int, float]
"""[first, last) in seconds; the last may be infinite."""


@dataclass(frozen=True)
class PlannedExposure:
    """One exposure: commanded at ``start``, ELVIS samples its HK in [hk_first, hk_last), its frames come until ``end``.

    ``start``, ``hk_first``, ``hk_last``, ``end`` are seconds of the session, ``time`` is ``start`` in lab seconds.
    """

    obsid: int
    column: ScriptColumn
    start: int
    hk_first: int
    hk_last: int
    end: int
    time: float

    @property
    def settings(self) -> Mapping[str, Setting]:
        """What the script commanded."""
        return self.column.settings

    def number(self, key: str) -> float:
        """A commanded number."""
        return float(self.settings[key])


def before_exposure(settings: Mapping[str, Setting]) -> float:
    """Seconds from the command to the opening of the shutter: flush, injection, vertical pumping."""
    value = _numbers(settings)
    duration = LINES * 4 * value("toi_fl") * 1e-6
    if value("chinj"):
        duration += LINES * 4 * value("toi_ch") * 1e-6
    if value("v_tpump"):
        duration += value("v_tp_cnt") * (4 * value("toi_tp") + value("dwell_v")) * 1e-6
    return duration


def read_out(settings: Mapping[str, Setting]) -> float:
    """Seconds the read-out takes, serial pumping between its lines included."""
    value = _numbers(settings)
    line = 4 * value("toi_ro") * 1e-6 + PIXELS_PER_LINE * PIXEL_PERIOD
    if value("s_tpump"):
        line += value("s_tp_cnt") * (2 * PIXEL_PERIOD + value("dwell_s") * 1e-6)
    return (value("vend") - value("vstart")) * line


def _numbers(settings: Mapping[str, Setting]) -> Callable[[str], float]:
    return lambda key: float(settings[key])


@dataclass
class ExposurePlan:
    """The exposures of a session, worked out as far as asked.

    An exposure that would not be over by ``end`` is not begun. ``pauses`` are spans in which nothing is begun (ELVIS
    has stopped). With ``repeat`` the tests begin again after the last.
    """

    tests: Sequence[str]
    chamber: Chamber
    elvis: str
    time: float
    first_obsid: int
    repeat: bool = False
    end: float = math.inf
    most: float = math.inf
    pauses: tuple[Span, ...] = field(default=(), init=False)
    exposures: list[PlannedExposure] = field(default_factory=list, init=False)
    finished: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._scripts = [script_columns(test, self.chamber, self.elvis) for test in self.tests]
        self._next = self._planned()

    def stop_in(self, pauses: tuple[Span, ...]) -> None:
        """Plan anew, with these pauses."""
        self.pauses = pauses
        self.exposures = []
        self.finished = False
        self._next = self._planned()

    def reach(self, second: float) -> list[PlannedExposure]:
        """All exposures so far, at least those that begin before ``second``."""
        self._extend(lambda exposure: exposure.start >= second)
        return self.exposures

    def whole(self) -> list[PlannedExposure]:
        """Every exposure; only for a session that ends by itself."""
        self._extend(lambda _: False)
        return self.exposures

    def _extend(self, enough: Callable[[PlannedExposure], bool]) -> None:
        while not self.finished and not (self.exposures and enough(self.exposures[-1])):
            following = next(self._next, None)
            if following is None:
                self.finished = True
            else:
                self.exposures.append(following)

    def _columns(self) -> Iterator[tuple[bool, ScriptColumn]]:
        for script in itertools.cycle(self._scripts) if self.repeat else self._scripts:
            begins = True
            for column in script:
                for _ in range(column.frames):
                    yield begins, column
                    begins = False

    def _planned(self) -> Iterator[PlannedExposure]:
        free = _LEAD_IN - _BETWEEN_TESTS
        for count, (begins, column) in enumerate(self._columns()):
            if count >= self.most:
                return
            start = self._after_pause(free + (_BETWEEN_TESTS if begins else 0))
            if math.isinf(start):
                return
            opened = start + before_exposure(column.settings)
            read = opened + float(column.settings["exptime"]) + read_out(column.settings)
            exposure = PlannedExposure(
                obsid=self.first_obsid + count,
                column=column,
                start=int(start),
                hk_first=math.floor(opened),
                hk_last=math.ceil(read),
                end=math.ceil(read) + TRANSFER,
                time=self.time + start,
            )
            if exposure.end > self.end:
                return
            free = exposure.end
            yield exposure

    def _after_pause(self, second: float) -> float:
        for first, last in self.pauses:
            if first <= second < last:
                second = last
        return second
