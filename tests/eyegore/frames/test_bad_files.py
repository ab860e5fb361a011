"""Files that are no frames: each has its named problem, a line in the log, and harms nothing that comes after it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from eyegore.elvis.simulated_frame import FrameShape, fits_headers
from eyegore.frame_messages import FrameProblem
from eyegore.frames.frame_analysis import analyse_frame, problem_result
from eyegore.limits.frame_model import FrameVerdict

NAME = "EUC_20103_140319D_200005T_ROE1_CCD2.fits"
SHAPE = FrameShape()
HEAD = fits_headers("ROE1_CCD2", SHAPE, {"OBSID": 20103, "OBJECT": "BIAS01"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / NAME


def sparse(path: Path, head: bytes, missing: int = 0) -> None:
    """A file of a frame's length with nothing but zeros behind its header."""
    path.write_bytes(head)
    os.truncate(path, len(head) + 2 * SHAPE.rows * SHAPE.columns + SHAPE.padding - missing)


def nan_float(path: Path) -> None:
    pixels = np.full((SHAPE.rows, SHAPE.columns), np.nan, np.float32)
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(pixels)]).writeto(path)


def other_shape(path: Path) -> None:
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(np.ones((100, 100), np.uint16))]).writeto(path)


BAD: list[tuple[str, Callable[[Path], object], FrameProblem, str]] = [
    ("truncated", lambda path: sparse(path, HEAD, 5000), FrameProblem.TRUNCATED, "bytes"),
    ("cut header", lambda path: path.write_bytes(HEAD[:3000]), FrameProblem.TRUNCATED, "header of HDU 2 is cut"),
    ("empty", lambda path: path.write_bytes(b""), FrameProblem.EMPTY, "it is empty"),
    ("zeros", lambda path: path.write_bytes(bytes(10000)), FrameProblem.ZERO_FILLED, "zeros where the header"),
    ("zero pixels", lambda path: sparse(path, HEAD), FrameProblem.ZERO_FILLED, "last pixels have not been written"),
    ("shape", other_shape, FrameProblem.WRONG_SHAPE, "100 columns x 100 rows are no frame"),
    ("NaN", nan_float, FrameProblem.WRONG_PIXELS, "not a number"),
    ("no image", lambda path: path.write_bytes(HEAD[:2880]), FrameProblem.NO_IMAGE, "no image"),
    ("not FITS", lambda path: path.write_bytes(b"not an image" * 999), FrameProblem.NOT_FITS, "not a FITS file"),
    ("damaged", lambda path: path.write_bytes(HEAD[:2880] + b"x" * 9999), FrameProblem.DAMAGED, "no header where"),
    ("folder", lambda path: path.mkdir(), FrameProblem.UNREADABLE, "Is a directory"),
    ("vanished", lambda path: None, FrameProblem.VANISHED, "No such file"),
]


@pytest.mark.parametrize(("make", "problem", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_file_has_a_named_problem_and_a_line_in_the_log(
    path: Path, make: Callable[[Path], object], problem: FrameProblem, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    make(path)
    result = analyse_frame(path, block="BORN")
    assert result.problem is problem
    assert words in result.explanation
    assert (result.obsid, result.ccd, result.quadrants, result.checks) == (20103, 2, {}, ())
    unseen = problem in (FrameProblem.VANISHED, FrameProblem.UNREADABLE)
    assert result.verdict is (FrameVerdict.NOT_CHECKED if unseen else FrameVerdict.FAIL)
    assert result.as_json()["verdict"] == result.verdict.value
    assert result.as_json()["problem"] == f"{problem.value}: {result.explanation}"
    (record,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert str(path) in record.getMessage()
    assert words in record.getMessage()


def test_a_file_that_may_not_be_read(path: Path) -> None:
    path.write_bytes(HEAD)
    path.chmod(0)
    path.parent.chmod(0o755)
    code = (
        "import os, sys\n"
        "from eyegore.frames.frame_analysis import analyse_frame\n"
        "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "result = analyse_frame(sys.argv[1])\n"
        "print(result.problem.name, result.verdict.name, result.explanation)\n"
    )
    # the folders above a test's own are closed to others, so the child is given one that it stands in
    done = subprocess.run(
        [sys.executable, "-c", code, NAME], cwd=path.parent, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "UNREADABLE NOT_CHECKED cannot be read: Permission denied"


def test_a_fault_of_our_own_is_told_as_such(path: Path) -> None:
    result = problem_result(path, ZeroDivisionError("division by zero"))
    assert (result.problem, result.verdict) == (FrameProblem.FAULT, FrameVerdict.NOT_CHECKED)
    assert "ZeroDivisionError" in result.explanation
