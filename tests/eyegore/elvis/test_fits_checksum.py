"""Checksums of FITS files as astropy writes them, and what they find."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from eyegore.elvis.ccd_frame import frame_state, read_frame
from eyegore.elvis.fits_headers import FrameError
from eyegore.messages.images import ImageProblem

PIXELS = np.random.default_rng(1).integers(0, 65536, (4172, 4238), dtype=np.uint16)


def write(path: Path, checksum: bool | str, *, packed: bool = False) -> Path:
    image = fits.CompImageHDU(PIXELS, name="ROE1_CCD1") if packed else fits.ImageHDU(PIXELS, name="ROE1_CCD1")
    fits.HDUList([fits.PrimaryHDU(), image]).writeto(path, checksum=checksum)
    return path


def spoil(path: Path, place: int, value: int = 1) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        (before,) = file.read(1)
        file.seek(place)
        file.write(bytes([before ^ value]))


@pytest.mark.parametrize("checksum", [True, "datasum", False])
@pytest.mark.parametrize("packed", [True, False])
def test_checksums_that_agree(tmp_path: Path, checksum: bool | str, packed: bool) -> None:
    assert np.array_equal(read_frame(write(tmp_path / "x.fits", checksum, packed=packed)).pixels, PIXELS)


@pytest.mark.parametrize(
    ("checksum", "place", "told"),
    [
        (True, 20_000_000, "DATASUM"),
        ("datasum", 20_000_001, "DATASUM"),
        (True, 2880 + 8 * 80 + 40, "CHECKSUM"),  # a comment of the header
        (True, 60, "CHECKSUM of HDU 1"),
    ],
)
def test_a_bit_that_turned_is_told(tmp_path: Path, checksum: bool | str, place: int, told: str) -> None:
    path = write(tmp_path / "x.fits", checksum)
    spoil(path, place)
    with pytest.raises(FrameError, match=told) as why:
        read_frame(path)
    assert why.value.problem is ImageProblem.DAMAGED
    assert frame_state(path).complete


def test_a_checksum_that_is_no_number_is_wrong(tmp_path: Path) -> None:
    path = write(tmp_path / "x.fits", "datasum")
    path.write_bytes(re.sub(rb"DATASUM = '\d", b"DATASUM = '?", path.read_bytes()))
    with pytest.raises(FrameError, match="DATASUM"):
        read_frame(path)
