"""Flags, charts and health as views accept them, and how each status is drawn: for window, console and page alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from eyegore.basics.quantities import number, word


class Status(Enum):
    """What a view says of one thing; the value is the word shown with its glyph and colour."""

    IN_LIMITS = "in limits"
    WARNING = "warning"
    CRITICAL = "critical"
    INVALID = "invalid"
    STALE = "stale"
    UNCHECKED = "not checked"
    UNKNOWN = "unknown"
    MUTED = "shelved"
    OUT_OF_SERVICE = "out of service"


@dataclass(frozen=True)
class Look:
    """How a status is drawn: the glyph is in every DejaVu font; ``ink`` is the colour of text on ``colour``."""

    glyph: str
    colour: str
    ink: str


LOOKS: Mapping[Status, Look] = {
    Status.IN_LIMITS: Look("■", "#009e73", "#ffffff"),
    Status.WARNING: Look("▲", "#e69f00", "#1c1400"),
    Status.CRITICAL: Look("◆", "#d55e00", "#ffffff"),
    Status.INVALID: Look("✗", "#cc79a7", "#1c0a14"),
    Status.STALE: Look("◷", "#7a8fa6", "#0c1218"),
    Status.UNCHECKED: Look("□", "#8a949c", "#0c1218"),
    Status.UNKNOWN: Look("○", "#8a949c", "#0c1218"),
    Status.MUTED: Look("‖", "#8a949c", "#0c1218"),
    Status.OUT_OF_SERVICE: Look("⊗", "#8a949c", "#0c1218"),
}


def blend(ground: str, colour: str, share: float) -> str:
    """``ground`` with a share (0 to 1) of ``colour`` in it, both written as ``#rrggbb``."""
    parts = zip(_parts(ground), _parts(colour), strict=True)
    return "#" + "".join(f"{round((1 - share) * low + share * high):02x}" for low, high in parts)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@dataclass(frozen=True)
class FlagCell:
    """One OOL flag. ``status`` colours it; what it is not telling stands beside it.

    ``latched``: back in limits, not yet lowered by a person (frame in the colour of ``live``). ``blink``: raised and
    nobody has acknowledged it. ``live`` is what a shelved flag would show, or how bad a latched one was; ``pending``
    marks one that is out of limits, but not yet for long enough to count. ``text`` is the sentence of the status word;
    ``value``, ``limit``, ``since`` and ``worst`` are the tooltip, with units.
    """

    name: str
    status: Status = Status.UNKNOWN
    latched: bool = False
    blink: bool = False
    pending: bool = False
    live: Status | None = None
    group: str = ""
    text: str = ""
    value: str = ""
    limit: str = ""
    since: str = ""
    worst: str = ""


@dataclass(frozen=True)
class TrendCell:
    """Where a parameter is heading: to ``limit``, reached ``at`` [lab s]; in few words, and in more where they fit."""

    limit: float
    at: float
    text: str
    more: str = ""


@dataclass(frozen=True)
class ChartCell:
    """One strip chart. Limits in the parameter's own unit, infinite where there is none; it holds no NaN.

    ``register``: its values are words of bits, told in hexadecimal.
    """

    name: str
    title: str = ""
    unit: str = ""
    description: str = ""
    low: float = -math.inf
    high: float = math.inf
    status: Status = Status.UNKNOWN
    decimals: int = 2
    trend: TrendCell | None = None
    register: bool = False

    def told(self, value: float) -> str:
        """A value in as many figures as it has."""
        return word(value) if self.register else number(value, self.decimals)


@dataclass(frozen=True)
class HealthCell:
    """One segment of the health strip: ``label`` stays, ``text`` changes. ``key`` names it to callers.

    A segment that only informs has no status, and so no sign.
    """

    key: str
    label: str
    text: str = ""
    status: Status | None = Status.UNKNOWN
    tip: str = ""
