"""Verdicts on measured values, without pixels."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from eyegore.campaign.plan import Chamber, chamber, family_of
from eyegore.images.facts import ImageFacts
from eyegore.images.judging import Judge, overall
from eyegore.limits.frame_model import ImageVerdict
from eyegore.limits.table import built_in_checks
from eyegore.messages.images import ImageCheck, Injection, QuadrantStatistics, SectionStatistics, Spot

SECTION = SectionStatistics(20000, 2650.0, 1.2, 2650.0, 1.2)
GOOD = QuadrantStatistics("E", SECTION, SECTION, SECTION, saturated=0, lost=0, active=1000, missing_codes=0)
BORN = chamber("B_BORN")
NOT_CHECKED, PASS, WARNING, FAIL = ImageVerdict


def judged(
    quadrant: QuadrantStatistics,
    test: str,
    *columns: int,
    block: str = "BORN",
    optics: Chamber | None = BORN,
    **cards: str | float,
) -> dict[str, ImageCheck]:
    """Checks of one quadrant of CCD1, by name."""
    facts = ImageFacts("x.fits", {"OBJECT": test, "EXTNAME": "ROE1_CCD1", **cards})
    judge = Judge(built_in_checks(), facts, family_of(test), frozenset(columns), block, optics)
    return {check.name: check for check in judge.checks({"E": quadrant})}


def test_a_good_bias() -> None:
    checks = judged(GOOD, "BIAS01")
    assert {check.verdict for check in checks.values()} == {PASS}
    assert len(checks) == 10
    offset = checks["offset_pre"]
    assert (offset.value, offset.low, offset.high, offset.unit, offset.flag) == (
        2650,
        2600,
        2700,
        "ADU",
        "POORQUALDATA",
    )


@pytest.mark.parametrize(
    ("section", "change", "name", "verdict"),
    [
        ("pre", {"median": 2701.0}, "offset_pre", WARNING),
        ("img", {"median": 2599.0}, "offset_img", WARNING),
        ("ove", {"median": 2700.0}, "offset_ove", PASS),
        ("img", {"median": 2661.0}, "gradient_img_pre", WARNING),
        ("ove", {"median": 2640.0}, "gradient_ove_pre", PASS),
        ("ove", {"std": 1.45}, "std_ove", FAIL),
        ("img", {"std": 0.85}, "std_img", FAIL),
        ("pre", {"std": math.nan}, "std_pre", NOT_CHECKED),
        ("pre", {"median": math.nan}, "offset_pre", NOT_CHECKED),
    ],
)
def test_sections(section: str, change: dict[str, float], name: str, verdict: ImageVerdict) -> None:
    quadrant = replace(GOOD, **{section: replace(SECTION, **change)})
    assert judged(quadrant, "BIAS01")[name].verdict is verdict


@pytest.mark.parametrize(
    ("pixels", "std", "verdict", "high"),
    [
        (11250, 1.45, FAIL, 1.44),
        (2100, 1.45, PASS, 1.5067),
        (2100, 1.51, FAIL, 1.5067),
        (2100, 0.83, PASS, 1.5067),
        (2100, 0.80, FAIL, 1.5067),
        (1000, 1.53, PASS, 1.5366),
    ],
)
def test_noise_from_few_pixels_may_be_out_by_its_own_error(
    pixels: int, std: float, verdict: ImageVerdict, high: float
) -> None:
    quadrant = replace(GOOD, ove=replace(SECTION, pixels=pixels, std=std))
    found = judged(quadrant, "TP02")["std_ove"]
    assert (found.verdict, found.high) == (verdict, pytest.approx(high, abs=1e-4))


def test_what_could_not_be_measured_says_so_and_keeps_a_frame_from_passing() -> None:
    checks = judged(replace(GOOD, pre=replace(SECTION, std=math.nan)), "BIAS01")
    assert checks["std_pre"].reason == "it could not be measured"
    assert checks["std_pre"].low == 0.86
    assert overall(tuple(checks.values())) is NOT_CHECKED


@pytest.mark.parametrize(
    ("change", "name", "verdict"),
    [
        ({"saturated": 100}, "saturated_fraction", PASS),
        ({"saturated": 101}, "saturated_fraction", WARNING),
        ({"lost": 1}, "lost_pixels", FAIL),
        ({"active": 0}, "lost_pixels", NOT_CHECKED),
        ({"active": 0}, "saturated_fraction", NOT_CHECKED),
    ],
)
def test_pixels(change: dict[str, int], name: str, verdict: ImageVerdict) -> None:
    assert judged(replace(GOOD, **change), "DARK01")[name].verdict is verdict


@pytest.mark.parametrize(
    ("test", "columns", "fluence", "verdict"),
    [
        ("PTC01", (5,), 32768.0, PASS),
        ("PTC01", (5,), 29000.0, FAIL),
        ("PTC01", (9, 10, 11), 62000.0, PASS),
        ("PTC01", (5, 6), 32768.0, NOT_CHECKED),
        ("PTC01", (), 32768.0, NOT_CHECKED),
        ("PTC01", (12,), 32768.0, None),
        ("NL01", (2, 4, 36), 32768.0, PASS),
        ("NL01", (1,), 0.0, PASS),
        ("NL01", (1,), 21.0, FAIL),
        ("DARK01", (), 6.0, WARNING),
        ("NL02", (2,), 32768.0, None),
    ],
)
def test_fluence(test: str, columns: tuple[int, ...], fluence: float, verdict: ImageVerdict | None) -> None:
    checks = judged(replace(GOOD, fluence=fluence), test, *columns)
    assert (checks["fluence"].verdict if "fluence" in checks else None) is verdict


@pytest.mark.parametrize(
    ("fluence", "cards", "verdict"),
    [
        (32768.0, {"EXPTIME": 1.75, "WAVE": 4}, PASS),
        (32768.0, {"EXPTIME": 2.0, "WAVE": 4}, WARNING),
        (53000.0, {"EXPTIME": 1.75, "WAVE": 4}, None),
        (0.0, {"EXPTIME": 1.75, "WAVE": 4}, None),
        (32768.0, {"EXPTIME": 0, "WAVE": 4}, None),
        (32768.0, {"EXPTIME": 1.75}, NOT_CHECKED),
        (32768.0, {"EXPTIME": 1.75, "WAVE": 9}, NOT_CHECKED),
        (32768.0, {"WAVE": 4}, None),
    ],
)
def test_saturation_time(fluence: float, cards: dict[str, float], verdict: ImageVerdict | None) -> None:
    checks = judged(replace(GOOD, fluence=fluence), "FLAT01", 2, **cards)
    assert (checks["saturation_time"].verdict if "saturation_time" in checks else None) is verdict


def test_a_saturation_time_needs_the_chamber() -> None:
    check = judged(replace(GOOD, fluence=32768.0), "FLAT01", 2, optics=None, EXPTIME=1.75, WAVE=4)["saturation_time"]
    assert (check.value, check.verdict) == (pytest.approx(3.5), NOT_CHECKED)
    assert check.reason == "the chamber's time to full well is not known: tell the block"


@pytest.mark.parametrize(
    ("level", "std", "expected", "verdicts"),
    [
        (12600.0, 1000.0, 12600.0, (PASS, PASS)),
        (6299.0, 1000.0, 12600.0, (FAIL, PASS)),
        (12600.0, 6000.0, 12600.0, (PASS, WARNING)),
        (12600.0, 300.0, 12600.0, (PASS, WARNING)),
        (0.0, 1.4, math.nan, (PASS, PASS)),
        (-11.0, 10001.0, math.nan, (FAIL, WARNING)),
        (math.nan, math.nan, 12600.0, (NOT_CHECKED, NOT_CHECKED)),
    ],
)
def test_injection(level: float, std: float, expected: float, verdicts: tuple[ImageVerdict, ImageVerdict]) -> None:
    injection = Injection(30, 100, level=level, std=std, expected=expected)
    checks = judged(replace(GOOD, injection=injection), "CHINJ01")
    assert (checks["injection_level"].verdict, checks["injection_std"].verdict) == verdicts


def test_injection_that_was_not_measured_is_not_checked() -> None:
    assert judged(GOOD, "CHINJ01")["injection_level"].verdict is NOT_CHECKED


SPOT = Spot("ALPHA", 1.0, 2.0, peak=2750.0, flux=15000.0, fwhm_x=2.0, fwhm_y=2.0)


@pytest.mark.parametrize(
    ("test", "change", "name", "verdict"),
    [
        ("PSF01_800", {}, "spot_peak_ALPHA", PASS),
        ("PSF01_800", {"peak": 3600.0}, "spot_peak_ALPHA", FAIL),
        ("PSF01_800", {"peak": math.nan}, "spot_peak_ALPHA", NOT_CHECKED),
        ("PSF01_800", {"fwhm_x": 2.3}, "spot_width_ALPHA", FAIL),
        ("FOCUS00_800", {"fwhm_x": 2.3}, "spot_width_ALPHA", PASS),
        ("FOCUS00_800", {}, "spot_flux_ALPHA", FAIL),
        ("FOCUS00_800", {"flux": 180000.0}, "spot_flux_ALPHA", PASS),
    ],
)
def test_spots(test: str, change: dict[str, float], name: str, verdict: ImageVerdict) -> None:
    checks = judged(replace(GOOD, spots=(replace(SPOT, **change),)), test, 1)
    assert checks[name].verdict is verdict


@pytest.mark.parametrize(("count", "verdict"), [(5, PASS), (4, FAIL), (0, FAIL)])
def test_all_five_spots_must_be_found(count: int, verdict: ImageVerdict) -> None:
    assert judged(replace(GOOD, spots=(SPOT,) * count), "PSF01_800", 1)["spots_found"].verdict is verdict


def test_warm_frames_without_a_read_out_mode_are_not_checked() -> None:
    checks = judged(GOOD, "MOT_WARM")
    assert checks["offset_pre"].verdict is NOT_CHECKED
    assert checks["offset_pre"].reason == "the read-out mode is not known"
    assert judged(GOOD, "MOT_WARM", RDMODE="rwd_bas_v")["offset_pre"].verdict is PASS


def check(verdict: ImageVerdict, value: float = 1.0, low: float = 0.0) -> ImageCheck:
    return ImageCheck("a", "E", value, low, 2.0, verdict)


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        ((), NOT_CHECKED),
        ((check(PASS),), PASS),
        ((check(PASS), check(WARNING)), WARNING),
        ((check(FAIL), check(WARNING)), FAIL),
        ((check(PASS), check(NOT_CHECKED, value=math.nan)), NOT_CHECKED),
        ((check(WARNING), check(NOT_CHECKED, value=math.nan)), WARNING),
        ((check(PASS), check(NOT_CHECKED, low=math.nan)), PASS),
        ((check(NOT_CHECKED, low=math.nan),), NOT_CHECKED),
    ],
)
def test_the_verdict_on_a_frame(checks: tuple[ImageCheck, ...], verdict: ImageVerdict) -> None:
    assert overall(checks) is verdict
