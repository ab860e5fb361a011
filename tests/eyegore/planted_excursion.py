"""What a limit check has to find of planted trouble."""

from __future__ import annotations

from dataclasses import replace

from eyegore.simulator.plants import Planted


def excursion(planted: Planted, low: float, high: float) -> Planted | None:
    """The part outside ``low`` .. ``high``, None when there is none."""
    out = [pair for pair in zip(planted.times, planted.values, strict=False) if not low <= pair[1] <= high]
    if not out:
        return None
    times, values = zip(*out, strict=True)
    worst = max(values, key=lambda value: max(low - value, value - high))
    return replace(planted, first=times[0], last=times[-1], samples=len(out), worst=worst, times=times, values=values)
