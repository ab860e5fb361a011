"""What is told of one image: the contract of scripts, and what the numbers are made of."""

import json
import math

import pytest

from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.images import (
    ImageCheck,
    ImageProblem,
    ImageResult,
    Injection,
    QuadrantStatistics,
    SectionStatistics,
    Spot,
)

QUADRANT = QuadrantStatistics(
    "E",
    SectionStatistics(10, 2200.1, 1.4, 2200.0),
    SectionStatistics(20, 2302.0, 50.0, 2303.0),
    SectionStatistics(5, 2201.1, math.nan, 2201.0),
    saturated=3,
    lost=1,
    active=12,
    missing_codes=0,
    injection=Injection(30, 100),
)
CHECK = ImageCheck("std_ove", "E", math.nan, 0.86, 1.44, ImageVerdict.NOT_CHECKED)
RESULT = ImageResult(
    "a.fits", 17, 2, ImageVerdict.WARNING, overscan_columns=29, quadrants={"E": QUADRANT}, checks=(CHECK,)
)


def test_json_has_the_fields_of_the_contract() -> None:
    assert json.loads(json.dumps(RESULT.as_json(), allow_nan=False)) == {
        "file": "a.fits",
        "obsid": 17,
        "ccd": 2,
        "overscan_columns": 29,
        "quadrants": {
            "E": {
                "pre": {"median": 2200.0, "std": 1.4},
                "img": {"median": 2303.0, "std": 50.0},
                "ove": {"median": 2201.0, "std": None},
                "saturated": 3,
                "lost": 1,
            }
        },
        "checks": [
            {"name": "std_ove", "quadrant": "E", "value": None, "low": 0.86, "high": 1.44, "verdict": "NOT CHECKED"}
        ],
        "verdict": "WARNING",
    }


def test_json_names_what_is_wrong_with_a_file() -> None:
    bad = ImageResult("a.fits", 17, 2, ImageVerdict.FAIL, problem=ImageProblem.TRUNCATED, explanation="cut short")
    assert bad.as_json()["problem"] == "truncated: cut short"
    assert bad.as_json()["quadrants"] == {}


@pytest.mark.parametrize("problem", ImageProblem)
def test_a_file_with_a_problem_never_passes(problem: ImageProblem) -> None:
    unseen = problem in (ImageProblem.VANISHED, ImageProblem.UNREADABLE, ImageProblem.FAULT)
    assert problem.unseen == unseen
    unknown = unseen or problem is ImageProblem.CONTRADICTORY
    assert problem.verdict is (ImageVerdict.NOT_CHECKED if unknown else ImageVerdict.FAIL)


def test_gradients_and_shares() -> None:
    assert (QUADRANT.gradient_img_pre, QUADRANT.gradient_ove_pre) == (103.0, 1.0)
    assert QUADRANT.saturated_fraction == 0.25
    assert QUADRANT.section("ove") is QUADRANT.ove


def test_bad_checks_are_those_with_something_wrong() -> None:
    failed = ImageCheck("std_pre", "E", 2.0, 0.86, 1.44, ImageVerdict.FAIL)
    passed = ImageCheck("std_img", "E", 1.0, 0.86, 1.44, ImageVerdict.PASS)
    assert ImageResult("a", 1, 1, ImageVerdict.FAIL, checks=(CHECK, passed, failed)).bad_checks == (failed,)


def test_the_width_of_a_spot() -> None:
    assert Spot("ALPHA", fwhm_x=3.0, fwhm_y=4.0).width == 5.0
    assert math.isnan(Spot("ALPHA", fwhm_x=3.0).width)
