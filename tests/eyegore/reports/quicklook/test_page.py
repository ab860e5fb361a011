"""The picture and the curves of a page: reduced, but without losing what matters."""

from __future__ import annotations

import numpy as np

from eyegore.elvis.ccd_frame import Frame, FrameGeometry
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.images import ImageResult
from eyegore.reports.quicklook.page import page, thinned
from eyegore.reports.quicklook.page_maker import BLOCK, stamp_of


def test_a_curve_of_few_points_keeps_its_extremes() -> None:
    values = np.zeros(2119)
    values[700], values[1500], values[3] = 9.0, -7.0, np.nan
    x, y = thinned(np.arange(2119.0), values, 100)
    assert x.size == y.size == 200
    assert (y.max(), y.min()) == (9.0, -7.0)
    assert abs(x[np.argmax(y)] - 700) < 22
    assert not np.isnan(y).any()


def test_a_short_curve_is_as_it_was() -> None:
    x, y = thinned(np.arange(4.0), np.array([1.0, np.nan, 3.0, 4.0]))
    assert x.tolist() == [0.0, 2.0, 3.0]
    assert y.tolist() == [1.0, 3.0, 4.0]


def test_the_picture_is_as_displayed_and_each_quadrant_has_its_own_grey() -> None:
    geometry = FrameGeometry.from_shape(4238, 4172)
    pixels = np.full((4172, 4238), 2800, np.uint16)
    rows, columns = geometry.place("E")
    pixels[rows, columns] = 40000 + np.arange(2119, dtype=np.uint16)[np.newaxis, :]  # brighter to the right
    rows, columns = geometry.place("G")
    pixels[rows, columns] = 0  # not read
    stamp = stamp_of(Frame("x.fits", pixels, {}, geometry))
    high, wide = stamp.shape[0] // 2, stamp.shape[1] // 2
    assert stamp.shape == (2 * -(-2086 // BLOCK), 2 * -(-2119 // BLOCK))
    upper_left = stamp[high:, :wide]
    assert set(upper_left[:, 0].tolist()) == {0}
    assert set(upper_left[:, -1].tolist()) == {255}
    assert stamp[:high, wide:].max() == 0


def test_signs_of_formulas_and_controls_in_a_header_do_no_harm() -> None:
    result = ImageResult("x$^$.fits", 1, 2, ImageVerdict.NOT_CHECKED, test="$\\bad{ \x07", explanation="%$\n")
    assert page(result, None, None, "$_{").pdf().startswith(b"%PDF")
