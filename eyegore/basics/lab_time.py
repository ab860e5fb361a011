"""Times and ages as people and programs read them. Lab seconds are explained in :mod:`eyegore.messages.events`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime


def lab_offset_s(now: float) -> float:
    """Seconds to add to a unix time to get lab seconds: the lab's wall clock is taken to be this machine's."""
    return float(time.localtime(now).tm_gmtoff)


def moment_of(lab: float, offset_s: Callable[[float], float], latest: float) -> float:
    """The last moment [unix s] up to ``latest`` at which the clock of the lab showed ``lab`` [lab s].

    ``offset_s`` gives what is added to unix time to get lab seconds. In autumn a clock shows an hour twice, in spring
    it leaves one out: what it never showed is taken to be by the clock of ``latest``.
    """
    near = lab - offset_s(latest)
    moments = {lab - offset_s(near + shift) for shift in (-86_400.0, 0.0, 86_400.0)}
    shown = [moment for moment in moments if moment + offset_s(moment) == lab]
    return max((moment for moment in shown if moment <= latest), default=min(shown, default=near))


def clock_text(lab: float) -> str:
    """A lab time [lab s] for people, e.g. ``14/Mar 21:54:05``; "?" where it is unknown."""
    return datetime.fromtimestamp(lab, UTC).strftime("%d/%b %H:%M:%S") if math.isfinite(lab) else "?"


def local_text(moment: float, form: str = "%d/%b %H:%M:%S") -> str:
    """A moment [unix s] on the clock of this machine."""
    return datetime.fromtimestamp(moment).strftime(form)


def zoned(moment: float, timespec: str = "seconds") -> str:
    """A moment [unix s] as ISO 8601 with the offset of the zone of this machine."""
    return datetime.fromtimestamp(moment).astimezone().isoformat(timespec=timespec)


def iso(lab: float) -> str | None:
    """A lab time [lab s] as ISO 8601 without a zone (the lab's own clock); None where it is unknown."""
    if not math.isfinite(lab):
        return None
    naive = datetime.fromtimestamp(lab, UTC).replace(tzinfo=None)
    return naive.isoformat(timespec="milliseconds" if naive.microsecond else "seconds")


def age_text(age: float) -> str:
    """An age [s] as people say it; "none yet" where nothing came."""
    if math.isnan(age):
        return "none yet"
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if age >= 2 * size:
            return f"{age / size:.0f} {unit}"
    return f"{max(age, 0.0):.0f} s"
