"""Files that are no frames: each has its named problem, a line in the log, and harms nothing that comes after it."""

from __future__ import annotations

import json
import logging
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings, strategies as st

from eyegore.basics import records
from eyegore.elvis.ccd_frame import LARGEST_FRAME, Frame, FrameGeometry
from eyegore.elvis.fits_headers import CardValue
from eyegore.images.analysis import analyse_image, judge_image
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.images import ImageProblem
from eyegore.simulator.frame import FrameShape, fits_headers

from ...patience import AWAITED_S
from .simulated_images import write

NAME = "EUC_20103_140319D_200005T_ROE1_CCD2.fits"
SHAPE = FrameShape()
STRANGE = np.zeros((4172, 4238), np.uint16)
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


def cube(path: Path) -> None:
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(np.ones((3, 10, 10), np.uint16))]).writeto(path)


def table_only(path: Path) -> None:
    table = fits.BinTableHDU.from_columns([fits.Column("a", "J", array=np.arange(5000))])
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(path)


BAD: list[tuple[str, Callable[[Path], object], ImageProblem, str]] = [
    ("truncated", lambda path: sparse(path, HEAD, 5000), ImageProblem.TRUNCATED, "bytes"),
    ("cut header", lambda path: path.write_bytes(HEAD[:3000]), ImageProblem.TRUNCATED, "header of HDU 2 is cut"),
    ("empty", lambda path: path.write_bytes(b""), ImageProblem.EMPTY, "it is empty"),
    ("zeros", lambda path: path.write_bytes(bytes(10000)), ImageProblem.ZERO_FILLED, "zeros where the header"),
    ("zero pixels", lambda path: sparse(path, HEAD), ImageProblem.ZERO_FILLED, "last pixels have not been written"),
    ("shape", other_shape, ImageProblem.WRONG_SHAPE, "100 columns x 100 rows are no frame"),
    ("cube", cube, ImageProblem.WRONG_SHAPE, "data of 3"),
    ("table", table_only, ImageProblem.NO_IMAGE, "no image"),
    ("NaN", nan_float, ImageProblem.WRONG_PIXELS, "not a number"),
    ("no image", lambda path: path.write_bytes(HEAD[:2880]), ImageProblem.NO_IMAGE, "no image"),
    ("not FITS", lambda path: path.write_bytes(b"not an image" * 999), ImageProblem.NOT_FITS, "not a FITS file"),
    ("damaged", lambda path: path.write_bytes(HEAD[:2880] + b"x" * 9999), ImageProblem.DAMAGED, "no header where"),
    ("folder", lambda path: path.mkdir(), ImageProblem.UNREADABLE, "Is a directory"),
    ("vanished", lambda path: None, ImageProblem.VANISHED, "No such file"),
]


@pytest.mark.parametrize(("make", "problem", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_file_has_a_named_problem_and_a_line_in_the_log(
    path: Path, make: Callable[[Path], object], problem: ImageProblem, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    make(path)
    result = analyse_image(path, block="BORN")
    assert result.problem is problem
    assert words in result.explanation
    assert (result.obsid, result.ccd, result.quadrants, result.checks) == (20103, 2, {}, ())
    unseen = problem in (ImageProblem.VANISHED, ImageProblem.UNREADABLE)
    assert result.verdict is (ImageVerdict.NOT_CHECKED if unseen else ImageVerdict.FAIL)
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
        "from eyegore.images.analysis import analyse_image\n"
        "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "result = analyse_image(sys.argv[1])\n"
        "print(result.problem.name, result.verdict.name, result.explanation)\n"
    )
    # the folders above a test's own are closed to others, so the child is given one that it stands in
    done = subprocess.run(
        [sys.executable, "-c", code, NAME],
        cwd=path.parent,
        capture_output=True,
        text=True,
        timeout=AWAITED_S,
        check=True,
    )
    assert done.stdout.strip() == "UNREADABLE NOT_CHECKED cannot be read: Permission denied"


def test_after_a_bad_file_the_next_good_one_is_judged(tmp_path: Path) -> None:
    good = write(tmp_path, "BIAS01", ccd=1)
    bad = tmp_path / NAME
    bad.write_bytes(good.read_bytes()[: -SHAPE.padding - 40_000])
    buffer = np.empty(LARGEST_FRAME, np.uint16)
    found = [analyse_image(path, block="BORN", buffer=buffer) for path in (bad, good, bad, good)]
    assert [result.problem for result in found] == [ImageProblem.TRUNCATED, None] * 2
    assert found[1].verdict is ImageVerdict.PASS
    assert records.same(found[1], found[3])


def test_a_pipe_is_not_waited_for(path: Path) -> None:
    os.mkfifo(path)
    result = analyse_image(path)
    assert result.problem is ImageProblem.UNREADABLE
    assert "a pipe or a device" in result.explanation


NAMES = [
    *("OBSID", "OBJECT", "EXPTIME", "VSTART", "RDMODE", "CHINJ", "CHINJ_ON", "CHINJ_OF", "ID_WID", "ID_DLY", "TOI_CH"),
    *("IDL", "IG1_2_B", "IG2_B", "WAVE", "SOURCE", "EXTNAME", "EGSE_VER"),
]
anything = st.one_of(st.floats(), st.integers(), st.booleans(), st.text(max_size=8), st.sampled_from(["CCD9", "1e999"]))


@pytest.mark.slow
@given(
    st.sampled_from(["BIAS01", "PTC01", "CHINJ01", "FOCUS00_800", "PERSIST01", "MOT_WARM", "", "?"]),
    st.dictionaries(st.sampled_from(NAMES), anything),
    st.integers(-3, 40),
)
@settings(deadline=None, max_examples=60)
def test_no_header_is_too_strange(test: str, cards: dict[str, CardValue], vend: int) -> None:
    frame = Frame("x.fits", STRANGE, {"OBJECT": test, "VEND": vend, **cards}, FrameGeometry.from_shape(4238, 4172))
    result = judge_image(frame, block="BORN")
    json.dumps(result.as_json(), allow_nan=False)
    assert {check.verdict for check in result.checks if math.isnan(check.value)} <= {ImageVerdict.NOT_CHECKED}


@given(st.binary(max_size=6000))
@settings(deadline=None, max_examples=40)
def test_no_bytes_are_judged(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for begin in (b"", HEAD[:2880], HEAD):
            path = Path(folder, NAME)
            path.write_bytes(begin + data)
            result = analyse_image(path)
            assert result.problem not in (None, ImageProblem.FAULT)


def test_a_fault_of_our_own_is_told_and_does_not_end_the_work(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("eyegore.images.analysis.read_frame", fail)
    result = analyse_image(path)
    assert (result.problem, result.verdict) == (ImageProblem.FAULT, ImageVerdict.NOT_CHECKED)
    assert "ZeroDivisionError" in result.explanation
    assert "Traceback" in caplog.text
