"""A day folder that a test writes, as ELVIS would, only less of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from eyegore.elvis.day_folder import image_name, lab_seconds, master_hk_name, obsid_hk_name
from eyegore.elvis.dialect import DIALECTS

ELVIS = "7.5.X"
START = lab_seconds(14, 3, 19, 12)
"""Noon of 14 March 2019 [lab s]: when the first row of every file is written, unless said otherwise."""
DIALECT = DIALECTS[ELVIS]


class Day:
    """Writes into a day folder what ELVIS would, only less of it."""

    next_day = lab_seconds(15, 3, 19)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def hk(self, rows: range, *, number: int = 1, date: float = START, name: str = "", end: str = "\n") -> Path:
        """Append rows to a master file; row n is of n seconds after ``date`` and holds n in all columns."""
        path = self.folder / (name or master_hk_name(date, number))
        with path.open("a", newline="") as file:
            if not file.tell():
                file.write("\t".join((DIALECT.hk_time, *DIALECT.hk_columns)) + "\n")
            for row in rows:
                stamp = time.strftime("%d-%m-%y_%H:%M:%S", time.gmtime(date + row))
                file.write("\t".join([stamp] + [f"{row:.2f}"] * len(DIALECT.hk_columns)) + end)
        return path

    def obsid_hk(self, obsid: int, rows: range) -> Path:
        """The HK file of one exposure."""
        return self.hk(rows, name=obsid_hk_name(obsid, START + rows[0]))

    def log(self, obsids: range, name: str = "EXP_LOG_140319.txt") -> Path:
        """Append three rows for each ObsID to the exposure log."""
        path = self.folder / name
        columns = DIALECT.explog_columns
        with path.open("a") as file:
            if not file.tell():
                file.write("\t".join(columns) + "\n")
            for obsid in obsids:
                for ccd in ("CCD1", "CCD2", "CCD3"):
                    cells = {"obsid": str(obsid), "ccd": ccd, "test": "BIAS01", "date": "140319D120000T"}
                    file.write("\t".join(cells.get(column.lower(), "0") for column in columns) + "\n")
        return path

    def image(self, obsid: int, ccd: int = 1, *, share: float = 1.0, age: float = 0.0) -> Path:
        """A FITS image of 8 x 160 pixels, or the first ``share`` of it, last written to ``age`` [s] ago."""
        path = self.folder / image_name(obsid, ccd, START + obsid)
        content = fits(8, 160)
        path.write_bytes(content[: int(len(content) * share)])
        if age:
            then = time.time() - age
            os.utime(path, (then, then))
        return path


def fits(width: int, height: int) -> bytes:
    """A FITS file as ELVIS makes it: an empty primary HDU and one image of 16 bit."""
    primary = [f"SIMPLE  = {'T':>20}", f"BITPIX  = {8:20d}", f"NAXIS   = {0:20d}", "END"]
    image = [
        "XTENSION= 'IMAGE   '",
        "BITPIX  =                   16",
        "NAXIS   =                    2",
        f"NAXIS1  = {width:20d}",
        f"NAXIS2  = {height:20d}",
        "PCOUNT  =                    0",
        "GCOUNT  =                    1",
        "BZERO   =                32768",
        "BSCALE  =                    1",
        "EXTNAME = 'ROE1_CCD1'",
        "END",
    ]
    blocks = ["".join(f"{card:80}" for card in cards).encode() for cards in (primary, image)]
    return b"".join(block.ljust(2880) for block in blocks) + (b"\x80\x01" * width * height).ljust(2880, b"\0")
