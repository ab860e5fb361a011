"""Frames a healthy camera would send: bias levels, read noise, and what the exposure put into the wells.

A frame is made block of rows by block of rows, so that it can be written as slowly as ELVIS does without holding 35 MB;
its pixels depend on the seed, the ObsID and the CCD only, not on the blocks. To be quick, the noise is a tile of
Gaussian noise of which every row of a frame takes a row at a random place: good to look at and to measure single
frames, medians and quadrant statistics by; rows of different frames may share their noise.

Rows and columns are those of the file: row 0 at the bottom, quadrants H G (lower) and E F (upper), each node in the
outer corner.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.campaign.plan import Chamber, Setting
from eyegore.campaign.timing import PlannedExposure

FloatArray = npt.NDArray[np.float32]

READ_NOISE = 1.4
"""[ADU], 4.5 e-; the rounding to whole ADU is part of it."""
GAIN = 3.1
"""[e-/ADU]"""
FULL_SCALE = 65536.0
"""Fluence [ADU] of a flat exposed for the time to full well."""

PRESCAN, COLUMNS, LINES = 51, 2048, 2066
FITS_BLOCK = 2880

_SPOT_FULL = 55000.0 * 1.2
"""Peak [ADU] of a spot in the middle of a pixel, in focus, exposed for the time to full well: 55 000 ADU is its
effective saturation, and spots are seldom in the middle."""

_DEFOCUS = 2.0
"""Spot width gained per mm out of focus [pixel/mm]."""
_DITHER = 0.5
_FWHM = 2.3548
_INJECTION_PATTERN = 0.08
"""Spread of the injected charge from column to column, of its mean."""

_TILE_VARIANCE = READ_NOISE**2 - 1 / 12
_TILE_ROWS, _TILE_COLUMNS = 512, 6144
_SLICE = 64
"""Rows made at a time: they stay in the processor's cache."""


@dataclass(frozen=True)
class FrameShape:
    """Overscan of a frame: columns per quadrant (20, or 29 of the flight read-out) and rows per quadrant (20 or 0)."""

    overscan: int = 20
    parallel_overscan: int = 20

    @property
    def columns(self) -> int:
        """NAXIS1."""
        return 2 * (PRESCAN + COLUMNS + self.overscan)

    @property
    def rows(self) -> int:
        """NAXIS2."""
        return 2 * (LINES + self.parallel_overscan)

    @property
    def padding(self) -> int:
        """Bytes that fill the last FITS block."""
        return -2 * self.rows * self.columns % FITS_BLOCK


@dataclass(frozen=True)
class _Spot:
    row: int
    column: int
    adu: FloatArray


