"""From what was found out about an image to what the views show of it; pure: values in, cells out."""

from __future__ import annotations

import math
from collections.abc import Iterable

from eyegore.basics.errors import FormatError
from eyegore.basics.quantities import apart, number
from eyegore.elvis.ccd_geometry import FrameGeometry
from eyegore.limits.frame_model import Family, ImageVerdict
from eyegore.messages.images import ImageCheck, ImageResult, QuadrantStatistics
from eyegore.presenters.image_rows import STATUS
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.images import NumberCell, QuadrantCell, VerdictCell

AWAITED = "being judged"
MOST_TOLD = 16
"""Checks told one by one in a tip."""

_INJECTION = ("inject.", "injection")
_SPOTS = ("peak", "spot")
_FLUENCE = ("fluence", "fluence")
_BACKGROUND = ("backgr.", "background")
_THIRD = {
    Family.FLAT: _FLUENCE,
    Family.NONLINEARITY: _FLUENCE,
    Family.DARK: _FLUENCE,
    Family.INJECTION: _INJECTION,
    Family.FOCUS: _SPOTS,
    Family.PSF: _SPOTS,
    Family.PERSISTENCE: _BACKGROUND,
}
"""What a family has beside offsets and noise: the head of its column, and how the names of its checks begin."""

Edges = tuple[tuple[float, ...], tuple[float, ...]]


def awaited_cell(ccd: int) -> VerdictCell:
    """The cell of an image that nobody has looked at yet."""
    return VerdictCell(ccd, Status.UNKNOWN, AWAITED)


def verdict_cell(ccd: int, result: ImageResult) -> VerdictCell:
    """The cell of an image that was judged."""
    head, begins = _THIRD.get(result.family, ("", ""))
    quadrants = tuple(
        QuadrantCell(
            letter,
            (
                _number(result, letter, ("offset", "gradient"), quadrant.pre.median, 0),
                _number(result, letter, ("std",), quadrant.pre.std, 2),
                NumberCell(
                    number(_third(begins, quadrant), 0), _worst(_checks(result, letter, (begins, "saturation_")))
                )
                if begins
                else NumberCell(),
                NumberCell(_count(quadrant.saturated), _worst(_checks(result, letter, ("saturated",)))),
                NumberCell(_count(quadrant.lost), _worst(_checks(result, letter, ("lost",)))),
            ),
        )
        for letter, quadrant in result.quadrants.items()
    )
    saturated = sum(quadrant.saturated for quadrant in result.quadrants.values())
    lost = sum(quadrant.lost for quadrant in result.quadrants.values())
    total = NumberCell(
        f"sat {_count(saturated)} · lost {_count(lost)}",
        _worst(check for check in result.checks if check.name.startswith(("saturated", "lost"))),
    )
    heads = ("offset", "noise", head, "sat", "lost")
    return VerdictCell(ccd, STATUS[result.verdict], result.verdict.value, heads, quadrants, total)


def problem_text(result: ImageResult) -> str:
    """Why an image could not be measured, by name; "" when it could."""
    if result.problem is None:
        return ""
    folder = result.file.rpartition("/")[0]
    explanation = result.explanation.replace(f"{folder}/", "") if folder else result.explanation
    return f"{result.problem.value}: {explanation}" if explanation else result.problem.value


def image_tip(result: ImageResult | None, letter: str = "") -> str:
    """What was measured and checked, with the limits: of one quadrant, or ("") what is wrong with any of them."""
    if result is None:
        return f"The image is {AWAITED}."
    lines = [f"ObsID {result.obsid} · CCD{result.ccd} · {result.verdict.value}"]
    facts = [result.test, f"block {result.block}" if result.block else ""]
    facts.append(f"script column {result.column}" if result.column is not None else "")
    lines += [" · ".join(fact for fact in facts if fact)]
    if result.problem is not None:
        return "\n".join(filter(None, (*lines, problem_text(result))))
    if letter in result.quadrants:
        lines += ["", f"Quadrant {letter}", *_sections(result.quadrants[letter])]
        told = [check for check in result.checks if check.quadrant in (letter, "")]
    else:
        told = list(result.bad_checks)
    lines += ["", *map(_check_line, told[:MOST_TOLD])] if told else []
    if len(told) > MOST_TOLD:
        lines.append(f"and {len(told) - MOST_TOLD} more")
    if letter not in result.quadrants:
        lines += ["", *_tally(result)]
    return "\n".join(lines)


