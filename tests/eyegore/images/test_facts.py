"""What was commanded for a frame, from headers of all versions, names and rows of the log."""

from __future__ import annotations

import math

import pytest

from eyegore.elvis.ccd_geometry import FrameGeometry
from eyegore.elvis.dialect import DIALECTS
from eyegore.elvis.fits_headers import CardValue
from eyegore.images.facts import ImageFacts
from eyegore.messages.events import Exposure

from .simulated_images import cards, exposure

NAME = "/data/EUC_191_251116D_150614T_ROE1_CCD3.fits"
ROW = Exposure(
    192, "CCD2", "PTC01", 0.0, 2.5, ("Vstart", "Vend", "pls_leng", "CLK_ROE1"), ("5", "100", "60", "fwd_bas")
)
NOTHING = ImageFacts("x.fits", {})


@pytest.mark.parametrize("elvis", DIALECTS)
def test_headers_of_every_version_tell_the_same(elvis: str) -> None:
    found = ImageFacts(NAME, cards(exposure("PTC01", 45), 3, elvis))
    assert (found.test, found.obsid, found.exptime) == ("PTC01", 20148, pytest.approx(1.75))
    assert (found.number("VEND"), found.number("WAVE")) == (2086, 4)
    assert found.number("VSTART") in (0, 1)  # up to 5.8 rows were counted from 1
    assert found.number("IDL") == 13.0


def test_the_header_comes_before_the_log_and_the_name() -> None:
    found = ImageFacts(NAME, {"OBSID": 7, "VEND": 50, "EXTNAME": "ROE1_CCD1", "OBJECT": "BIAS01"}, ROW)
    assert (found.obsid, found.ccd, found.test) == (7, 1, "BIAS01")
    assert (found.number("VEND"), found.number("VSTART")) == (50, 5)


def test_the_log_tells_what_the_header_does_not() -> None:
    found = ImageFacts("x.fits", {}, ROW)
    assert (found.obsid, found.ccd, found.test, found.exptime) == (192, 2, "PTC01", 2.5)
    assert (found.number("ID_WID"), found.text("RDMODE")) == (60, "fwd_bas")
    assert found.window(FrameGeometry.from_shape(4238, 4172)) == (5, 100)


def test_the_name_tells_obsid_and_ccd() -> None:
    found = ImageFacts(NAME, {})
    assert (found.obsid, found.ccd) == (191, 3)


def test_nothing_is_told_by_nothing() -> None:
    assert (NOTHING.obsid, NOTHING.ccd, NOTHING.test, NOTHING.text("RDMODE")) == (0, 0, "", "")
    assert math.isnan(NOTHING.exptime)
    assert NOTHING.window(FrameGeometry.from_shape(4238, 4132)) == (0, 2066)


@pytest.mark.parametrize(
    ("value", "number"), [(True, 1.0), (False, 0.0), ("3.5", 3.5), ("many", math.nan), ("", math.nan)]
)
def test_numbers(value: str | bool, number: float) -> None:
    assert ImageFacts("x.fits", {"CHINJ": value}).number("CHINJ") == pytest.approx(number, nan_ok=True)


INJECTING = {
    "EXTNAME": "ROE1_CCD2", "ID_WID": 60, "ID_DLY": 1250, "TOI_CH": 500, "IDL": 11.0,
    "IG1_2_B": 4.0, "IG1_2_T": 4.5, "IG2_B": 6.0, "IG2_T": 6.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "bottom", "top"),
    [
        ({}, 12600, None),
        ({"ID_DLY": 1000}, 12600, None),
        ({"ID_DLY": 1500}, 12600, None),
        ({"ID_DLY": 750}, None, 9600),
        ({"ID_DLY": 500}, None, 9600),
        ({"ID_DLY": 1501}, None, None),
        ({"ID_DLY": 499}, None, None),
        ({"ID_WID": 9}, None, None),
        ({"IDL": 11.5}, None, None),
        ({"IDL": 11.49}, 12600, None),
        ({"IG2_B": 3.0}, 600, None),
        ({"TOI_CH": 0}, None, None),
        ({"IG2_B": "?"}, None, None),
    ],
)
def test_the_level_that_the_voltages_inject(change: dict[str, float], bottom: float | None, top: float | None) -> None:
    found = ImageFacts("x.fits", INJECTING | change)
    for letter, expected in (("E", bottom), ("F", bottom), ("G", top), ("H", top)):
        level = found.expected_injection(letter)
        assert level == expected if expected is not None else math.isnan(level)


def test_one_gate_voltage_for_all_in_old_headers() -> None:
    old = {"ID_WID": 60, "ID_DLY": 1250, "TOI_CH": 500, "IDL_V": 11.0, "IG1_V": 4.0, "IG2_V": 6.0}
    assert ImageFacts("x.fits", old).expected_injection("E") == 12600
    assert math.isnan(NOTHING.expected_injection("E"))


@pytest.mark.parametrize(
    ("told", "contradiction"),
    [
        ({"OBSID": 191, "EXTNAME": "ROE1_CCD3"}, ""),
        ({"OBSID": 191.0}, ""),
        ({}, ""),
        ({"EXTNAME": "IMAGE"}, ""),
        ({"OBSID": 192}, "OBSID 192"),
        ({"OBSID": -191}, "OBSID -191"),
        ({"OBSID": 191.5}, "OBSID 191.5"),
        ({"OBSID": 1e300}, "OBSID 1e+300"),
        ({"EXTNAME": "ROE1_CCD1"}, "EXTNAME ROE1_CCD1"),
        ({"OBSID": 192, "EXTNAME": "CCD_2"}, "OBSID 192 and EXTNAME CCD_2"),
    ],
)
def test_a_header_that_contradicts_the_name(told: dict[str, CardValue], contradiction: str) -> None:
    assert ImageFacts(NAME, told).contradiction == contradiction
    assert ImageFacts("x.fits", told).contradiction == ""


@pytest.mark.parametrize("value", [1e300, -5, 0.5, 10**18, "many", math.inf])
def test_an_obsid_that_is_none_is_not_taken(value: CardValue) -> None:
    assert ImageFacts(NAME, {"OBSID": value}).obsid == 191
    assert ImageFacts("x.fits", {"OBSID": value}).obsid == 0