class FrameSource:
    """Makes the frames of a session: one seed, one block's bias levels, one chamber's optics."""

    def __init__(self, shape: FrameShape, offsets: Mapping[tuple[int, str], float], chamber: Chamber, seed: int):
        self.shape = shape
        self._offsets = offsets
        self._chamber = chamber
        self._seed = seed
        tile = np.random.default_rng((seed, 3)).standard_normal((_TILE_ROWS, _TILE_COLUMNS), dtype=np.float32)
        self._tile = tile * np.float32(math.sqrt(_TILE_VARIANCE))

    def frame(self, exposure: PlannedExposure, ccd: int) -> SimulatedFrame:
        """The frame of one CCD of one exposure."""
        random = np.random.default_rng((self._seed, 4, exposure.obsid, ccd))
        shape = self.shape
        levels = _Levels(exposure, self._chamber)
        pattern = np.random.default_rng((self._seed, 5, ccd)).standard_normal((4, COLUMNS)).astype(np.float32)
        return SimulatedFrame(
            shape=shape,
            tile=self._tile,
            tile_rows=random.integers(0, _TILE_ROWS, shape.rows),
            tile_columns=random.integers(0, _TILE_COLUMNS - shape.columns, shape.rows),
            offsets={quadrant: self._offsets[ccd, quadrant] for quadrant in "EFGH"},
            signals={quadrant: levels.rows(ccd, quadrant, shape) for quadrant in "EFGH"},
            pattern={
                quadrant: 1 + np.float32(_INJECTION_PATTERN) * np.clip(pattern[place], -3, 3)
                if levels.injects
                else None
                for place, quadrant in enumerate("EFGH")
            },
            read=levels.read(shape),
            spots=self._spots(exposure, ccd, random),
        )

    def _spots(self, exposure: PlannedExposure, ccd: int, random: np.random.Generator) -> list[_Spot]:
        """Stamps [ADU], shot noise included, of the point source's spots."""
        settings = exposure.settings
        exptime = float(settings["exptime"])
        if settings["source"] != "point" or not settings["shuttr"] or not exptime:
            return []
        wavelength = exposure.column.wavelength
        focused = self._chamber.fwhm.get(wavelength, 2.0)
        defocus = 0.0
        if settings["mirr_on"]:
            defocus = abs(float(settings["mirr_pos"]) - self._chamber.mirror[int(settings["wave"])]) * _DEFOCUS
        share = math.erf(0.5 / (_sigma(focused) * math.sqrt(2))) ** 2
        filled = exptime / self._chamber.time_to_full_well("point", wavelength)
        flux = filled * _SPOT_FULL / share
        sigma = _sigma(math.hypot(focused, defocus))
        dither = random.uniform(-_DITHER, _DITHER, 2) if settings["motr_on"] else np.zeros(2)
        spots = []
        for name, place in self._chamber.patterns[ccd].items():
            x, y = self._on_frame(name[0], *place)
            spots.append(self._spot(x + dither[0], y + dither[1], sigma, flux, random))
        return spots

    def _on_frame(self, quadrant: str, x: float, y: float) -> tuple[float, float]:
        """Frame column and row of a place on the silicon, whose two halves meet over two more lines."""
        column = x + PRESCAN + (2 * self.shape.overscan if quadrant in "FG" else 0)
        return column, y + (2 * self.shape.parallel_overscan - 4 if quadrant in "EF" else 0)

    @staticmethod
    def _spot(x: float, y: float, sigma: float, flux: float, random: np.random.Generator) -> _Spot:
        half = math.ceil(5 * sigma) + 1
        column, row = round(x), round(y)
        edges = np.arange(-half, half + 2) - 0.5
        along_x, along_y = (
            np.diff([0.5 * math.erf((edge - centre) / (sigma * math.sqrt(2))) for edge in edges])
            for centre in (x - column, y - row)
        )
        adu = flux * np.outer(along_y, along_x)
        adu += random.standard_normal(adu.shape) * np.sqrt(adu / GAIN)
        return _Spot(row - half, column - half, adu.astype(np.float32))


def _sigma(fwhm: float) -> float:
    """Width [pixel] of the light on the detector that has this FWHM in an image, where its pixels widen it."""
    return math.sqrt(max((fwhm / _FWHM) ** 2 - 1 / 12, 0.01))


