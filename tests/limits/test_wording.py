"""Limits as people write them."""

from __future__ import annotations

import pytest

from eyegore.limits.model import Delta, Expected, Limit, Range, Relative, describe, unit_sign


@pytest.mark.parametrize(
    ("limit", "unit", "text"),
    [
        (Range(-133.0, 35.0), "degC", "−133 … 35 °C"),
        (Range(1.435, 1.575), "V", "1.435 … 1.575 V"),
        (Range(0.0, 0.1), "A", "0 … 0.1 A"),
        (Range(0.0, 3.0), "count", "0 … 3"),
        (Relative(-0.2, 0.2, "OD_1_T"), "V", "OD_1_T ± 0.2 V"),
        (Relative(-0.1, 0.2, "IDH"), "V", "IDH −0.1 … +0.2 V"),
        (Expected(0), "flag", "= 0"),
        (Expected(-1), "count", "= −1"),
        (Expected(12192), "register", "= 0x2FA0"),
        (Expected(0x2FA7, 0x00F0), "register", "& 0x00F0 = 0x00A0"),
        (Delta(-1.0, 2.5, 60), "degC", "−1 … +2.5 °C/min over 60 samples"),
        (None, "V", "no limit"),
    ],
)
def test_describe(limit: Limit | Delta | None, unit: str, text: str) -> None:
    assert describe(limit, unit) == text


def test_limits_that_differ_read_differently() -> None:
    assert describe(Range(0.0, 1.0000001)) != describe(Range(0.0, 1.0))


@pytest.mark.parametrize(("unit", "sign"), [("degC", "°C"), ("V", "V"), ("flag", ""), ("count", ""), ("mbar", "mbar")])
def test_unit_sign(unit: str, sign: str) -> None:
    assert unit_sign(unit) == sign
