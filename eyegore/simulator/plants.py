"""Trouble to plant in a simulated session: what a person writes after ``--plant``, and what came of it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eyegore.basics.errors import SettingsError
from eyegore.messages.exposures import CCDS

GRAMMAR = "WHAT:KIND[:VALUE][@START[+SECONDS]], e.g. CCD2_TEMP_B:dip:-136@03:00+120"

HK_KINDS = {"dip": 240.0, "spike": 1.0, "step": 60.0, "nan": 30.0, "text": 30.0, "stuck": 300.0}
"""What can be done to an HK parameter, and for how long [s] unless told otherwise."""

_NEED_VALUE = ("dip", "spike", "step")

SPECIAL = {
    ("clock", "stuck"): 60.0,
    ("elvis", "stop"): math.inf,
    ("hk", "garbage"): 1.0,
    ("log", "garbage"): 1.0,
    ("log", "incomplete"): 1.0,
    ("frame", "half"): 1.0,
    ("frame", "missing"): 1.0,
}
"""Trouble that is no parameter's, and how long [s] it lasts unless told otherwise."""

_TAKE_CCD = {("frame", "half"): 2, ("frame", "missing"): 3, ("log", "incomplete"): 3}
"""Trouble of one CCD, and of which unless told otherwise."""

_NO_DURATION = ("spike", "garbage", "incomplete", "half", "missing")

_STOP = 0.9
"""Where in a session ELVIS stops, unless told otherwise."""

_PLANT = re.compile(r"(?P<target>[^:@\s]+):(?P<kind>[^:@\s]+)(?::(?P<value>[^:@\s]+))?(?:@(?P<when>\S+))?")
_WHEN = re.compile(r"(?:(?P<clock>\d{1,2}:\d\d(?::\d\d)?)|(?P<second>\d+(?:\.\d+)?))(?:\+(?P<duration>\d+(?:\.\d+)?))?")


@dataclass(frozen=True)
class Plant:
    """One piece of trouble as asked for.

    ``second`` counts from the start of the session, ``clock`` [s] is a time of day; both None: wherever there is room.
    ``duration`` [s] is None when not told. ``value`` is the HK value, or the number of the CCD.
    """

    text: str
    target: str
    kind: str
    value: float | None = None
    second: float | None = None
    clock: int | None = None
    duration: float | None = None

    @property
    def special(self) -> bool:
        """Whether it is no parameter's trouble."""
        return (self.target, self.kind) in SPECIAL

    @property
    def ccd(self) -> int:
        """The CCD concerned, where it is one CCD's trouble."""
        return int(self.value or _TAKE_CCD.get((self.target, self.kind), 0))

    @property
    def usual_duration(self) -> float:
        """How long it lasts when nothing was said [s]."""
        return SPECIAL[self.target, self.kind] if self.special else HK_KINDS[self.kind]


@dataclass(frozen=True)
class Placed:
    """A plant with its time: seconds [first, last) of the session; ``free`` when the time was not asked for."""

    plant: Plant
    first: int
    last: float
    free: bool


@dataclass(frozen=True)
class Planted:
    """What a plant did. Times [lab s] are the stamps of the samples it changed, as written; NaN where there are none.

    ``values`` run along ``times`` (empty for text); ``worst`` is the value farthest from where it began.
    """

    plant: str
    target: str
    kind: str
    first: float
    last: float
    samples: int = 0
    worst: float = math.nan
    times: tuple[float, ...] = ()
    values: tuple[float, ...] = ()
    obsid: int | None = None
    ccd: int | None = None


def parse_plant(text: str) -> Plant:
    """One plant as a person writes it; SettingsError says what is wrong and how to write it."""
    match = _PLANT.fullmatch(text.strip())
    if match is None:
        raise _wrong(text, "it is not of the form")
    target, kind = match["target"], match["kind"]
    if target in {name for name, _ in SPECIAL}:
        if (target, kind) not in SPECIAL:
            raise _wrong(text, f"{target} can be {' or '.join(k for name, k in SPECIAL if name == target)}, not {kind}")
    elif kind not in HK_KINDS:
        raise _wrong(text, f"a parameter's kind is one of {', '.join(HK_KINDS)}, not {kind}")
    value = _value(text, target, kind, match["value"])
    if match["when"] is None:
        return Plant(text, target, kind, value)
    when = _WHEN.fullmatch(match["when"])
    if when is None:
        raise _wrong(text, f"START is seconds or HH:MM, not {match['when']}")
    duration = float(when["duration"]) if when["duration"] else None
    if duration is not None and (duration < 1 or kind in _NO_DURATION):
        raise _wrong(text, f"{kind} has no duration" if kind in _NO_DURATION else "a duration is at least 1 s")
    clock = None
    if when["clock"]:
        hour, minute, second = (*map(int, when["clock"].split(":")), 0)[:3]
        if hour > 23 or minute > 59 or second > 59:
            raise _wrong(text, f"there is no time of day {when['clock']}")
        clock = 3600 * hour + 60 * minute + second
    return Plant(text, target, kind, value, float(when["second"]) if when["second"] else None, clock, duration)


def place(plants: Sequence[Plant], time: float, length: float, seed: int) -> list[Placed]:
    """Times for all plants of a session that begins at ``time`` [lab s] and lasts ``length`` [s].

    Those without a time are spread over the session, by the seed, in the order given and without touching each other.
    """
    random = np.random.default_rng((seed, 6))
    free = [plant for plant in plants if plant.second is None and plant.clock is None]
    # A stop of ELVIS hides what comes after it: it waits for the end.
    stops = sum(plant.kind == "stop" for plant in free)
    slot = (_STOP if stops else 1) * length / max(len(free) - stops, 1)
    count = 0
    placed = []
    for plant in plants:
        duration = plant.duration if plant.duration is not None else plant.usual_duration
        if plant.second is not None:
            first = plant.second
        elif plant.clock is not None:
            first = (plant.clock - time) % 86400
        elif plant.kind == "stop":
            first = _STOP * length
        else:
            first = slot * (count + random.uniform(0.15, 0.4))
            count += 1
            duration = max(1.0, min(duration, slot / 2))
        if first >= length:
            raise SettingsError(
                f"--plant {plant.text}: the session is over by then: it lasts {length:.0f} s from "
                f"{_clock(time)}; plant earlier or simulate longer"
            )
        placed.append(
            Placed(plant, int(first), int(first) + (duration if math.isinf(duration) else int(duration)), plant in free)
        )
    return placed


def _clock(time: float) -> str:
    hour, rest = divmod(int(time) % 86400, 3600)
    return f"{hour:02d}:{rest // 60:02d}"


def _value(text: str, target: str, kind: str, value: str | None) -> float | None:
    takes_ccd = (target, kind) in _TAKE_CCD
    if value is None:
        if kind in _NEED_VALUE:
            raise _wrong(text, f"{kind} needs a value, as in {target}:{kind}:-136")
        return None
    if kind not in _NEED_VALUE and not takes_ccd:
        raise _wrong(text, f"{kind} takes no value")
    try:
        number = float(value)
    except ValueError:
        raise _wrong(text, f"{value} is no number") from None
    if not math.isfinite(number):
        raise _wrong(text, f"{value} is no value: for an invalid reading plant {target}:nan")
    if takes_ccd and number not in CCDS:
        raise _wrong(text, f"the CCD is 1, 2 or 3, not {value}")
    return round(number, 2)


def _wrong(text: str, why: str) -> SettingsError:
    return SettingsError(f"--plant {text}: {why}: write {GRAMMAR}")
