"""Where things are on a CCD: quadrants, sections and windows of a frame; frame, canonical and silicon coordinates.

Three kinds of coordinates, all of pixel centres, counted from 0 and with fractions:

frame
    column (x) and row (y) of the array as it is displayed, row 0 at the bottom.
canonical
    column and row of one quadrant counted from its output node, as they are read out.
silicon
    x and y on the detector: image columns and rows only, over both halves, with the injection rows between them that
    are never read out. This is how spot patterns are told.

Numbers: CCD273-84 (51 prescan columns, 2048 columns and 2066 rows per quadrant, two injection rows on each side); the
arrays of ELVIS have 20 or 29 overscan columns and 20 or no overscan rows per quadrant.
"""

from __future__ import annotations

from dataclasses import dataclass

from eyegore.basics.errors import FormatError

PRESCAN = 51
"""Columns of a quadrant read before its image columns."""

IMAGE_COLUMNS = 2048
IMAGE_ROWS = 2066
"""Columns and rows of a quadrant on silicon; what is read beyond is overscan."""

INJECTION_ROWS = 4
"""Rows on silicon between the image rows of the two halves, so that both share one coordinate."""

QUADRANTS = ("E", "F", "G", "H")

LARGEST_FRAME = (4172, 4256)
"""Shape (rows, columns) of the largest frame ELVIS writes: what a buffer for any frame must hold."""

TRIMS = {"pre": (25, 5), "img": (5, 5), "ove": (5, 5)}
"""Columns left out at the start and at the end of a section in its statistics: they hold the settling of the read-out
and charge of the neighbouring section. As the laboratory's analysis has them."""

_OVERSCAN_LIMIT = 512
"""Overscan columns or rows beyond which an array is no frame of these CCDs."""


