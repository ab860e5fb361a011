from __future__ import annotations

import gzip
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings, strategies as st

from eyegore.basics.errors import FormatError
from eyegore.elvis.ccd_frame import (
    LARGEST_FRAME,
    QUADRANTS,
    FrameGeometry,
    UInt16Array,
    frame_state,
    header,
    read_frame,
    read_pixels,
)
from eyegore.elvis.fits_headers import BLOCK, FrameError, card_value
from eyegore.messages.images import ImageProblem


def pixels_of(rows: int = 70, columns: int = 101) -> UInt16Array:
    return np.random.default_rng(1).integers(0, 65536, (rows, columns), dtype=np.uint16)


def write(path: Path, pixels: UInt16Array, **cards: str | float | bool) -> bytes:
    image = fits.ImageHDU(pixels, name="ROE1_CCD1")
    image.header.update({"OBSID": 191, "OBJECT": "BIAS02", "EXPTIME": 0.5, "VEND": 2086, **cards})
    fits.HDUList([fits.PrimaryHDU(), image]).writeto(path)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "EUC_191_251116D_150614T_ROE1_CCD1.fits"


@pytest.fixture
def whole(path: Path) -> bytes:
    return write(path, pixels_of())


# --- complete or not -------------------------------------------------------------------------------------------------


def test_a_whole_image(path: Path, whole: bytes) -> None:
    state = frame_state(path)
    assert (state.complete, state.size, state.problem) == (True, len(whole), "")


@pytest.mark.parametrize(
    ("keep", "problem"),
    [
        (0, "it is empty"),
        (1, "the header of HDU 1 is cut"),
        (80, "the header of HDU 1 is cut"),
        (BLOCK - 1, "it has no image yet"),
        (BLOCK, "it has no image yet"),
        (BLOCK + 5, "the header of HDU 2 is cut"),
        (BLOCK + 800, "the header of HDU 2 is cut"),
        (2 * BLOCK, "it has 5760 of 19900 bytes"),
        (19899, "it has 19899 of 19900 bytes"),
    ],
)
def test_a_cut_image(path: Path, whole: bytes, keep: int, problem: str) -> None:
    path.write_bytes(whole[:keep])
    state = frame_state(path)
    assert (state.complete, state.size, state.problem) == (False, keep, problem)


def card(text: str) -> bytes:
    return text.ljust(80).encode()


def headers(*cards: str) -> bytes:
    data = b"".join(card(text) for text in (*cards, "END"))
    return data + b" " * (-len(data) % BLOCK)


PRIMARY = headers("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"not an image", "not a FITS file"),
        (b"\0" * 10000, "zeros where the header of HDU 1"),
        (PRIMARY + b"\0" * 10000, "zeros where the header of HDU 2"),
        (PRIMARY + b"garbage" * 1000, "no header where that of HDU 2"),
        (b"SIMPLE  = T".ljust(401 * BLOCK), "no end"),
        (headers("SIMPLE  = T", "NAXIS   = 0"), "damaged"),
        (headers("SIMPLE  = T", "BITPIX  = 17", "NAXIS   = 0"), "damaged"),
        (headers("SIMPLE  = T", "BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = 10"), "damaged"),
        (headers("SIMPLE  = T", "BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = 10", "NAXIS2  = -1"), "damaged"),
        (headers("SIMPLE  = T", "BITPIX  = 16", "NAXIS   = T"), "damaged"),
        (headers("SIMPLE  = T", "BITPIX  = 16", "NAXIS   = -1"), "damaged"),
        (headers("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 1", "NAXIS1  = 5") + b"x" * BLOCK, "no image"),
    ],
)
def test_what_is_no_image(path: Path, data: bytes, problem: str) -> None:
    path.write_bytes(data)
    state = frame_state(path)
    assert not state.complete
    assert problem in state.problem


def test_reserved_space_that_is_not_written_yet(path: Path, whole: bytes) -> None:
    path.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    state = frame_state(path)
    assert (state.complete, state.problem) == (False, "its last pixels have not been written yet")


def test_rows_that_were_not_read_are_zero_and_belong_to_the_image(path: Path) -> None:
    pixels = pixels_of(100, 100)
    pixels[40:60] = 0
    write(path, pixels)
    assert frame_state(path).complete
    pixels[:] = 0
    path.unlink()
    write(path, pixels)
    assert frame_state(path).complete


def test_what_follows_the_last_image_is_not_judged(path: Path, whole: bytes) -> None:
    path.write_bytes(whole + b"\0" * 100)
    assert frame_state(path).complete
    assert (read_pixels(path) == pixels_of()).all()


def test_a_file_that_is_not_there(path: Path) -> None:
    assert frame_state(path).problem == "it has vanished"