def edges(columns: int, rows: int) -> Edges:
    """Where sections of a frame of this size meet, as shares of its width and height from the upper left corner.

    The first of each is the boundary of the quadrants; empty when it cannot be a frame of these CCDs.
    """
    try:
        geometry = FrameGeometry.from_shape(columns, rows)
    except FormatError:
        return (), ()
    inner = (geometry.prescan.stop, geometry.image_columns.stop)
    across = [geometry.columns, *inner, *(columns - one for one in inner)]
    down = [geometry.rows]
    if geometry.parallel_overscan:
        down += [geometry.image_rows.stop, rows - geometry.image_rows.stop]
    return tuple(one / columns for one in across), tuple(1 - one / rows for one in down)


# --- numbers ---------------------------------------------------------------------------------------------------------


def _checks(result: ImageResult, letter: str, begins: tuple[str, ...]) -> list[ImageCheck]:
    return [check for check in result.checks if check.quadrant == letter and check.name.startswith(begins)]


def _number(result: ImageResult, letter: str, begins: tuple[str, ...], usual: float, decimals: int) -> NumberCell:
    """The usual number, or the first that is out of limits: a number that is marked is one that is wrong."""
    checks = _checks(result, letter, begins)
    status = _worst(checks)
    if status is not None:
        usual = next(check.value for check in checks if STATUS[check.verdict] is status)
    return NumberCell(number(usual, decimals), status)


def _third(begins: str, quadrant: QuadrantStatistics) -> float:
    """What the family has, of one quadrant [ADU]."""
    if begins == "injection":
        return quadrant.injection.level if quadrant.injection else math.nan
    if begins == "spot":
        from statistics import median  # imports fractions and decimals, and few images have spots

        peaks = [spot.peak for spot in quadrant.spots if not math.isnan(spot.peak)]
        return median(peaks) if peaks else math.nan
    return quadrant.background if begins == "background" else quadrant.fluence


def _worst(checks: Iterable[ImageCheck]) -> Status | None:
    """Status of what is out of limits; None when nothing is."""
    verdicts = {check.verdict for check in checks}
    return next((STATUS[one] for one in (ImageVerdict.FAIL, ImageVerdict.WARNING) if one in verdicts), None)


def _count(pixels: int) -> str:
    if pixels < 10_000:
        return str(pixels)
    return f"{pixels / 1e3:.0f}k" if pixels < 999_500 else f"{pixels / 1e6:.1f}M"


def _sections(quadrant: QuadrantStatistics) -> list[str]:
    names = {"pre": "prescan", "img": "image", "ove": "overscan"}
    lines = []
    for name, word in names.items():
        part = quadrant.section(name)
        lines.append(
            f"{word}: median {number(part.median, 1)}, std {number(part.std, 2)}, noise {number(part.noise, 2)} ADU"
        )
    if not math.isnan(quadrant.fluence):
        lines.append(f"fluence {number(quadrant.fluence, 1)} ADU")
    if quadrant.injection is not None:
        lines.append(
            f"injected {number(quadrant.injection.level, 0)} ADU, pattern {number(quadrant.injection.pattern, 2)}"
        )
    found = sum(not math.isnan(spot.peak) for spot in quadrant.spots)
    if quadrant.spots:
        lines.append(f"{found} of {len(quadrant.spots)} spots found")
    lines.append(f"{quadrant.saturated} saturated, {quadrant.lost} lost of {quadrant.active} pixels")
    return lines


def _check_line(check: ImageCheck) -> str:
    unit = f" {check.unit}" if check.unit else ""
    whose = f" of {check.quadrant}" if check.quadrant else ""
    value = (
        f"{check.name}{whose}: {apart(check.value, (check.low, check.high))}{unit}"
        if not math.isnan(check.value)
        else f"{check.name}{whose}"
    )
    if check.verdict is ImageVerdict.NOT_CHECKED:
        return f"{value} — not checked: {check.reason}"
    return f"{value} — {check.verdict.value}, limits {check.low:.6g} to {check.high:.6g}"


def _tally(result: ImageResult) -> list[str]:
    passed = sum(check.verdict is ImageVerdict.PASS for check in result.checks)
    lines = [f"{passed} of {len(result.checks)} checks passed"]
    reasons: dict[str, int] = {}
    for check in result.checks:
        if check.verdict is ImageVerdict.NOT_CHECKED:
            reasons[check.reason] = reasons.get(check.reason, 0) + 1
    lines += [f"{count} not checked: {reason}" for reason, count in reasons.items()]
    return lines if result.checks else ["no checks are known for this test"]