@dataclass(frozen=True)
class FrameGeometry:
    """Where things are in a frame, all in array order [row, column] with row 0 at the bottom of the display.

    Quadrants as displayed: H lower left, G lower right, E upper left, F upper right; each is read towards its outer
    corner. Canonical orientation has the output node at [0, 0]: columns are then prescan, image, serial overscan,
    rows image, parallel overscan. A windowed read-out (``vend`` below the number of rows) keeps the size of the array.
    """

    naxis1: int
    naxis2: int

    @classmethod
    def from_shape(cls, naxis1: int, naxis2: int) -> FrameGeometry:
        """Geometry of a frame of ``naxis1`` columns and ``naxis2`` rows; FormatError when it cannot be one."""
        geometry = cls(naxis1, naxis2)
        columns_fit = naxis1 % 2 == 0 and 0 <= geometry.serial_overscan <= _OVERSCAN_LIMIT
        rows_fit = naxis2 % 2 == 0 and 0 <= geometry.parallel_overscan <= _OVERSCAN_LIMIT
        if not (columns_fit and rows_fit):
            raise FormatError(f"{naxis1} columns x {naxis2} rows are no frame of four quadrants with {PRESCAN} prescan")
        return geometry

    @property
    def columns(self) -> int:
        """Columns of one quadrant."""
        return self.naxis1 // 2

    @property
    def rows(self) -> int:
        """Rows of one quadrant."""
        return self.naxis2 // 2

    @property
    def serial_overscan(self) -> int:
        """Overscan columns of one quadrant: 20 or 29."""
        return self.columns - PRESCAN - IMAGE_COLUMNS

    @property
    def parallel_overscan(self) -> int:
        """Overscan rows of one quadrant: 0 or 20."""
        return self.rows - IMAGE_ROWS

    def place(self, quadrant: str) -> tuple[slice, slice]:
        """Rows and columns of a quadrant as it lies in the frame."""
        rows = slice(0, self.rows) if quadrant in "GH" else slice(self.rows, self.naxis2)
        columns = slice(0, self.columns) if quadrant in "EH" else slice(self.columns, self.naxis1)
        return rows, columns

    def canonical(self, quadrant: str) -> tuple[slice, slice]:
        """Rows and columns of a quadrant that give it in canonical orientation: a view, nothing is copied."""
        rows = slice(0, self.rows) if quadrant in "GH" else slice(None, self.rows - 1, -1)
        columns = slice(0, self.columns) if quadrant in "EH" else slice(None, self.columns - 1, -1)
        return rows, columns

    def mirrored(self, quadrant: str) -> tuple[bool, bool]:
        """Whether rows and columns of a quadrant run backwards in the frame, seen from its output node."""
        return quadrant in "EF", quadrant in "FG"

    @property
    def prescan(self) -> slice:
        """Prescan columns, canonical."""
        return slice(0, PRESCAN)

    @property
    def image_columns(self) -> slice:
        """Image columns, canonical."""
        return slice(PRESCAN, PRESCAN + IMAGE_COLUMNS)

    @property
    def overscan(self) -> slice:
        """Serial overscan columns, canonical."""
        return slice(PRESCAN + IMAGE_COLUMNS, self.columns)

    @property
    def image_rows(self) -> slice:
        """Image rows, canonical."""
        return slice(0, IMAGE_ROWS)

    @property
    def overscan_rows(self) -> slice:
        """Parallel overscan rows, canonical; empty where the frame has none."""
        return slice(IMAGE_ROWS, self.rows)

    def read_rows(self, vstart: int, vend: int) -> slice:
        """Rows read out of a window from ``vstart`` up to, without, ``vend``, canonical; the others hold 0."""
        first = min(max(vstart, 0), self.rows)
        return slice(first, max(first, min(vend, self.rows)))

    def section(self, name: str) -> slice:
        """Columns of "pre", "img" or "ove", canonical."""
        return {"pre": self.prescan, "img": self.image_columns, "ove": self.overscan}[name]

    def trimmed(self, name: str) -> slice:
        """Columns of a section that its statistics are taken from, canonical; empty where the section is too narrow."""
        whole = self.section(name)
        first, last = TRIMS[name]
        return slice(whole.start + first, max(whole.start + first, whole.stop - last))

    def judged_rows(self, vstart: int, vend: int) -> slice:
        """Image rows of a read-out window, canonical: those that statistics of sections are taken from."""
        rows = self.read_rows(vstart, vend)
        return slice(min(rows.start, IMAGE_ROWS), min(rows.stop, IMAGE_ROWS))

    def image_place(self, quadrant: str, rows: slice) -> tuple[slice, slice]:
        """Rows and columns, in frame order, of the image section of a quadrant in some of its canonical rows."""
        upper, right = self.mirrored(quadrant)
        columns = self.image_columns
        return (
            slice(self.naxis2 - rows.stop, self.naxis2 - rows.start) if upper else rows,
            slice(self.naxis1 - columns.stop, self.naxis1 - columns.start) if right else columns,
        )

    def quadrant_at(self, x: float, y: float) -> str:
        """Letter of the quadrant that a frame position belongs to; "" outside the frame."""
        if not (-0.5 <= x < self.naxis1 - 0.5 and -0.5 <= y < self.naxis2 - 0.5):
            return ""
        left, lower = x < self.columns - 0.5, y < self.rows - 0.5
        return ("H" if left else "G") if lower else ("E" if left else "F")

    def frame_to_canonical(self, quadrant: str, x: float, y: float) -> tuple[float, float]:
        """Canonical column and row of a frame position. The same turns canonical positions into those of the frame."""
        rows, columns = self.mirrored(quadrant)
        return (self.naxis1 - 1 - x if columns else x), (self.naxis2 - 1 - y if rows else y)

    def silicon_to_frame(self, quadrant: str, x: float, y: float) -> tuple[float, float]:
        """Frame column and row of a silicon position (without prescan, overscan and injection rows) in a quadrant."""
        upper, right = self.mirrored(quadrant)
        dx = PRESCAN + (2 * self.serial_overscan if right else 0)
        return x + dx, y + (2 * self.parallel_overscan - INJECTION_ROWS if upper else 0)
