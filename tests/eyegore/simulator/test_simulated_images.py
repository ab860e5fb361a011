"""Simulated frames say what their exposures put into them."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from eyegore.campaign.plan import block_offsets, chamber
from eyegore.campaign.timing import ExposurePlan
from eyegore.elvis.dialect import DIALECTS
from eyegore.simulator.frame import GAIN, READ_NOISE, FrameShape, FrameSource
from eyegore.simulator.simulator import SimulatedSession, Simulator

BORN = chamber("B_BORN")
OFFSETS = block_offsets("BORN")
CANONICAL = {"H": (1, 1), "G": (1, -1), "E": (-1, 1), "F": (-1, -1)}

Pixels = np.ndarray


@pytest.fixture(scope="module")
def source() -> FrameSource:
    return FrameSource(FrameShape(), OFFSETS, BORN, 0)


@pytest.fixture(scope="module")
def frame(source: FrameSource) -> Callable[[str, int], Pixels]:
    """Pixels of CCD2 of one exposure of a test."""

    def pixels(test: str, number: int = 0) -> Pixels:
        exposure = ExposurePlan([test], BORN, "7.5.X", 0.0, 20103).whole()[number]
        return source.frame(exposure, 2).pixels(0, source.shape.rows)

    return pixels


def quadrant(pixels: Pixels, letter: str) -> Pixels:
    """One quadrant with its node at [0, 0]."""
    rows, columns = (size // 2 for size in pixels.shape)
    vertical, horizontal = CANONICAL[letter]
    return pixels[::vertical, ::horizontal][:rows, :columns].astype(float)


@pytest.mark.parametrize("letter", "EFGH")
def test_a_bias_has_the_blocks_offsets_and_read_noise(frame: Callable[[str], Pixels], letter: str) -> None:
    bias = quadrant(frame("BIAS01"), letter)
    for region in (bias[:, :51], bias[:, 51:2099], bias[:, 2099:]):
        assert region.mean() == pytest.approx(OFFSETS[2, letter], abs=0.2)
        assert region.std() == pytest.approx(READ_NOISE, rel=0.03)


@pytest.mark.parametrize(("number", "filled"), [(0, 0.05), (25, 0.2), (45, 0.5)])
def test_a_flat_has_the_scripts_fluence_and_shot_noise(
    frame: Callable[[str, int], Pixels], number: int, filled: float
) -> None:
    flat = frame("PTC01", number)
    for letter in "EFGH":
        pixels = quadrant(flat, letter)
        image = pixels[5:2060, 56:2094]
        fluence = np.median(image) - np.median(pixels[:, 2104:2114])
        assert fluence == pytest.approx(filled * 65536, rel=0.01)
        assert image.std() == pytest.approx(np.sqrt(fluence / GAIN + READ_NOISE**2), rel=0.02)
        assert np.median(pixels[2070:, :]) == pytest.approx(OFFSETS[2, letter], abs=1)


def test_a_full_well_saturates(frame: Callable[[str, int], Pixels]) -> None:
    flat = frame("PTC01", 91)
    assert (quadrant(flat, "E")[5:2060, 56:2094] == 65535).mean() > 0.99
    assert not (flat == 0).any()


@pytest.mark.parametrize(("number", "injected"), [(5, "EF"), (23, "GH")])
def test_injection_comes_in_rows_of_the_half_the_delay_chooses(
    frame: Callable[[str, int], Pixels], number: int, injected: str
) -> None:
    pixels = frame("CHINJ01", number)
    level = 600 + 6000 * (6 - 3.75)
    for letter in "EFGH":
        rows = quadrant(pixels, letter)[:2066]
        signal = rows[:, 56:2094] - rows[:, 25:46].mean(axis=1, keepdims=True)
        on = np.arange(2066) % 130 < 30
        assert signal[~on].mean() == pytest.approx(0, abs=0.5)
        assert np.median(signal[on]) == pytest.approx(level if letter in injected else 0, rel=0.03, abs=0.5)
        spread = signal[on].std() / level
        assert 0.03 < spread < 0.45 if letter in injected else spread < 0.001


def test_nothing_is_injected_above_the_threshold_of_the_drain(frame: Callable[[str, int], Pixels]) -> None:
    scan = [np.median(quadrant(frame("CHINJ02", number), "E")[:30, 56:2094]) for number in (7, 8)]
    assert scan[0] - OFFSETS[2, "E"] == pytest.approx(12600, rel=0.03)
    assert scan[1] - OFFSETS[2, "E"] == pytest.approx(0, abs=1)


def test_a_window_leaves_unread_rows_at_zero(frame: Callable[[str, int], Pixels]) -> None:
    pixels = frame("TP02", 1)
    assert pixels.shape == (4172, 4238)
    for letter in "EFGH":
        rows = quadrant(pixels, letter)
        assert (rows[:100] > 0).all()
        assert not rows[100:].any()


@pytest.mark.parametrize("shape", [FrameShape(), FrameShape(29), FrameShape(29, 0)])
def test_spots_stand_at_the_pattern(shape: FrameShape) -> None:
    exposure = ExposurePlan(["FOCUS00_800"], BORN, "7.5.X", 0.0, 20103).whole()[4]
    pixels = FrameSource(shape, OFFSETS, BORN, 0).frame(exposure, 2).pixels(0, shape.rows).astype(float)
    for name, (x, y) in BORN.patterns[2].items():
        letter = name[0]
        column = x + 51 + (2 * shape.overscan if letter in "FG" else 0)
        row = y + (2 * shape.parallel_overscan - 4 if letter in "EF" else 0)
        left, bottom = round(column) - 15, round(row) - 15
        stamp = pixels[bottom : bottom + 31, left : left + 31] - OFFSETS[2, letter]
        weight = np.where(stamp > 30, stamp, 0)
        rows, columns = np.indices(stamp.shape)
        centre = (weight * columns).sum() / weight.sum() + left, (weight * rows).sum() / weight.sum() + bottom
        assert centre == pytest.approx((column, row), abs=0.1)
        width = np.sqrt((weight * (columns + left - centre[0]) ** 2).sum() / weight.sum())
        assert 2.355 * width == pytest.approx(2.0, abs=0.1)
        assert 0.7 < stamp.max() / (0.6 * 55000) < 1.3


def test_pixels_do_not_depend_on_the_blocks_they_are_made_in(source: FrameSource) -> None:
    exposure = ExposurePlan(["PSF01_800"], BORN, "7.5.X", 0.0, 20103).whole()[20]
    made = source.frame(exposure, 1)
    whole = made.data(0, source.shape.rows)
    edges = (0, 1, 700, 2085, 2087, 4172)
    assert whole == b"".join(made.data(a, b) for a, b in itertools.pairwise(edges))
    assert made.data(0, 50) != source.frame(exposure, 2).data(0, 50)


def simulate(folder: Path, **options: object) -> Simulator:
    given = {"tests": ("PSFLUX00_800",), "start": 1552593600.0, "exposures": 1} | options
    return Simulator(folder, SimulatedSession(**given))  # type: ignore[arg-type]


@pytest.mark.parametrize("version", ["7.5.X", "5.7.09"])
def test_an_image_is_a_fits_file_with_the_facts_of_its_exposure(tmp_path: Path, version: str) -> None:
    simulate(tmp_path, elvis=version, plants=["frame:missing:3"]).write_at_once()
    names = sorted(path.name for path in tmp_path.glob("*.fits"))
    assert names == [f"EUC_20103_140319D_200005T_ROE1_CCD{ccd}.fits" for ccd in (1, 2)]
    sizes = {(tmp_path / name).stat().st_size for name in names}
    assert all(size % 2880 == 0 and size > 2 * 4172 * 4238 for size in sizes)
    with fits.open(tmp_path / names[1]) as image:
        image.verify("exception")
        assert [hdu.data is None for hdu in image] == [True, False]
        assert (image[1].name, image[1].data.dtype, image[1].data.shape) == ("ROE1_CCD2", np.uint16, (4172, 4238))
        header = image[1].header
        assert (header["OBSID"], header["DATE"]) == (20103, "140319D200005T")
        exptime = header["EXPTIME"] * DIALECTS[version].exptime_scale
        assert exptime == pytest.approx(0.22)
        assert header["OBJECT" if version == "7.5.X" else "TEST"] == "PSFLUX00_800"
        assert header["OD_1_T" if version == "7.5.X" else "ODCCD1_V"] == 26.0


def test_images_grow_while_they_are_transferred_and_some_stay_half(tmp_path: Path) -> None:
    simulator = simulate(tmp_path, plants=["frame:half:3"])
    sizes = []
    while simulator.done < simulator.length:
        simulator.append_rows(5)
        sizes.append([path.stat().st_size for path in sorted(tmp_path.glob("*.fits"))])
    whole = 35375040
    assert any(0 < size[0] < whole for size in sizes if size)
    assert sizes[-1][:2] == [whole, whole]
    assert 0.4 * whole < sizes[-1][2] < 0.6 * whole
    grown = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    simulate(tmp_path / "at once", plants=["frame:half:3"]).write_at_once()
    assert grown == {path.name: path.read_bytes() for path in (tmp_path / "at once").iterdir()}


def test_images_of_the_last_obsids_only(tmp_path: Path) -> None:
    simulator = simulate(tmp_path, exposures=3, images=1, plants=["frame:missing"])
    simulator.write_at_once()
    assert sorted(path.name[:9] for path in tmp_path.glob("*.fits")) == ["EUC_20105"] * 2
    assert simulator.planted[0].obsid == 20105
