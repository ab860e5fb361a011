"""Stretches by look-up table, against astropy.visualization."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eyegore.images.pixels.display import Stretch, histogram, percentile_limits, preview, stretch_table, zscale_limits

ROWS, COLUMNS = 120, 150


@pytest.fixture(autouse=True)
def configuration(private_home: Path) -> None:
    """The folder astropy looks for its configuration in: it warns when a variable names one that is not there."""
    (private_home / ".config").mkdir(exist_ok=True)


def sky(seed: int = 3) -> np.ndarray:
    random = np.random.default_rng(seed)
    return (2000 + random.exponential(3000, (ROWS, COLUMNS))).clip(1, 65535).astype(np.uint16)


@pytest.mark.parametrize(
    ("stretch", "theirs"),
    [(Stretch.LINEAR, "LinearStretch"), (Stretch.LOG, "LogStretch"), (Stretch.ASINH, "AsinhStretch")],
)
def test_tables_are_the_stretches_of_astropy_over_their_percentile_interval(stretch: Stretch, theirs: str) -> None:
    from astropy import visualization

    pixels = sky()
    shares = getattr(visualization, theirs)()(visualization.PercentileInterval(99.5)(pixels.astype(float)))
    difference = stretch_table(pixels, stretch).take(pixels) - 255 * shares
    assert np.abs(difference).max() < 0.51  # rounding to whole levels


def test_equalised_is_the_histogram_equalisation_of_astropy() -> None:
    from astropy.visualization import HistEqStretch, MinMaxInterval

    pixels = sky()
    scaled = MinMaxInterval()(pixels.astype(float))
    shares = HistEqStretch(scaled.ravel())(scaled)
    difference = stretch_table(pixels, Stretch.EQUALISED).take(pixels) - 255 * shares
    assert np.abs(difference).max() < 2


def test_zscale_is_the_interval_of_astropy() -> None:
    from astropy.visualization import ZScaleInterval

    pixels = sky()
    difference = stretch_table(pixels, Stretch.ZSCALE).take(pixels) - 255 * ZScaleInterval()(pixels.astype(float))
    assert np.abs(difference).max() < 0.51


@pytest.mark.parametrize("share", [0.5, 0.98, 1.0])
def test_percentiles_are_exact_and_leave_out_what_was_not_read(share: float) -> None:
    pixels = sky()
    pixels[:40] = 0
    expected = np.percentile(pixels[40:], [50 - 50 * share, 50 + 50 * share])
    np.testing.assert_allclose(percentile_limits(histogram(pixels), share), expected, rtol=1e-9)


@pytest.mark.parametrize("stretch", list(Stretch))
@pytest.mark.parametrize("value", [0, 2500, 65535])
def test_a_frame_of_one_value_is_drawn(stretch: Stretch, value: int) -> None:
    assert preview(np.full((ROWS, COLUMNS), value, np.uint16), 60, stretch).shape == (60, 75)


def test_zscale_of_a_large_image_is_about_that_of_all_of_it() -> None:
    from astropy.visualization import ZScaleInterval

    pixels = np.random.default_rng(4).normal(5000, 50, (1500, 1400)).astype(np.uint16)
    np.testing.assert_allclose(zscale_limits(pixels), ZScaleInterval().get_limits(pixels), rtol=0.01)
