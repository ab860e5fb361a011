"""What planted trouble does to a simulated session: which cells, rows and frames are not what they should be."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from eyegore.basics.errors import SettingsError
from eyegore.campaign.plan import unknown
from eyegore.campaign.timing import ExposurePlan, PlannedExposure, Span
from eyegore.simulator.housekeeping import FloatArray, SimulatedHk
from eyegore.simulator.plants import Placed, Planted

GARBAGE = "\x02\x00#\xb7garbage\t12.3.4\t\xff"
"""Neither a row nor a comment, and not UTF-8 once written as Latin-1."""

TEXT = "ERR"
"""A cell that is no number."""

_FAR = 7200
"""Longer than any exposure [s]."""

_EDGE = 5
"""Samples left alone at both ends of an exposure where only its own HK is written."""


@dataclass(frozen=True)
class _Overlay:
    """Cells of one parameter in seconds [first, last): values, or a text."""

    place: int
    first: int
    last: int
    values: FloatArray
    text: str = ""


@dataclass
class Trouble:
    """All planted trouble of one session. ``windowed``: HK is written during exposures only; ``stamped``: with times.

    ``imaged`` tells the exposures whose frames are written. ``planted`` tells what was done, in the order asked for.
    """

    placed: Iterable[Placed]
    hk: SimulatedHk
    plan: ExposurePlan
    windowed: bool
    stamped: bool
    imaged: Callable[[PlannedExposure], bool]
    end: float
    planted: list[Planted] = field(default_factory=list, init=False)
    garbage_hk: set[int] = field(default_factory=set, init=False)
    garbage_log: set[int] = field(default_factory=set, init=False)
    incomplete: set[tuple[int, int]] = field(default_factory=set, init=False)
    half: set[tuple[int, int]] = field(default_factory=set, init=False)
    missing: set[tuple[int, int]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self._overlays: list[_Overlay] = []
        self._frozen: list[tuple[int, int]] = []
        placed = list(self.placed)
        # The clock goes first: it decides the stamps of every other plant's samples.
        self._frozen = [(one.first, int(min(one.last, self.end))) for one in placed if one.plant.target == "clock"]
        for one in placed:
            self.planted.append(self._special(one) if one.plant.special else self._parameter(one))

    def stopped(self, second: int) -> bool:
        """Whether ELVIS writes nothing."""
        return any(first <= second < last for first, last in self.plan.pauses)

    def cut(self, exposure: PlannedExposure) -> float:
        """Second from which nothing of this exposure is written any more."""
        return min((first for first, last in self.plan.pauses if last > exposure.start), default=math.inf)

    def time(self, second: int) -> float:
        """The time [lab s] ELVIS stamps on the sample of a second."""
        for first, last in self._frozen:
            if first <= second < last:
                second = first
        return self.plan.time + second

    def apply(self, first: int, last: int, values: FloatArray) -> dict[int, dict[int, str]]:
        """Put planted values into the samples of seconds [first, last); the planted texts by row and parameter."""
        texts: dict[int, dict[int, str]] = {}
        for overlay in self._overlays:
            begin, end = max(first, overlay.first), min(last, overlay.last)
            if begin >= end:
                continue
            if overlay.text:
                for second in range(begin, end):
                    texts.setdefault(second - first, {})[overlay.place] = overlay.text
            else:
                values[begin - first : end - first, overlay.place] = overlay.values[
                    begin - overlay.first : end - overlay.first
                ]
        return texts

    def _parameter(self, placed: Placed) -> Planted:
        plant = placed.plant
        if plant.target not in self.hk.columns:
            raise unknown(f"HK parameter in ELVIS {self.plan.elvis} called", plant.target, self.hk.columns)
        place = self.hk.columns.index(plant.target)
        first, last = placed.first, int(min(placed.last, self.end))
        if self.windowed and placed.free:
            exposure = self._exposure(placed, lambda _: True)
            first = exposure.hk_first + _EDGE
            last = min(first + last - placed.first, exposure.hk_last - _EDGE)
        values = self._values(placed, place, first, last)
        text = {"nan": "nan", "text": TEXT}.get(plant.kind, "")
        self._overlays.append(_Overlay(place, first, last, values, text))
        seconds = [second for second in range(first, last) if self._sampled(second)]
        times = tuple(self.time(second) for second in seconds)
        there = () if text else tuple(float(values[second - first]) for second in seconds)
        return Planted(
            plant.text,
            plant.target,
            plant.kind,
            first=times[0] if times else math.nan,
            last=times[-1] if times else math.nan,
            samples=len(times),
            worst=max(there, key=lambda value: abs(value - self._before(place, first)), default=math.nan),
            times=times,
            values=there,
        )

    def _before(self, place: int, first: int) -> float:
        return float(self.hk.values(first, first + 1)[0, place])

    def _values(self, placed: Placed, place: int, first: int, last: int) -> FloatArray:
        before = self._before(place, first)
        target = placed.plant.value
        shape = np.ones(last - first)
        if placed.plant.kind == "dip":
            # Down and up again as a raised cosine, without noise: one excursion, not several.
            shape = np.sin(np.pi * np.arange(last - first) / max(last - first - 1, 1)) ** 2
            shape[(last - first) // 2] = 1.0
        values = before + shape * ((before if target is None else target) - before)
        return np.round(values, 0 if self.hk.integer[place] else 2)

    def _sampled(self, second: int) -> bool:
        """Whether a sample of this second is written at all."""
        if self.stopped(second):
            return False
        if not self.windowed:
            return True
        return any(
            exposure.hk_first <= second < exposure.hk_last and second < self.cut(exposure)
            for exposure in self.plan.reach(second + 1)
        )

    def _special(self, placed: Placed) -> Planted:
        plant = placed.plant
        first, last = placed.first, min(placed.last, self.end)
        time = self.plan.time + first
        if plant.target == "clock" and not self.stamped:
            raise SettingsError(
                f"--plant {plant.text}: ELVIS {self.plan.elvis} stamps no rows: there is no clock to stop"
            )
        if plant.target in ("clock", "elvis"):
            samples = int(last - first) if math.isfinite(last) else 0
            return Planted(plant.text, plant.target, plant.kind, time, self.plan.time + last - 1, samples)
        if plant.target == "hk":
            if self.windowed:
                exposure = self._exposure(placed, lambda _: True)
                first = min(max(first, exposure.hk_first), exposure.hk_last - 1)
                time = self.plan.time + first
            self.garbage_hk.add(first)
            return Planted(plant.text, plant.target, plant.kind, time, time, 1)
        exposure = self._exposure(placed, self.imaged if plant.target == "frame" else lambda _: True)
        obsid = exposure.obsid
        if plant.kind == "garbage":
            self.garbage_log.add(obsid)
        else:
            chosen = {"incomplete": self.incomplete, "half": self.half, "missing": self.missing}[plant.kind]
            chosen.add((obsid, plant.ccd))
        return Planted(
            plant.text, plant.target, plant.kind, exposure.time, exposure.time, 1, obsid=obsid, ccd=plant.ccd or None
        )

    def _exposure(self, placed: Placed, suits: Callable[[PlannedExposure], bool]) -> PlannedExposure:
        """The first exposure at or after the plant's time; when that was not asked for, one without trouble yet."""
        known = [exposure for exposure in self.plan.reach(placed.first + _FAR) if suits(exposure)]
        after = [exposure for exposure in known if exposure.start >= placed.first]
        if placed.free:
            taken = {planted.obsid for planted in self.planted}
            after = [exposure for exposure in after or known if exposure.obsid not in taken] or known
        if after:
            return after[0]
        what = "exposure with images" if placed.plant.target == "frame" else "exposure"
        raise SettingsError(f"--plant {placed.plant.text}: no {what} begins there: plant earlier or simulate longer")


def pauses(placed: Iterable[Placed]) -> tuple[Span, ...]:
    """The spans in which ELVIS has stopped."""
    return tuple((one.first, one.last) for one in placed if one.plant.target == "elvis")
