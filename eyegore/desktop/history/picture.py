"""What the picture of a history shows, and where: frozen values for the thread that draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eyegore.alarms.spans import AlarmSpan
from eyegore.series.decimation import Envelope
from eyegore.widgets.charts.axes import CLOCK, Abscissa
from eyegore.widgets.charts.curve import Scale


@dataclass(frozen=True, eq=False)
class Curve:
    """One parameter: its samples, and its limits (infinite where there is none)."""

    name: str
    colour: str
    envelope: Envelope
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Panel:
    """Parameters of one unit over each other, in the range of values from ``bottom`` to ``top``."""

    unit: str
    curves: tuple[Curve, ...]
    bottom: float
    top: float


@dataclass(frozen=True)
class AlarmMark:
    """One alarm on the lane of its parameter; ``worst_time`` [lab s] and ``worst`` NaN where they are not known.

    ``look`` is the colour of its severity, ``glyph`` the sign, ``words`` what stands beside it where there is room.
    """

    span: AlarmSpan
    look: str
    glyph: str
    words: str
    worst_time: float
    worst: float


@dataclass(frozen=True)
class Lane:
    """The alarms of one parameter."""

    name: str
    colour: str
    marks: tuple[AlarmMark, ...]


@dataclass(frozen=True)
class Sheet:
    """Size and measures [pixel] of the picture; ``points`` is the size of the text at ``dpi`` dots an inch."""

    width: int
    height: int
    em: int
    line: int
    dpi: float
    points: float
    gutter: int
    margin: int
    """Place for the names of the curves at the right edge."""
    head: int = 0
    """Place for the title, on a picture that leaves the window."""

    def places(self, panels: int, lanes: int) -> list[tuple[int, int]]:
        """Top and bottom of each panel, then of each lane."""
        gap = self.em // 2
        lane = self.line + 4
        below = self.line + self.em // 2
        first = self.head + gap
        free = self.height - first - below - lanes * lane - (gap if lanes else 0) - (panels - 1) * gap
        tall = max(4, free // max(1, panels))
        found = [(first + at * (tall + gap), first + at * (tall + gap) + tall) for at in range(panels)]
        start = found[-1][1] + gap if found else first
        return found + [(start + at * lane, start + at * lane + lane - 2) for at in range(lanes)]

    def scale(self, t0: float, t1: float) -> Scale:
        """Where times lie; values are those of no panel."""
        right = max(self.gutter + 10, self.width - self.margin)
        return Scale(t0, t1, 0.0, 1.0, self.gutter, right, self.head + self.em // 2, self.height - self.line - 8)


@dataclass(frozen=True, eq=False)
class Picture:
    """All of it. ``colours`` are those of the theme, by name."""

    sheet: Sheet
    t0: float
    t1: float
    panels: tuple[Panel, ...]
    lanes: tuple[Lane, ...]
    colours: Mapping[str, str]
    title: str = ""
    nothing: str = ""
    """Said in the middle where there is nothing to draw."""
    abscissa: Abscissa = CLOCK
    """What it is drawn against: ``t0`` and ``t1`` are places along it."""
