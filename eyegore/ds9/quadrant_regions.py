"""The quadrants of a frame, with prescan and overscan, as regions of DS9."""

from __future__ import annotations

from pathlib import Path

from eyegore.basics.errors import FormatError
from eyegore.elvis.ccd_frame import QUADRANTS, FrameGeometry, header

GROUP = "eyegore"
"""The tag of the regions, by which DS9 can choose or delete them all (Region, Groups)."""

_HEAD = """\
# Region file format: DS9 version 4.1
global width=1 select=0 edit=0 move=0 rotate=0 delete=1 font="helvetica 14 bold roman"
image
"""
_COLOURS = {"quadrant": "green", "prescan": "cyan", "overscan": "magenta", "parallel overscan": "yellow"}


def geometry_of(path: Path) -> FrameGeometry:
    """Geometry of the image in a file, from its own header; FormatError when it is no frame of four quadrants."""
    cards = header(path)
    columns, rows = cards.get("NAXIS1"), cards.get("NAXIS2")
    if type(columns) is not int or type(rows) is not int:
        raise FormatError(f"{path} does not tell its columns and rows")
    return FrameGeometry.from_shape(columns, rows)


def region_text(geometry: FrameGeometry) -> str:
    """Text of a region file, in image coordinates: the centre of the pixel at the lower left is (1, 1)."""
    lines = []
    whole = slice(0, geometry.rows)
    for quadrant in QUADRANTS:
        parts = {
            "quadrant": (whole, slice(0, geometry.columns)),
            "prescan": (whole, geometry.prescan),
            "overscan": (whole, geometry.overscan),
            "parallel overscan": (geometry.overscan_rows, geometry.image_columns),
        }
        for part, (rows, columns) in parts.items():
            if rows.stop > rows.start and columns.stop > columns.start:
                lines.append(f"{_box(geometry, quadrant, rows, columns)} # color={_COLOURS[part]} {_tag(part)}")
        x, y, _, _ = _middle(geometry, quadrant, whole, geometry.image_columns)
        lines.append(f"text({x:g},{y:g}) # color={_COLOURS['quadrant']} text={{{quadrant}}} {_tag('quadrant')}")
    return _HEAD + "\n".join(lines) + "\n"


def _tag(part: str) -> str:
    return f"tag={{{GROUP}}} tag={{{part}}}"


def _box(geometry: FrameGeometry, quadrant: str, rows: slice, columns: slice) -> str:
    x, y, width, height = _middle(geometry, quadrant, rows, columns)
    return f"box({x:g},{y:g},{width},{height},0)"


def _middle(geometry: FrameGeometry, quadrant: str, rows: slice, columns: slice) -> tuple[float, float, int, int]:
    """Centre (x, y), width and height of canonical rows and columns of a quadrant, in image coordinates."""
    left, right = columns.start, columns.stop
    if quadrant in "FG":
        left, right = geometry.naxis1 - right, geometry.naxis1 - left
    low, high = rows.start, rows.stop
    if quadrant in "EF":
        low, high = geometry.naxis2 - high, geometry.naxis2 - low
    # pixels left … right - 1 reach from left + 0.5 to right + 0.5
    return (left + right + 1) / 2, (low + high + 1) / 2, right - left, high - low
