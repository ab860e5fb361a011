"""What was read from a frame, in words."""

from __future__ import annotations

from eyegore.basics.quantities import short
from eyegore.desktop.images.comparison import Comparison
from eyegore.desktop.images.eye import PixelReading
from eyegore.images.pixels.frame_cut import BoxStatistics


def reading_words(reading: PixelReading | None, unit: str, scale: str) -> str:
    """``column 1234 row 567 · H 1234, 567 image · 2801 ADU · 1:4``."""
    if reading is None:
        return scale
    canonical = f"{reading.quadrant} {reading.canonical[0]}, {reading.canonical[1]} {reading.section}"
    return f"column {reading.column} row {reading.row} · {canonical} · {short(reading.value)}{unit} · {scale}"


def statistics_words(statistics: BoxStatistics | None, box: tuple[int, int, int, int] | None, unit: str) -> str:
    """Statistics of a box, or ("in sight") of what is on the screen."""
    if statistics is None:
        return ""
    where = "in sight" if box is None else f"columns {box[0]}–{box[1] - 1}, rows {box[2]}–{box[3] - 1}"
    if not statistics.pixels:
        return f"{where}: nothing was read there"
    parts = [
        f"mean {short(statistics.mean)}",
        f"median {short(statistics.median)}",
        f"std {short(statistics.std)}",
        f"min {short(statistics.lowest)}",
        f"max {short(statistics.highest)}{unit}",
        f"{statistics.pixels} pixels",
    ]
    if statistics.unread:
        parts.append(f"{statistics.unread} not read or lost")
    return f"{where}: {' · '.join(parts)}"


def compared_words(how: Comparison, other: int | None) -> str:
    """What is made of the image, for the heading; "" when it is the image itself."""
    if how is Comparison.NONE or other is None:
        return ""
    return f" · less ObsID {other}" if how is Comparison.DIFFERENCE else f" · over ObsID {other}"
