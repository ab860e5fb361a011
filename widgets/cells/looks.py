"""How each status is drawn: sign, colour, ink; without Tk, for window, console and page alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eyegore.widgets.cells.flags import Status


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