class _Levels:
    """Mean signal [ADU] an exposure puts into each row of a quadrant, in read-out order."""

    def __init__(self, exposure: PlannedExposure, chamber: Chamber) -> None:
        self._settings: Mapping[str, Setting] = exposure.settings
        self.injects = bool(self._settings["chinj"]) and self._number("id_wid") >= 10
        self._flat = 0.0
        if self._settings["source"] == "flat" and self._settings["shuttr"] and self._number("exptime"):
            full = chamber.time_to_full_well("flat", exposure.column.wavelength)
            self._flat = FULL_SCALE * self._number("exptime") / full

    def _number(self, key: str) -> float:
        return float(self._settings[key])

    def read(self, shape: FrameShape) -> slice:
        """Rows of a quadrant that are read."""
        return slice(int(self._number("vstart")), min(int(self._number("vend")), shape.rows // 2))

    def rows(self, ccd: int, quadrant: str, shape: FrameShape) -> FloatArray:
        """Signal of the image columns of every row, parallel overscan (nothing) included."""
        signal = np.zeros(shape.rows // 2, dtype=np.float32)
        signal[:LINES] = self._flat
        if self.injects:
            on, off = int(self._number("chinj_on")), int(self._number("chinj_of"))
            signal[:LINES] += self._injected(ccd, quadrant) * (np.arange(LINES) % (on + off) < on)
        return signal

    def _injected(self, ccd: int, quadrant: str) -> float:
        """Injected level: a delay of 2 to 3 transfer phases fills the bottom half, of 1 to 2 the top half."""
        delay = self._number("id_dly") / self._number("toi_ch")
        half = "B" if 2 <= delay <= 3 else "T" if 1 <= delay < 2 else ""
        if half != ("B" if quadrant in "EF" else "T"):
            return 0.0
        gate_1, gate_2 = self._number(f"IG1_{ccd}_{half}"), self._number(f"IG2_{half}")
        return 600 + 6000 * max(0.0, gate_2 - gate_1) if self._number("IDL") < gate_1 + 7.5 else 0.0


@dataclass(frozen=True)
class SimulatedFrame:
    """One frame, made block by block. Signals [ADU] and the ``read`` window count rows of a quadrant from its node."""

    shape: FrameShape
    tile: FloatArray
    tile_rows: npt.NDArray[np.int64]
    tile_columns: npt.NDArray[np.int64]
    offsets: Mapping[str, float]
    signals: Mapping[str, FloatArray]
    pattern: Mapping[str, FloatArray | None]
    read: slice
    spots: list[_Spot]

    def pixels(self, first: int, last: int) -> npt.NDArray[np.uint16]:
        """Rows [first, last) of the frame."""
        middle = self.shape.rows // 2
        made = np.empty((last - first, self.shape.columns), dtype=np.uint16)
        edges = sorted({first, last, *range(first, last, _SLICE)} | ({middle} if first < middle < last else set()))
        for begin, end in itertools.pairwise(edges):
            made[begin - first : end - first] = self._slice(begin, end)
        return made

    def data(self, first: int, last: int) -> bytes:
        """Rows [first, last) as FITS stores them: 16 bit, big end first, less BZERO."""
        return (self.pixels(first, last) ^ np.uint16(0x8000)).astype(">u2").tobytes()

    def _slice(self, first: int, last: int) -> FloatArray:
        """Rows of one half; unread ones are 0."""
        columns, rows = self.shape.columns, self.shape.rows
        adu = np.empty((last - first, columns), dtype=np.float32)
        for row in range(first, last):
            begin = self.tile_columns[row]
            adu[row - first] = self.tile[self.tile_rows[row], begin : begin + columns]
        lower = last <= rows // 2
        line = np.arange(first, last) if lower else rows - 1 - np.arange(first, last)
        for quadrant, image, half in (
            ("H" if lower else "E", slice(PRESCAN, PRESCAN + COLUMNS), slice(0, columns // 2)),
            (
                "G" if lower else "F",
                slice(columns - PRESCAN - COLUMNS, columns - PRESCAN),
                slice(columns // 2, columns),
            ),
        ):
            signal = self.signals[quadrant][line][:, None]
            if signal.any():
                pattern = self.pattern[quadrant]
                adu[:, image] *= np.sqrt(1 + signal / np.float32(GAIN * _TILE_VARIANCE))
                adu[:, image] += signal if pattern is None else signal * pattern
            adu[:, half] += np.float32(self.offsets[quadrant])
        for spot in self.spots:
            self._add(spot, adu, first, last)
        np.rint(adu, out=adu)
        np.clip(adu, 0, 65535, out=adu)
        adu[(line < self.read.start) | (line >= self.read.stop)] = 0
        return adu

    def _add(self, spot: _Spot, adu: FloatArray, first: int, last: int) -> None:
        top = max(spot.row, first)
        end = min(spot.row + spot.adu.shape[0], last)
        if top < end:
            left, right = max(spot.column, 0), min(spot.column + spot.adu.shape[1], self.shape.columns)
            adu[top - first : end - first, left:right] += spot.adu[
                top - spot.row : end - spot.row, left - spot.column : right - spot.column
            ]


def fits_headers(extension: str, shape: FrameShape, cards: Mapping[str, Setting]) -> bytes:
    """The empty primary HDU and the header of the image extension."""
    primary = _header({"SIMPLE": True, "BITPIX": 8, "NAXIS": 0, "EXTEND": True})
    image: dict[str, Setting] = {
        "XTENSION": "IMAGE",
        "BITPIX": 16,
        "NAXIS": 2,
        "NAXIS1": shape.columns,
        "NAXIS2": shape.rows,
        "PCOUNT": 0,
        "GCOUNT": 1,
        "BSCALE": 1,
        "BZERO": 32768,
        "EXTNAME": extension,
    }
    return primary + _header({**image, **cards})


def _header(cards: Mapping[str, Setting]) -> bytes:
    text = "".join(f"{keyword:<8}= {_value(value)}".ljust(80) for keyword, value in cards.items()) + "END".ljust(80)
    return text.ljust(-(-len(text) // FITS_BLOCK) * FITS_BLOCK).encode("ascii")


def _value(value: Setting) -> str:
    if isinstance(value, bool):
        return f"{'T' if value else 'F':>20}"
    if isinstance(value, str):
        quoted = value.replace("'", "''")
        return f"'{quoted:<8}'"
    return f"{value!r:>20}".upper()
