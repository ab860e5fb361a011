"""Durations: several things timed in turn, so that a busy moment of the machine hits them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Timing:
    """Durations of one thing [s]."""

    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return float(np.median(self.runs))

    def percentile(self, share: float) -> float:
        """The one below which ``share`` [%] of them are."""
        return float(np.percentile(self.runs, share))

    def __str__(self) -> str:
        low, high = self.percentile(25), self.percentile(75)
        return f"{milliseconds(self.median)} ms ({milliseconds(low)}–{milliseconds(high)})"


def milliseconds(seconds: float) -> str:
    """Three figures, without an exponent."""
    value = 1e3 * seconds
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def timed(call: Callable[[], object]) -> float:
    """How long a call takes [s]."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def in_turn(
    calls: Mapping[str, Callable[[], object]],
    repetitions: int,
    *,
    prepare: Callable[[str], object] = lambda name: None,
    warm_up: int = 1,
) -> dict[str, Timing]:
    """Time each call, all of them in each of ``repetitions`` rounds; ``prepare`` comes before each, untimed."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(-warm_up, repetitions):
        for name, call in calls.items():
            prepare(name)
            duration = timed(call)
            if turn >= 0:
                found[name].append(duration)
    return {name: Timing(tuple(runs)) for name, runs in found.items()}