def test_a_file_that_cannot_be_read(path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("eyegore.elvis.ccd_frame.os.open", refuse)
    assert frame_state(path).problem == "it cannot be read (Permission denied)"
    with pytest.raises(FormatError, match="Permission denied"):
        read_pixels(path)


@given(st.binary(max_size=3 * BLOCK))
@settings(deadline=None)
def test_no_bytes_are_taken_for_an_image(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for begin in (b"", b"SIMPLE  =", PRIMARY, PRIMARY + b"XTENSION="):
            path = Path(folder, "x.fits")
            path.write_bytes(begin + data)
            assert not frame_state(path).complete


# --- headers ---------------------------------------------------------------------------------------------------------


def test_header(path: Path, whole: bytes) -> None:
    cards = header(path)
    assert (cards["EXTNAME"], cards["OBSID"], cards["OBJECT"], cards["EXPTIME"], cards["VEND"]) == (
        "ROE1_CCD1",
        191,
        "BIAS02",
        0.5,
        2086,
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("                   T / yes", True),
        ("                   F", False),
        ("                 191 / id", 191),
        ("  -1.5D3", -1500.0),
        (" 1.5E+01 /", 15.0),
        (" 'O''Neill / CCD ' / who", "O'Neill / CCD"),
        ("''", ""),
        ("  ", ""),
        (" / none", ""),
        (" (1,2)", "(1,2)"),
    ],
)
def test_card_values(text: str, value: str | float | bool) -> None:
    assert card_value(text) == value
    assert type(card_value(text)) is type(value)


# --- geometry --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("naxis1", "naxis2", "serial", "parallel"),
    [(4238, 4172, 20, 20), (4256, 4172, 29, 20), (4238, 4132, 20, 0), (4256, 4132, 29, 0)],
)
def test_geometry(naxis1: int, naxis2: int, serial: int, parallel: int) -> None:
    geometry = FrameGeometry.from_shape(naxis1, naxis2)
    assert (geometry.serial_overscan, geometry.parallel_overscan) == (serial, parallel)
    assert (geometry.prescan, geometry.image_columns) == (slice(0, 51), slice(51, 2099))
    assert geometry.overscan == slice(2099, 2099 + serial)
    assert (geometry.image_rows, geometry.overscan_rows) == (slice(0, 2066), slice(2066, 2066 + parallel))


@pytest.mark.parametrize(
    ("naxis1", "naxis2"), [(4237, 4172), (4238, 4171), (100, 100), (4238, 4000), (8000, 4172), (4238, 8000)]
)
def test_shapes_that_are_no_frame(naxis1: int, naxis2: int) -> None:
    with pytest.raises(FormatError, match=f"{naxis1} columns x {naxis2} rows"):
        FrameGeometry.from_shape(naxis1, naxis2)


@pytest.mark.parametrize(("quadrant", "node"), [("H", (0, 0)), ("G", (0, -1)), ("E", (-1, 0)), ("F", (-1, -1))])
@pytest.mark.parametrize("shape", [(4238, 4172), (4256, 4132)])
def test_quadrants_have_their_node_at_their_origin(
    shape: tuple[int, int], quadrant: str, node: tuple[int, int]
) -> None:
    geometry = FrameGeometry.from_shape(*shape)
    frame = np.arange(geometry.naxis1 * geometry.naxis2, dtype=np.uint32).reshape(geometry.naxis2, geometry.naxis1)
    canonical = frame[geometry.canonical(quadrant)]
    assert canonical.shape == (geometry.rows, geometry.columns)
    assert canonical.base is not None
    assert canonical[0, 0] == frame[node]
    placed = frame[geometry.place(quadrant)]
    assert sorted((placed[0, 0], placed[-1, -1])) in (
        sorted((canonical[0, 0], canonical[-1, -1])),
        sorted((canonical[0, -1], canonical[-1, 0])),
    )


def test_quadrants_cover_the_frame_once() -> None:
    geometry = FrameGeometry.from_shape(4238, 4172)
    count = np.zeros((geometry.naxis2, geometry.naxis1), dtype=np.uint8)
    for quadrant in QUADRANTS:
        count[geometry.canonical(quadrant)] += 1
        count[geometry.place(quadrant)] += 1
    assert (count == 2).all()


@pytest.mark.parametrize(
    ("vstart", "vend", "rows"),
    [(0, 2086, (0, 2086)), (0, 100, (0, 100)), (1, 9999, (1, 2086)), (-5, 10, (0, 10)), (50, 20, (50, 50))],
)
def test_windows(vstart: int, vend: int, rows: tuple[int, int]) -> None:
    assert FrameGeometry.from_shape(4238, 4172).read_rows(vstart, vend) == slice(*rows)


# --- pixels ----------------------------------------------------------------------------------------------------------


def test_pixels_are_those_astropy_reads(path: Path, whole: bytes) -> None:
    pixels = read_pixels(path)
    assert pixels.dtype == np.uint16
    assert np.array_equal(pixels, fits.getdata(path))
    assert np.array_equal(pixels, pixels_of())


def test_extremes(path: Path) -> None:
    write(path, np.array([[0, 1, 32767, 32768, 65534, 65535]], dtype=np.uint16))
    assert read_pixels(path).tolist() == [[0, 1, 32767, 32768, 65534, 65535]]


