"""Values, limits and trends as people are told of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from eyegore.limits.model import Bounds, Range, quantity
from eyegore.limits.readings import bound_text, per_minute, reading

NAN = float("nan")
CCD = Range(-133.0, 35.0).bounds


@pytest.mark.parametrize(
    ("value", "unit", "bounds", "text"),
    [
        (-136.05, "degC", CCD, "−136.1 °C"),
        (-120.0, "degC", CCD, "−120.0 °C"),
        (17.004, "V", Range(15.0, 17.0).bounds, "17.004 V"),
        (16.996, "V", Range(15.0, 17.0).bounds, "16.996 V"),
        (17.0, "V", Range(15.0, 17.0).bounds, "17.00 V"),
        (-133.04, "degC", CCD, "−133.04 °C"),
        (-132.96, "degC", CCD, "−132.96 °C"),
        (0.10004, "A", Range(0.0, 0.1).bounds, "0.10004 A"),
        (-140.02, "degC", Range(-133.0, 35.0, -140.0, 50.0).bounds, "−140.02 °C"),
        (12.3456, "V", None, "12.35 V"),
        (12345.6789, "mbar", None, "12345.7 mbar"),
        (3.0, "flag", None, "3"),
        (12193.0, "register", None, "0x2FA1"),
        (NAN, "degC", CCD, "no reading"),
    ],
)
def test_a_value_is_rounded_to_its_noise_but_never_across_a_limit(
    value: float, unit: str, bounds: Bounds | None, text: str
) -> None:
    assert reading(value, unit, bounds) == text


@given(st.floats(-200, 200), st.sampled_from([-133.0, 0.0, 17.0, 35.0]), st.sampled_from(["degC", "V", "A"]))
def test_rounding_hides_no_crossing(value: float, limit: float, unit: str) -> None:
    shown = float(reading(value, unit, Bounds(high=limit)).split()[0].replace("−", "-"))
    assert (shown > limit) is (value > limit) or math.isclose(value, limit, abs_tol=1e-8)


@pytest.mark.parametrize(
    ("slope", "unit", "text"),
    [
        (-0.828274, "degC", "−0.83 °C per minute"),
        (1.25, "V", "+1.2 V per minute"),
        (12.34, "degC", "+12 °C per minute"),
        (0.00004, "A", "+0.000040 A per minute"),
        (-3.0, "count", "−3 per minute"),
    ],
)
def test_a_trend_has_its_unit_and_two_figures(slope: float, unit: str, text: str) -> None:
    assert per_minute(slope, unit) == text


def test_a_limit_is_told_exactly() -> None:
    assert (bound_text(-133.0, "degC"), bound_text(1.575, "V"), bound_text(3.0, "count")) == ("−133 °C", "1.575 V", "3")


@pytest.mark.parametrize(
    ("value", "text"), [(12192.0, "0x2FA0"), (0.0, "0x0000"), (12192.5, "12192.5"), (-1.0, "−1"), (NAN, "no reading")]
)
def test_a_register_is_told_in_hexadecimal(value: float, text: str) -> None:
    assert quantity(value, "register") == text
