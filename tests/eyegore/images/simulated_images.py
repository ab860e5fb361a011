"""Frames of any exposure of the campaign, in memory or in a file, as the simulated ELVIS would write them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from eyegore.campaign.plan import block_offsets, chamber
from eyegore.campaign.timing import ExposurePlan, PlannedExposure
from eyegore.elvis.ccd_frame import Frame, FrameGeometry
from eyegore.elvis.dialect import DIALECTS
from eyegore.simulator.exposure_log import Facts, keywords, log_facts
from eyegore.simulator.frame import FrameShape, FrameSource, fits_headers

BORN = chamber("B_BORN")
OFFSETS = block_offsets("BORN")
FULL = FrameShape()
FLIGHT = FrameShape(29)
BARE = FrameShape(20, 0)

_TEMPERATURES = {f"r1c{ccd}_t{half}": -120.0 for ccd in (1, 2, 3) for half in "tb"}


def exposure(test: str, number: int = 0) -> PlannedExposure:
    """One exposure of a test; ObsIDs begin with 20103."""
    return ExposurePlan([test], BORN, "7.5.X", 0.0, 20103).whole()[number]


@cache
def source(shape: FrameShape) -> FrameSource:
    """What makes frames of this shape, with the offsets and the chamber of BORN."""
    return FrameSource(shape, OFFSETS, BORN, 0)


def cards(planned: PlannedExposure, ccd: int, elvis: str = "7.5.X") -> Facts:
    """Keywords of an image."""
    dialect = DIALECTS[elvis]
    return keywords(log_facts(planned, ccd, dialect, _TEMPERATURES), dialect)


def frame(test: str, number: int = 0, ccd: int = 2, shape: FrameShape = FULL, path: str = "x.fits") -> Frame:
    """One frame in memory."""
    planned = exposure(test, number)
    pixels = source(shape).frame(planned, ccd).pixels(0, shape.rows)
    header = {**cards(planned, ccd), "EXTNAME": f"ROE1_CCD{ccd}"}
    return Frame(path, pixels, header, FrameGeometry.from_shape(shape.columns, shape.rows))


def write(folder: Path, test: str, number: int = 0, ccd: int = 2, shape: FrameShape = FULL) -> Path:
    """One frame in a file."""
    planned = exposure(test, number)
    path = folder / f"EUC_{planned.obsid}_140319D_200005T_ROE1_CCD{ccd}.fits"
    head = fits_headers(f"ROE1_CCD{ccd}", shape, cards(planned, ccd))
    path.write_bytes(head + source(shape).frame(planned, ccd).data(0, shape.rows) + bytes(shape.padding))
    return path


def anonymous(path: Path) -> Path:
    """The same file without what its header says of ObsID and CCD: it may go by any name."""
    content = path.read_bytes()
    path.write_bytes(content.replace(b"OBSID   = ", b"FORMER_O= ").replace(b"EXTNAME = ", b"FORMER_E= "))
    return path