@pytest.mark.parametrize("shape", [(70, 101), (100, 200), (7070,)])
def test_a_buffer_is_used_again(path: Path, whole: bytes, shape: tuple[int, ...]) -> None:
    buffer = np.zeros(shape, dtype=np.uint16)
    pixels = read_pixels(path, buffer)
    assert np.shares_memory(pixels, buffer)
    assert np.array_equal(pixels, pixels_of())


@pytest.mark.parametrize("buffer", [np.zeros(7069, np.uint16), np.zeros((200, 101), np.uint16)[::2]])
def test_a_buffer_that_does_not_fit_is_left_alone(path: Path, whole: bytes, buffer: UInt16Array) -> None:
    assert np.array_equal(read_pixels(path, buffer), pixels_of())
    assert not buffer.any()


def test_big_endian_machines(path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eyegore.elvis.frame_pixels.sys.byteorder", "big")
    assert np.array_equal(read_pixels(path).byteswap(), pixels_of() ^ np.uint16(0x8000) ^ np.uint16(0x0080))


def test_a_frame_has_pixels_header_and_geometry(path: Path) -> None:
    pixels = np.full((4132, 4256), 2200, np.uint16)
    write(path, pixels)
    frame = read_frame(path)
    assert np.array_equal(frame.pixels, pixels)
    assert (frame.path, frame.cards["OBSID"]) == (str(path), 191)
    assert (frame.geometry.serial_overscan, frame.geometry.parallel_overscan) == (29, 0)


def test_an_image_of_another_shape_is_no_frame(path: Path, whole: bytes) -> None:
    with pytest.raises(FrameError, match="101 columns x 70 rows are no frame") as caught:
        read_frame(path)
    assert caught.value.problem is ImageProblem.WRONG_SHAPE


def test_a_frame_of_full_size_needs_no_more_than_the_largest_buffer() -> None:
    assert LARGEST_FRAME == (2 * 2086, 2 * (51 + 2048 + 29))


def test_an_incomplete_image_is_refused(path: Path, whole: bytes) -> None:
    path.write_bytes(whole[:-BLOCK])
    with pytest.raises(FormatError, match=r"EUC_191.*is not a complete image: it has \d+ of \d+ bytes"):
        read_pixels(path)
    with pytest.raises(FormatError, match="not a complete image"):
        header(path)


@pytest.mark.parametrize("read", [read_pixels, header])
def test_an_image_that_goes_bad_while_it_is_read(
    path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch, read: Callable[[Path], object]
) -> None:
    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("eyegore.elvis.fits_headers.os.pread", fail)
    with pytest.raises(FormatError, match="Input/output error"):
        read(path)
    assert "Input/output error" in frame_state(path).problem


def test_an_image_that_is_cut_while_it_is_read(path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cut:
        def __init__(self, *_: object, **__: object) -> None: ...
        def __enter__(self) -> Cut:
            return self

        def __exit__(self, *_: object) -> None: ...
        def seek(self, _: int) -> None: ...
        def readinto(self, _: memoryview) -> int:
            return 0

    monkeypatch.setattr("eyegore.elvis.frame_pixels.os.fdopen", Cut)
    with pytest.raises(FormatError, match="was cut while it was read"):
        read_pixels(path)


def test_nothing_is_kept_open(path: Path, whole: bytes) -> None:
    before = os.listdir("/proc/self/fd")
    frame_state(path)
    header(path)
    read_pixels(path)
    assert os.listdir("/proc/self/fd") == before


def cube_of_one(whole: bytes) -> bytes:
    made = io.BytesIO()
    with fits.open(io.BytesIO(whole)) as document:
        fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(document[1].data[np.newaxis])]).writeto(made)
    return made.getvalue()


def with_empty_image(whole: bytes) -> bytes:
    return whole + headers("XTENSION= 'IMAGE   '", "BITPIX  = 16", "NAXIS   = 0", "PCOUNT  = 0", "GCOUNT  = 1")


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "a cube of one plane": cube_of_one,
    "an empty image behind": with_empty_image,
    "a last block not padded": lambda whole: whole[:19900],
    "gzip": gzip.compress,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_whole_images_in_other_forms(path: Path, whole: bytes, form: Callable[[bytes], bytes]) -> None:
    path.write_bytes(whole)
    pixels = read_pixels(path)
    content = form(whole)
    assert content != whole
    path.write_bytes(content)
    state = frame_state(path)
    assert (state.complete, state.size, state.problem) == (True, len(content), "")
    assert np.array_equal(read_pixels(path), pixels)


def test_a_cut_gzip_file(path: Path, whole: bytes) -> None:
    packed = gzip.compress(whole)
    path.write_bytes(packed[: len(packed) // 2])
    state = frame_state(path)
    assert not state.complete
    assert not state.unread
    assert "of 19900 bytes" in state.problem


def test_a_damaged_gzip_file_cannot_be_read(path: Path, whole: bytes) -> None:
    packed = bytearray(gzip.compress(whole))
    packed[-6] ^= 255
    path.write_bytes(packed)
    assert frame_state(path).unread
