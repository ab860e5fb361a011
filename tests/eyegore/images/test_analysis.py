"""Frames of every family give back what the simulator put into them, and are judged by it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import fitsio
import numpy as np
import pytest
from astropy.io import fits

from eyegore.basics import records
from eyegore.basics.errors import SettingsError
from eyegore.elvis.ccd_frame import LARGEST_FRAME
from eyegore.images.analysis import Frame, analyse_image, judge_image, read_frame
from eyegore.limits.frame_model import Family, ImageVerdict
from eyegore.messages.images import SECTIONS, ImageResult
from eyegore.simulator.frame import GAIN, READ_NOISE, FrameShape

from .simulated_images import BARE, BORN, FLIGHT, FULL, OFFSETS, exposure, frame, write


@cache
def judged(test: str, number: int = 0, shape: FrameShape = FULL) -> ImageResult:
    """CCD2 of one exposure, judged with all that can be known of it."""
    column = exposure(test, number).column.number
    return judge_image(frame(test, number, shape=shape), block="BORN", column=column)


def verdicts(result: ImageResult, name: str) -> list[ImageVerdict]:
    return [check.verdict for check in result.checks if check.name == name]


# --- planted values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [FULL, FLIGHT, BARE], ids=["full", "flight", "bare"])
def test_a_bias_has_the_blocks_offsets_and_read_noise(shape: FrameShape) -> None:
    result = judged("BIAS01", 0, shape)
    assert (result.overscan_columns, result.overscan_rows) == (shape.overscan, shape.parallel_overscan)
    for letter, quadrant in result.quadrants.items():
        for name in SECTIONS:
            section = quadrant.section(name)
            assert section.median == OFFSETS[2, letter]
            assert section.mean == pytest.approx(OFFSETS[2, letter], abs=0.05)
            assert section.std == pytest.approx(READ_NOISE, rel=0.03)
            assert section.noise == pytest.approx(READ_NOISE, rel=0.03)
        assert (quadrant.pre.pixels, quadrant.img.pixels) == (21 * 2066, 2038 * 2066)
        assert quadrant.ove.pixels == (shape.overscan - 10) * 2066
        assert quadrant.active == shape.rows * shape.columns // 4
        assert (quadrant.saturated, quadrant.lost, quadrant.missing_codes) == (0, 0, 0)
        assert math.isnan(quadrant.fluence)
        assert math.isnan(quadrant.background)
    assert result.verdict is ImageVerdict.PASS
    assert len(result.checks) == 4 * 10


@pytest.mark.parametrize(
    ("test", "number", "filled", "shape"),
    [
        ("PTC01", 0, 0.05, FULL),
        ("PTC01", 45, 0.5, FULL),
        ("PTC01", 45, 0.5, FLIGHT),
        ("NL02", 5, 0.005, FULL),
        ("FLAT01", 0, 0.25, BARE),
        ("COSMETICS00", 6, 0.5, FULL),
    ],
)
def test_a_flat_has_the_scripts_fluence_and_shot_noise(
    test: str, number: int, filled: float, shape: FrameShape
) -> None:
    result = judged(test, number, shape)
    for quadrant in result.quadrants.values():
        assert quadrant.fluence == pytest.approx(filled * 65536, rel=0.01)
        expected = math.sqrt(quadrant.fluence / GAIN + READ_NOISE**2)
        assert quadrant.img.std == pytest.approx(expected, rel=0.03)
        assert quadrant.img.noise == pytest.approx(expected, rel=0.03)
        assert quadrant.ove.std == pytest.approx(READ_NOISE, rel=0.03)
    assert result.verdict is ImageVerdict.PASS


def test_a_dark_has_no_signal() -> None:
    result = judged("DARK01")
    assert all(quadrant.fluence == pytest.approx(0, abs=0.5) for quadrant in result.quadrants.values())
    assert verdicts(result, "fluence") == [ImageVerdict.PASS] * 4
    assert result.verdict is ImageVerdict.PASS


def test_a_full_well_is_counted_and_a_warning() -> None:
    result = judged("PTC01", 91)
    for quadrant in result.quadrants.values():
        assert quadrant.saturated == quadrant.img.pixels + 10 * 2066
        assert quadrant.img.highest == 65535
    assert verdicts(result, "saturated_fraction") == [ImageVerdict.WARNING] * 4
    assert verdicts(result, "fluence") == [ImageVerdict.PASS] * 4
    assert verdicts(result, "saturation_time") == []
    assert result.verdict is ImageVerdict.WARNING


@pytest.mark.parametrize(
    ("test", "number", "injected", "level", "rows", "shape"),
    [
        ("CHINJ01", 5, "EF", 14100, (30, 100), FULL),
        ("CHINJ01", 23, "GH", 14100, (30, 100), BARE),
        ("CHINJ02", 2, "EF", 12600, (30, 100), FLIGHT),
        ("TP01", 1, "EF", 12600, (2066, 0), FULL),
        ("TP02", 10, "GH", 12600, (2066, 0), FULL),
        ("TP21", 10, "GH", 12600, (2066, 0), FLIGHT),
    ],
)
def test_injection_has_the_level_of_the_voltages(
    test: str, number: int, injected: str, level: float, rows: tuple[int, int], shape: FrameShape
) -> None:
    result = judged(test, number, shape)
    for letter, quadrant in result.quadrants.items():
        found = quadrant.injection
        assert found is not None
        assert (found.on, found.off) == rows
        if letter in injected:
            assert found.expected == level
            assert found.level == pytest.approx(level, rel=0.02)
            assert found.std == pytest.approx(0.08 * level, rel=0.1)
            assert rows[1] == 0 or found.pattern > 0.999
        else:
            assert math.isnan(found.expected)
            assert found.level == pytest.approx(0, abs=0.5)
            assert found.std == pytest.approx(READ_NOISE, rel=0.06)
        assert found.background == pytest.approx(0, abs=0.1) or rows[1] == 0
    assert verdicts(result, "injection_level") == [ImageVerdict.PASS] * 4
    assert verdicts(result, "injection_std") == [ImageVerdict.PASS] * 4


def test_a_window_is_judged_by_the_rows_that_were_read() -> None:
    result = judged("TP02", 10)
    assert (result.vstart, result.vend) == (0, 100)
    for quadrant in result.quadrants.values():
        assert quadrant.active == 100 * 2119
        assert (quadrant.pre.pixels, quadrant.lost) == (21 * 100, 0)
    assert result.verdict is ImageVerdict.PASS


@pytest.mark.parametrize(
    ("test", "number", "vstart", "vend"),
    [("BIAS01", 0, 0, 500), ("DARK01", 0, 0, 2076), ("PTC01", 45, 300, 1300), ("CHINJ01", 5, 130, 910)],
)
@pytest.mark.parametrize("shape", [FULL, FLIGHT], ids=["full", "flight"])
def test_any_family_may_be_read_in_a_window(test: str, number: int, vstart: int, vend: int, shape: FrameShape) -> None:
    made, whole = frame(test, number, shape=shape), judged(test, number, shape)
    for letter in "EFGH":
        view = made.pixels[made.geometry.canonical(letter)]
        view[:vstart] = 0
        view[vend:] = 0
    column = exposure(test, number).column.number
    cards = {**made.cards, "VSTART": vstart, "VEND": vend}
    result = judge_image(replace(made, cards=cards), block="BORN", column=column)
    assert (result.vstart, result.vend, result.verdict) == (vstart, vend, ImageVerdict.PASS)
    for letter, quadrant in result.quadrants.items():
        assert quadrant.lost == 0
        assert quadrant.active == (vend - vstart) * shape.columns // 2
        assert quadrant.img.pixels == 2038 * (min(vend, 2066) - vstart)
        other = whole.quadrants[letter]
        assert quadrant.pre.median == other.pre.median
        assert quadrant.ove.std == pytest.approx(other.ove.std, rel=0.03)
        assert quadrant.fluence == pytest.approx(other.fluence, abs=1, nan_ok=True)
        if quadrant.injection is not None and other.injection is not None:
            assert quadrant.injection.level == pytest.approx(other.injection.level, abs=5)


@pytest.mark.parametrize(
    ("test", "number", "shape"),
    [
        ("FOCUS00_800", 4, FULL),
        ("PSF01_800", 0, FLIGHT),
        ("PSF01_800", 50, BARE),
        ("PSFLUX00_590", 1, FULL),
    ],
)
def test_spots_stand_where_the_chamber_has_them(test: str, number: int, shape: FrameShape) -> None:
    made = frame(test, number, shape=shape)
    column = exposure(test, number).column.number
    result = judge_image(made, block="BORN", column=column)
    fwhm = BORN.fwhm[exposure(test, number).column.wavelength]
    moved = []
    for letter, quadrant in result.quadrants.items():
        assert [spot.name for spot in quadrant.spots] == ["ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO"]
        assert quadrant.background == pytest.approx(0, abs=0.5)
        for spot in quadrant.spots:
            x, y = made.geometry.silicon_to_frame(letter, *BORN.patterns[2][letter + spot.name[0]])
            moved.append((spot.x - x, spot.y - y))
            assert (spot.fwhm_x, spot.fwhm_y) == (pytest.approx(fwhm, rel=0.05), pytest.approx(fwhm, rel=0.05))
            assert spot.peak <= 65535 - OFFSETS[2, letter]
    # all spots of a frame are dithered alike, by half a pixel at most
    assert np.ptp(np.array(moved), axis=0).max() < 0.06
    assert np.abs(moved).max() < 0.56
    assert verdicts(result, "spots_found") == [ImageVerdict.PASS] * 4
    assert result.verdict is ImageVerdict.PASS, result.bad_checks


def test_defocus_widens_the_spots() -> None:
    widths = [judged("FOCUS00_800", number).quadrants["E"].spots[0].fwhm_x for number in (4, 6, 8)]
    # 2 pixels for each mm out of focus, in quadrature with the chamber's own
    assert widths == [pytest.approx(math.hypot(2.0, 2 * defocus), rel=0.03) for defocus in (0, 0.4, 0.8)]


def test_persistence_is_judged_by_what_each_of_its_columns_is_for() -> None:
    resets, exposed = judged("PERSIST01", 0), judged("PERSIST01", 8)
    assert {check.name for check in resets.checks} == {
        "offset_pre", "offset_ove", "gradient_ove_pre", "std_pre", "std_ove", "lost_pixels",
    }  # fmt: skip
    assert resets.verdict is ImageVerdict.PASS
    assert {check.name for check in exposed.checks} == {"saturated_fraction", "lost_pixels"}
    assert all(quadrant.saturated > 1000 for quadrant in exposed.quadrants.values())


@pytest.mark.parametrize(
    ("number", "names"),
    [
        (0, {"std_pre", "std_img", "std_ove"}),
        (1, {"offset_pre", "offset_img", "offset_ove", "gradient_img_pre", "gradient_ove_pre"}),
        (4, set()),
    ],
)
def test_warm_frames_are_judged_by_their_read_out_mode(number: int, names: set[str]) -> None:
    result = judged("MOT_WARM", number)
    assert {check.name for check in result.checks} == names | {"saturated_fraction", "lost_pixels"}
    assert result.verdict is ImageVerdict.PASS


# --- what is wrong with a frame ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bias() -> Frame:
    return frame("BIAS01")


def changed(made: Frame, rows: slice, columns: slice, change: int) -> Frame:
    pixels = made.pixels.copy()
    part = pixels[rows, columns]
    part[:] = np.clip(part.astype(np.int32) + change, 0, 65535)
    return replace(made, pixels=pixels)


@pytest.mark.parametrize(
    ("rows", "columns", "change", "name", "quadrant", "verdict"),
    [
        (slice(0, 2086), slice(0, 2119), 60, "offset_pre", "H", ImageVerdict.WARNING),
        (slice(2086, None), slice(51, 2099), 12, "gradient_img_pre", "E", ImageVerdict.WARNING),
        (slice(0, 1000), slice(2119, None), 5, "std_img", "G", ImageVerdict.FAIL),
        (slice(4000, 4001), slice(4000, 4001), -9999, "lost_pixels", "F", ImageVerdict.FAIL),
        (slice(0, 600), slice(0, 2119), 65535, "saturated_fraction", "H", ImageVerdict.WARNING),
    ],
)
def test_what_is_out_of_limits_is_named(
    bias: Frame, rows: slice, columns: slice, change: int, name: str, quadrant: str, verdict: ImageVerdict
) -> None:
    result = judge_image(changed(bias, rows, columns, change), block="BORN")
    named = {(check.name, check.quadrant): check.verdict for check in result.bad_checks}
    assert named[name, quadrant] is verdict
    assert {letter for _, letter in named} == {quadrant}
    assert result.verdict in (ImageVerdict.WARNING, ImageVerdict.FAIL)


def test_without_a_block_2800_adu_are_expected(bias: Frame) -> None:
    result = judge_image(bias)
    (check,) = [check for check in result.checks if (check.name, check.quadrant) == ("offset_pre", "E")]
    assert (check.value, check.low, check.high, check.verdict) == (2940, 2750, 2850, ImageVerdict.WARNING)
    check = judge_image(bias, block="BORN").checks[0]
    assert (check.low, check.high) == (2890, 2990)


def test_an_unknown_block_is_refused_with_the_near_ones(bias: Frame) -> None:
    with pytest.raises(SettingsError, match="did you mean BORN"):
        judge_image(bias, block="BORM")


def test_an_unknown_block_is_no_fault_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="BORM"):
        analyse_image(write(tmp_path, "BIAS01", shape=BARE), block="BORM")


def test_a_window_of_no_rows_is_not_checked(bias: Frame) -> None:
    result = judge_image(replace(bias, cards={**bias.cards, "VSTART": 50, "VEND": 50}), block="BORN")
    assert {check.verdict for check in result.checks} == {ImageVerdict.NOT_CHECKED}
    assert {check.reason for check in result.checks} == {"it could not be measured"}
    assert result.verdict is ImageVerdict.NOT_CHECKED
    assert result.as_json()["quadrants"]["E"]["img"] == {"median": None, "std": None}


def test_what_depends_on_an_unknown_script_column_is_not_checked() -> None:
    flat = frame("PTC01", 45)
    result = judge_image(replace(flat, cards={**flat.cards, "EXPTIME": 1.9}), block="BORN")
    fluences = [check for check in result.checks if check.name == "fluence"]
    assert {check.verdict for check in fluences} == {ImageVerdict.NOT_CHECKED}
    assert {check.reason for check in fluences} == {"the script column of the exposure is not known"}
    assert all(check.value == pytest.approx(32768, rel=0.01) and math.isnan(check.low) for check in fluences)
    assert (result.column, result.verdict) == (None, ImageVerdict.PASS)


def test_the_script_column_is_told_by_the_exposure_time_and_the_chamber() -> None:
    flat = frame("PTC01", 45)
    result = judge_image(flat, block="BORN")
    assert (result.column, result.verdict) == (5, ImageVerdict.PASS)
    assert verdicts(result, "fluence") == [ImageVerdict.PASS] * 4
    other = judge_image(flat, block="BORN", column=6)
    assert (other.column, other.verdict) == (6, ImageVerdict.FAIL)
    assert verdicts(judge_image(flat), "fluence") == [ImageVerdict.NOT_CHECKED] * 4


def test_a_frame_without_keywords_has_the_common_checks(bias: Frame) -> None:
    result = judge_image(replace(bias, cards={"OBSID": 7}, path="no name"), block="BORN")
    assert (result.family, result.obsid, result.ccd, result.test) == (Family.OTHER, 7, 0, "")
    assert (result.vstart, result.vend) == (0, 2086)
    offsets = [check for check in result.checks if check.name == "offset_pre"]
    assert {check.reason for check in offsets} == {"the CCD is not known"}
    assert result.verdict is ImageVerdict.PASS


def test_spots_that_are_not_there_fail() -> None:
    dark = frame("BIAS01")
    result = judge_image(replace(dark, cards={**dark.cards, "OBJECT": "PSF01_800"}), block="BORN", column=1)
    assert verdicts(result, "spots_found") == [ImageVerdict.FAIL] * 4
    assert verdicts(result, "spot_peak_ALPHA") == [ImageVerdict.NOT_CHECKED] * 4
    assert result.verdict is ImageVerdict.FAIL


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_frame_of_every_writer_gives_the_same_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, "BIAS01", shape=FLIGHT)
    buffer = np.empty(LARGEST_FRAME, np.uint16)
    result = analyse_image(path, block="BORN", buffer=buffer)
    assert result.verdict is ImageVerdict.PASS
    pixels, header = read_frame(path).pixels, fits.getheader(path, 1)
    for key in ("BZERO", "BSCALE", "EXTNAME", "PCOUNT", "GCOUNT", "XTENSION"):
        header.remove(key, ignore_missing=True)
    other = tmp_path / "other" / path.name
    other.parent.mkdir()
    facts = {key: header[key] for key in ("OBSID", "OBJECT", "VSTART", "VEND", "EXPTIME")}

    def same() -> None:
        again = analyse_image(other, block="BORN", buffer=buffer)
        assert records.same(again.quadrants, result.quadrants)
        assert {**again.as_json(), "file": ""} == {**result.as_json(), "file": ""}
        other.unlink()

    fitsio.write(other, pixels, header=facts)
    same()
    fitsio.write(other, pixels.astype(np.int16), header=facts)
    same()
    fitsio.write(other, pixels, header=facts, compress="rice")
    same()
    fits.PrimaryHDU(pixels.astype(np.float32), header).writeto(other)
    same()


def test_the_result_tells_whose_frame_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, "PTC01", 45, ccd=3)
    result = judge_image(read_frame(path), block="BORN", column=5, details=True)
    assert (result.obsid, result.ccd, result.test, result.family) == (20148, 3, "PTC01", Family.FLAT)
    assert (result.column, result.block, result.exptime) == (5, "BORN", pytest.approx(1.75))
    assert result.header["SOURCE"] == "flat"
    document = json.loads(json.dumps(result.as_json(), allow_nan=False))
    assert list(document) == ["file", "obsid", "ccd", "overscan_columns", "quadrants", "checks", "verdict"]
    assert list(document["quadrants"]) == ["E", "F", "G", "H"]
    details = result.details["G"]
    assert details.columns.shape == (2119,)
    assert {name: profile.shape for name, profile in details.rows.items()} == dict.fromkeys(SECTIONS, (2086,))
    assert details.histogram.sum() == 2086 * 2119
    assert np.nanmean(details.columns[56:2094]) == pytest.approx(result.quadrants["G"].img.mean)
    assert np.nanmean(details.rows["pre"][:2066]) == pytest.approx(result.quadrants["G"].pre.mean)
