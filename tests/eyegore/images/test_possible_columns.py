"""Script columns told by what was commanded."""

from __future__ import annotations

import pytest

from eyegore.campaign.plan import chamber, known_tests, script_columns
from eyegore.images.analysis import possible_columns
from eyegore.images.facts import ImageFacts
from eyegore.limits.table import built_in_checks

from .simulated_images import BORN


def facts(test: str, exptime: float, **cards: str | float) -> ImageFacts:
    return ImageFacts("x.fits", {"OBJECT": test, "EXPTIME": exptime, **cards})


@pytest.mark.parametrize("test", known_tests())
def test_a_frames_own_column_is_always_among_them(test: str) -> None:
    for column in script_columns(test, BORN, "7.5.X"):
        commanded = column.settings
        found = possible_columns(
            facts(test, commanded["exptime"], SOURCE=commanded["source"], WAVE=commanded["wave"]), BORN
        )
        assert column.number in found


@pytest.mark.parametrize("test", ["PTC01", "PTC02_730", "FLAT01", "FLAT02_880", "NL01", "PSF01_800", "PSFLUX00_590"])
def test_columns_that_are_alike_have_the_same_limits(test: str) -> None:
    limits = [limit for limit in built_in_checks().limits if test.startswith(tuple(p.rstrip("*") for p in limit.tests))]
    limits = [limit for limit in limits if limit.columns]
    assert limits
    for column in script_columns(test, BORN, "7.5.X"):
        alike = possible_columns(facts(test, column.settings["exptime"]), BORN)
        assert len({(limit.low, limit.high) for limit in limits if limit.columns & alike}) == 1


@pytest.mark.parametrize(
    ("exptime", "cards", "columns"),
    [
        (1.75, {}, {5}),
        (1.755, {}, {5}),
        (1.80, {}, set()),
        (1.75, {"SOURCE": "point"}, set()),
        (1.75, {"WAVE": 3}, set()),
        (1.75, {"WAVE": 4, "SOURCE": "flat"}, {5}),
    ],
)
def test_all_that_is_known_must_agree(exptime: float, cards: dict[str, str | float], columns: set[int]) -> None:
    assert possible_columns(facts("PTC01", exptime, **cards), BORN) == columns


def test_another_chamber_has_other_exposure_times() -> None:
    assert possible_columns(facts("PTC01", 1.75), chamber("A_DIRAC")) == frozenset()


@pytest.mark.parametrize("test", ["", "HAND MADE"])
def test_a_test_without_a_script_has_no_columns(test: str) -> None:
    assert possible_columns(facts(test, 1.0), BORN) == frozenset()


def test_nothing_is_told_without_an_exposure_time() -> None:
    assert possible_columns(ImageFacts("x.fits", {"OBJECT": "PTC01"}), BORN) == frozenset()
