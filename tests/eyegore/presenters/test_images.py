"""Results of images as cells and tips, from measured frames."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from eyegore.limits.frame_model import Family, ImageVerdict
from eyegore.messages.images import ImageCheck, ImageProblem, ImageResult, QuadrantStatistics, SectionStatistics
from eyegore.presenters.images import awaited_cell, edges, image_tip, problem_text, verdict_cell
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.images import NumberCell


def statistics(letter: str, offset: float = 2650.4) -> QuadrantStatistics:
    part = SectionStatistics(1000, offset, 1.404, offset, 1.39, 2600, 2640, 2660, 2700)
    return QuadrantStatistics(letter, part, part, part, 12_345, 0, 4_000_000, 0, fluence=19_601.2)


def check(name: str, quadrant: str, verdict: ImageVerdict, value: float = 1.0, reason: str = "") -> ImageCheck:
    return ImageCheck(name, quadrant, value, 0.5, 1.5, verdict, "ADU", reason)


def result(*checks: ImageCheck, verdict: ImageVerdict = ImageVerdict.PASS, **others: object) -> ImageResult:
    known = ImageResult(
        "/data/day/EUC_20103.fits", 20103, 2, verdict, "FLAT01", Family.FLAT,
        quadrants={letter: statistics(letter) for letter in "EFGH"}, checks=checks,
    )  # fmt: skip
    return replace(known, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (ImageVerdict.PASS, Status.IN_LIMITS),
        (ImageVerdict.WARNING, Status.WARNING),
        (ImageVerdict.FAIL, Status.CRITICAL),
        (ImageVerdict.NOT_CHECKED, Status.UNCHECKED),
    ],
)
def test_verdicts_have_the_colours_of_the_states(verdict: ImageVerdict, status: Status) -> None:
    cell = verdict_cell(2, result(verdict=verdict))
    assert (cell.status, cell.words) == (status, verdict.value)


def test_what_nobody_looked_at_is_not_green() -> None:
    assert awaited_cell(1).status is Status.UNKNOWN
    assert "being judged" in image_tip(None)


def test_numbers_of_a_flat() -> None:
    cell = verdict_cell(2, result())
    assert cell.heads == ("offset", "noise", "fluence", "sat", "lost")
    assert [number.text for number in cell.quadrants[0].numbers] == ["2650", "1.40", "19601", "12k", "0"]
    assert cell.total == NumberCell("sat 49k · lost 0")


@pytest.mark.parametrize(
    ("family", "head", "text"),
    [
        (Family.BIAS, "", ""),
        (Family.PSF, "peak", "–"),
        (Family.INJECTION, "inject.", "–"),
        (Family.DARK, "fluence", "19601"),
    ],
)
def test_each_family_has_its_own_number(family: Family, head: str, text: str) -> None:
    cell = verdict_cell(2, result(family=family))
    assert (cell.heads[2], cell.quadrants[0].numbers[2].text) == (head, text)


def test_the_number_marked_is_the_one_that_is_wrong() -> None:
    checks = (
        check("offset_pre", "F", ImageVerdict.PASS, 2650.4),
        check("offset_ove", "F", ImageVerdict.WARNING, 2400.0),
        check("std_ove", "G", ImageVerdict.FAIL, 9.5),
        check("saturated_fraction", "H", ImageVerdict.WARNING),
    )
    quadrants = {cell.letter: cell.numbers for cell in verdict_cell(2, result(*checks)).quadrants}
    assert quadrants["E"][0] == NumberCell("2650")
    assert quadrants["F"][0] == NumberCell("2400", Status.WARNING)
    assert quadrants["G"][1] == NumberCell("9.50", Status.CRITICAL)
    assert quadrants["H"][3].status is Status.WARNING
    assert quadrants["H"][2].status is None


def test_a_problem_is_told_by_name_without_the_folder() -> None:
    bad = result(
        quadrants={}, verdict=ImageVerdict.FAIL, problem=ImageProblem.TRUNCATED,
        explanation="/data/day/EUC_20103.fits is not a complete image",
    )  # fmt: skip
    assert problem_text(bad) == "truncated: EUC_20103.fits is not a complete image"
    assert problem_text(bad) in image_tip(bad)
    assert verdict_cell(2, bad).quadrants == ()
    assert problem_text(result()) == ""


def test_the_tip_of_a_quadrant_has_its_checks_with_values_and_limits() -> None:
    checks = (
        check("std_pre", "E", ImageVerdict.PASS, 1.4),
        check("fluence", "E", ImageVerdict.NOT_CHECKED, math.nan, "the script column of the exposure is not known"),
        check("std_pre", "F", ImageVerdict.FAIL, 9.5),
    )
    told = image_tip(result(*checks), "E")
    assert "std_pre of E: 1.4 ADU — PASS, limits 0.5 to 1.5" in told
    assert "fluence of E — not checked: the script column of the exposure is not known" in told
    assert "of F" not in told


def test_the_tip_of_the_verdict_has_what_is_wrong_and_counts_the_rest() -> None:
    reason = "the CCD is not known"
    checks = [
        check("std_pre", "F", ImageVerdict.FAIL, 9.5),
        check("lost", "F", ImageVerdict.NOT_CHECKED, reason=reason),
    ]
    told = image_tip(result(*checks, *[check("x", "E", ImageVerdict.PASS)] * 7))
    assert "std_pre of F: 9.5 ADU — FAIL, limits 0.5 to 1.5" in told
    assert "7 of 9 checks passed" in told
    assert f"1 not checked: {reason}" in told


def test_a_flood_of_bad_checks_does_not_fill_the_screen() -> None:
    told = image_tip(result(*[check("std_pre", "F", ImageVerdict.FAIL)] * 40))
    assert "and 24 more" in told


def test_sections_meet_where_the_frame_has_them() -> None:
    across, down = edges(4238, 4172)
    assert [round(4238 * one) for one in across] == [2119, 51, 2099, 4187, 2139]
    assert [round(4172 * one) for one in down] == [2086, 2106, 2066]
    assert edges(4238, 4132)[1] == (0.5,)
    assert edges(100, 100) == ((), ())
