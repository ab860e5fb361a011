"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest

from eyegore.basics.quantities import apart, bytes_text, number, short, word


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (-119.984, 2, "−119.98"),
        (-0.001, 2, "0.00"),
        (0.0, 0, "0"),
        (12192.0, 0, "12192"),
        (-0.0, 1, "0.0"),
        (-0.06, 1, "−0.1"),
        (math.nan, 3, "–"),
    ],
)
def test_number(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "figures", "text"),
    [(-133.0, 7, "−133"), (5.25, 7, "5.25"), (-1.5e-06, 7, "−1.5e−06"), (1234.567, 6, "1234.57"), (math.nan, 7, "–")],
)
def test_short(value: float, figures: int, text: str) -> None:
    assert short(value, figures) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 kB"), (4.6e6, "4.6 MB"), (9.96e9, "10.0 GB"), (12e9, "12 GB"), (212.3e9, "212 GB"), (1.5e12, "1.5 TB")],
)
def test_bytes_text(size: float, text: str) -> None:
    assert bytes_text(size) == text


@pytest.mark.parametrize(
    ("value", "limits", "text"),
    [
        (17.004, (15.0, 17.0), "17.004"),
        (16.9996, (15.0, 17.0), "16.9996"),
        (17.0, (15.0, 17.0), "17"),
        (1.62, (0.86, 1.44), "1.62"),
        (65000.4, (0.0, 65000.0), "65000.4"),
        (12.3456, (math.nan, math.nan), "12.35"),
        (1.0 + 1e-15, (1.0,), "1.000000000000001"),
    ],
)
def test_rounding_never_hides_on_which_side_of_a_limit_a_value_lies(
    value: float, limits: tuple[float, ...], text: str
) -> None:
    assert apart(value, limits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(12192.0, "0x2FA0"), (0.0, "0x0000"), (65536.0, "0x10000"), (0.5, "0.5"), (-1.0, "−1"), (math.nan, "–")],
)
def test_a_register_is_told_in_hexadecimal(value: float, text: str) -> None:
    assert word(value) == text
