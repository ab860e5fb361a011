"""The same frame from any FITS writer has the same pixels; what cannot be a frame is refused with its reason."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import fitsio
import numpy as np
import pytest
from astropy.io import fits

from eyegore.elvis.ccd_frame import UInt16Array, frame_state, header, read_pixels
from eyegore.elvis.fits_headers import FrameError
from eyegore.messages.images import ImageProblem

PIXELS = np.random.default_rng(1).integers(0, 65536, (70, 101), dtype=np.uint16)
PIXELS[:2, :3] = [[0, 1, 32767], [32768, 65534, 65535]]
COMPRESSIONS = ("RICE_1", "GZIP_1", "GZIP_2", "HCOMPRESS_1")

Write = Callable[[Path, UInt16Array], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "EUC_191_251116D_150614T_ROE1_CCD1.fits"


def write(path: Path, image: object) -> None:
    """One image extension behind an empty primary, as ELVIS has them."""
    image.header["OBSID"] = 191  # type: ignore[attr-defined]
    fits.HDUList([fits.PrimaryHDU(), image]).writeto(path)


def stored(dtype: str) -> Write:
    """Writer that stores the values as they are in another type."""
    return lambda path, pixels: write(path, fits.ImageHDU(pixels.astype(dtype)))


def scaled(path: Path, pixels: UInt16Array) -> None:
    image = fits.ImageHDU(pixels.astype(np.float64))
    image.scale("int32", bscale=0.5, bzero=1000.0)
    write(path, image)


def in_primary(path: Path, pixels: UInt16Array) -> None:
    fits.PrimaryHDU(pixels, fits.Header({"OBSID": 191})).writeto(path)


def with_fitsio(path: Path, pixels: UInt16Array) -> None:
    fitsio.write(path, pixels, header={"OBSID": 191})


def extension_with_fitsio(path: Path, pixels: UInt16Array) -> None:
    with fitsio.FITS(path, "rw") as document:
        document.write(None)
        document.write(pixels, header={"OBSID": 191}, extname="ROE1_CCD1")


def packed_with_fitsio(path: Path, pixels: UInt16Array) -> None:
    fitsio.write(path, pixels, header={"OBSID": 191}, compress="rice")


def packed(compression: str) -> Write:
    def packing(path: Path, pixels: UInt16Array) -> None:
        tile = (16, pixels.shape[1]) if compression == "HCOMPRESS_1" else None
        write(path, fits.CompImageHDU(pixels, compression_type=compression, tile_shape=tile))

    return packing


def packed_in_squares(path: Path, pixels: UInt16Array) -> None:
    write(path, fits.CompImageHDU(pixels, compression_type="RICE_1", tile_shape=(48, 33)))


def packed_signed(path: Path, pixels: UInt16Array) -> None:
    write(path, fits.CompImageHDU(pixels.view(np.int16), compression_type="RICE_1"))


def with_a_table_behind(path: Path, image: fits.ImageHDU | fits.CompImageHDU) -> None:
    image.header["OBSID"] = 191
    table = fits.BinTableHDU.from_columns([fits.Column("note", "40A", array=["written later"] * 200)])
    fits.HDUList([fits.PrimaryHDU(), image, table]).writeto(path)


WRITERS: dict[str, Write] = {
    "astropy": lambda path, pixels: write(path, fits.ImageHDU(pixels)),
    "primary": in_primary,
    "signed, wrapped": lambda path, pixels: write(path, fits.ImageHDU(pixels.view(np.int16))),
    "int32": stored("int32"),
    "int64": stored("int64"),
    "uint32": stored("uint32"),
    "float32": stored("float32"),
    "float64": stored("float64"),
    "scaled": scaled,
    "fitsio": with_fitsio,
    "fitsio, extension": extension_with_fitsio,
    "fitsio, rice": packed_with_fitsio,
    "table behind": lambda path, pixels: with_a_table_behind(path, fits.ImageHDU(pixels)),
    "rice, table behind": lambda path, pixels: with_a_table_behind(path, fits.CompImageHDU(pixels)),
    "rice in squares": packed_in_squares,
    "rice, signed": packed_signed,
    **{name: packed(name) for name in COMPRESSIONS},
}


@pytest.mark.parametrize("writer", WRITERS)
def test_every_writers_frame_has_the_same_pixels(path: Path, writer: str) -> None:
    WRITERS[writer](path, PIXELS)
    assert frame_state(path).complete
    assert header(path)["OBSID"] == 191
    buffer = np.zeros(PIXELS.size + 10, np.uint16)
    pixels = read_pixels(path, buffer)
    assert np.shares_memory(pixels, buffer)
    assert pixels.dtype == np.uint16
    assert np.array_equal(pixels, PIXELS)


def test_signed_integers_below_32768_are_taken_as_they_are(path: Path) -> None:
    low = PIXELS // 2
    fitsio.write(path, low.astype(np.int16))
    assert fits.getheader(path).get("BZERO") is None
    assert np.array_equal(read_pixels(path), low)


def bad(change: Callable[[np.ndarray], None], dtype: str = "float32") -> np.ndarray:
    pixels = PIXELS.astype(dtype)
    change(pixels)
    return pixels


def put(value: float) -> Callable[[np.ndarray], None]:
    def change(pixels: np.ndarray) -> None:
        pixels[33, 5] = value

    return change


@pytest.mark.parametrize(
    ("pixels", "told"),
    [
        (bad(put(np.nan)), "1 pixel that is not a number"),
        (bad(put(np.inf)), "1 pixel that is not a number"),
        (bad(put(0.25)), "1 pixel that is a fraction of an ADU"),
        (bad(put(65536)), "1 pixel that is outside 0 to 65535 ADU"),
        (bad(put(-1), "int32"), "1 pixel that is outside 0 to 65535 ADU"),
        (np.full((70, 101), np.nan), "3232 pixels that are not a number"),
    ],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_pixels_that_no_converter_gives_are_refused(
    path: Path, pixels: np.ndarray, told: str, compressed: bool
) -> None:
    kind = fits.CompImageHDU if compressed else fits.ImageHDU
    options = {"compression_type": "GZIP_2", "quantize_level": 0} if compressed else {}
    write(path, kind(pixels, **options))
    with pytest.raises(FrameError, match=told) as caught:
        read_pixels(path)
    assert caught.value.problem is ImageProblem.WRONG_PIXELS
    assert str(path) in str(caught.value)


def test_undefined_pixels_are_refused(path: Path) -> None:
    image = fits.ImageHDU((PIXELS // 2).astype(np.int16))
    image.header["BLANK"] = int(PIXELS[40, 7] // 2)
    write(path, image)
    with pytest.raises(FrameError, match=r"undefined \(BLANK\)") as caught:
        read_pixels(path)
    assert caught.value.problem is ImageProblem.WRONG_PIXELS


def test_a_scale_that_is_no_number(path: Path) -> None:
    write(path, fits.ImageHDU(PIXELS.astype(np.int32)))
    data = path.read_bytes().replace(b"OBSID   =                  191", b"BSCALE  = 'much'              ")
    path.write_bytes(data)
    with pytest.raises(FrameError, match="BSCALE much are no numbers") as caught:
        read_pixels(path)
    assert caught.value.problem is ImageProblem.DAMAGED


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_damaged_tile(path: Path, compression: str) -> None:
    packed(compression)(path, PIXELS)
    data = bytearray(path.read_bytes())
    begin = data.rindex(b"END" + b" " * 77) // 2880 * 2880 + 2880
    data[begin : begin + 2000] = np.random.default_rng(0).bytes(2000)
    path.write_bytes(data)
    with pytest.raises(FrameError) as caught:
        read_pixels(path)
    assert caught.value.problem in (ImageProblem.DAMAGED, ImageProblem.WRONG_PIXELS)


def test_a_compressed_image_that_is_cut(path: Path) -> None:
    packed("RICE_1")(path, PIXELS)
    path.write_bytes(path.read_bytes()[: -2 * 2880])
    with pytest.raises(FrameError, match=r"it has \d+ of \d+ bytes") as caught:
        read_pixels(path)
    assert caught.value.problem is ImageProblem.TRUNCATED


def test_a_compressed_image_that_does_not_tell_its_size(path: Path) -> None:
    packed("RICE_1")(path, PIXELS)
    path.write_bytes(path.read_bytes().replace(b"ZNAXIS1 =", b"XNAXIS1 ="))
    with pytest.raises(FrameError) as caught:
        read_pixels(path)
    assert caught.value.problem is ImageProblem.DAMAGED


@pytest.mark.parametrize("writer", ["astropy", "int32", "float64", "scaled", "fitsio, rice"])
def test_no_second_frame_is_held_in_memory(path: Path, writer: str) -> None:
    pixels = np.random.default_rng(1).integers(2200, 2300, (2000, 2000), dtype=np.uint16)
    WRITERS[writer](path, pixels)
    buffer = np.empty(pixels.size, np.uint16)
    read_pixels(path, buffer)  # what is imported and cached at first is not the frame's
    tracemalloc.start()
    try:
        read_pixels(path, buffer)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20  # half of the frame as it is in the buffer
    finally:
        tracemalloc.stop()
