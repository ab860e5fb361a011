"""What was commanded for a frame, from its header and, where that does not tell, from its row of the exposure log."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from eyegore.elvis.ccd_geometry import FrameGeometry
from eyegore.elvis.day_folder import FileKind, parse_name
from eyegore.elvis.dialect import DIALECTS, version_named
from eyegore.elvis.fits_headers import CardValue
from eyegore.messages.events import Exposure

_NAMES: Mapping[str, tuple[str, ...]] = {
    "TEST": ("OBJECT", "TEST"),
    "RDMODE": ("RDMODE", "CLK_ROE1", "CLK_ROE"),
    "CHINJ": ("CHINJ", "CHRG_INJ"),
    "CHINJ_ON": ("CHINJ_ON", "ON_CYCLE"),
    "CHINJ_OF": ("CHINJ_OF", "OFF_CYCL"),
    "ID_WID": ("ID_WID", "PLS_LENG"),
    "ID_DLY": ("ID_DLY", "PLS_DEL"),
    "TOI_CH": ("TOI_CH", "TOI_CINJ"),
    "IDL": ("IDL", "IDL_V"),
    "WAVE": ("WAVE", "WAVELENG", "WAVELENGTH"),
}
"""Keywords and log columns that say the same, by that of ELVIS 6.3.0 and later."""

HIGHEST_OBSID = 10**18
"""Numbers from here on are no ObsIDs: ELVIS counts tens of thousands."""

_IN_MS = ("CHRG_INJ", "WAVELENG", "CCD_SN")
"""Keywords of headers whose exposure times are in ms: they ended with 6.1.0."""


@dataclass(frozen=True)
class ImageFacts:
    """Header ``cards`` of an image and its row of the log, if there is one. Names are looked up without their case."""

    path: str
    cards: Mapping[str, CardValue]
    exposure: Exposure | None = None

    def text(self, name: str) -> str:
        """What header or log say, "" where neither does."""
        for keyword in _NAMES.get(name, (name,)):
            if keyword in self.cards:
                return str(self.cards[keyword]).strip()
        if self.exposure is not None:
            cells = {
                column.upper(): cell for column, cell in zip(self.exposure.columns, self.exposure.cells, strict=False)
            }
            for column in _NAMES.get(name, (name,)):
                if cells.get(column, ""):
                    return cells[column]
        return ""

    def number(self, name: str) -> float:
        """The same as a number; NaN where there is none."""
        text = self.text(name)
        if text in ("True", "False"):
            return float(text == "True")
        try:
            return float(text)
        except ValueError:
            return math.nan

    @property
    def contradiction(self) -> str:
        """Where the header tells of another image than the name of the file; "" where it does not."""
        named = parse_name(self.path.rpartition("/")[2])
        if named is None or named.kind is not FileKind.IMAGE:
            return ""
        obsid, ccd = self.number("OBSID"), _ccd_in(self.text("EXTNAME"))
        found = [f"OBSID {self.text('OBSID')}"] if math.isfinite(obsid) and obsid != named.obsid else []
        found += [f"EXTNAME {self.text('EXTNAME')}"] if ccd and named.ccd and ccd != named.ccd else []
        return " and ".join(found)

    @property
    def obsid(self) -> int:
        """ObsID, 0 where neither header nor name nor log tell it."""
        number = self.number("OBSID")
        if 0 <= number < HIGHEST_OBSID and number == int(number):
            return int(number)
        named = parse_name(self.path.rpartition("/")[2])
        if named is not None and named.obsid is not None:
            return named.obsid
        return self.exposure.obsid if self.exposure is not None else 0

    @property
    def ccd(self) -> int:
        """Number of the CCD, 0 where nothing tells it."""
        named = parse_name(self.path.rpartition("/")[2])
        told = (
            self.text("EXTNAME"),
            f"CCD{named.ccd}" if named is not None and named.ccd else "",
            self.exposure.ccd if self.exposure is not None else "",
        )
        return next((ccd for text in told if (ccd := _ccd_in(text))), 0)

    @property
    def test(self) -> str:
        """Name of the test, "" where nothing tells it."""
        return self.text("TEST") or (self.exposure.test if self.exposure is not None else "")

    @property
    def exptime(self) -> float:
        """Exposure time [s], NaN where nothing tells it."""
        if self.exposure is not None and math.isfinite(self.exposure.exptime):
            return self.exposure.exptime
        dialect = DIALECTS.get(version_named(self.text("EGSE_VER")) or "")
        old = any(keyword in self.cards for keyword in _IN_MS)
        scale = dialect.exptime_scale if dialect is not None else 1e-3 if old else 1.0
        return self.number("EXPTIME") * scale

    def window(self, geometry: FrameGeometry) -> tuple[int, int]:
        """First row that was read and the one after the last; all where nothing tells them."""
        start, end = self.number("VSTART"), self.number("VEND")
        rows = geometry.read_rows(
            int(start) if math.isfinite(start) else 0, int(end) if math.isfinite(end) else geometry.rows
        )
        return rows.start, rows.stop

    def expected_injection(self, quadrant: str) -> float:
        """Level [ADU] that the commanded voltages inject into a quadrant; NaN where none is to be expected.

        As the campaign's limits have it: nothing with a pulse shorter than 10 us; a delay of 2 to 3 transfer phases
        fills the bottom half (E, F), one of 1 to 2 the top half (G, H); 600 ADU and 6000 ADU for each volt of IG2 above
        IG1 where IDL is less than 7.5 V above IG1, else nothing is told.
        """
        half = "B" if quadrant in "EF" else "T"
        phases = self.number("ID_DLY") / self.number("TOI_CH") if self.number("TOI_CH") else math.nan
        filled = "B" if 2 <= phases <= 3 else "T" if 1 <= phases < 2 else ""
        if not self.number("ID_WID") >= 10 or half != filled:
            return math.nan
        gate_1 = self._gate(f"IG1_{self.ccd}_{half}", "IG1_V")
        gate_2 = self._gate(f"IG2_{half}", "IG2_V")
        if not self.number("IDL") < gate_1 + 7.5 or math.isnan(gate_2):
            return math.nan
        return 600 + 6000 * max(0.0, gate_2 - gate_1)

    def _gate(self, name: str, old: str) -> float:
        volts = self.number(name)
        return self.number(old) if math.isnan(volts) else volts


def _ccd_in(text: str) -> int:
    """The CCD that a text names, 0 where it names none."""
    found = re.search(r"CCD_?([1-3])\b", text)
    return int(found[1]) if found else 0
