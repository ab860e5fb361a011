"""One page of a quick look: what an image is, what was measured of it, what the checks say."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from eyegore.basics.quantities import apart, is_apart
from eyegore.basics.safe_text import cut
from eyegore.elvis.ccd_geometry import QUADRANTS, FrameGeometry
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.images import SECTIONS, ImageCheck, ImageResult, QuadrantStatistics
from eyegore.reports.paper import (
    BAD,
    DIM,
    FIRST,
    GOOD,
    GRID,
    HEAD,
    INK,
    INNER,
    LETTER,
    LINE,
    MARGIN,
    SECOND,
    SMALL,
    TEXT,
    THIRD,
    WARN,
    WIDTH,
    Sheet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {ImageVerdict.PASS: GOOD, ImageVerdict.WARNING: WARN, ImageVerdict.FAIL: BAD, ImageVerdict.NOT_CHECKED: DIM}
SECTION_COLOURS = {"pre": FIRST, "img": SECOND, "ove": THIRD}
SECTION_WORDS = {"pre": "prescan", "img": "image", "ove": "overscan"}
_MARKS = {
    ImageVerdict.PASS: "PASS", ImageVerdict.WARNING: "WARNING", ImageVerdict.FAIL: "FAIL",
    ImageVerdict.NOT_CHECKED: "-",
}  # fmt: skip

_CARDS = (
    "OBJECT", "OBSID", "DATE", "EXPTIME", "RDMODE", "VSTART", "VEND", "EGSE_VER", "FPGA_VER", "SN_ROE", "SN_RPSU",
    "SN_CCD", "SOURCE", "WAVE", "POS_MIRR", "MOTR", "CHINJ", "CHINJ_ON", "CHINJ_OF", "ID_WID", "ID_DLY", "V_TPUMP",
    "S_TPUMP", "V_TP_CNT", "S_TP_CNT", "DWELL_V", "DWELL_S", "TOI_FL", "TOI_RO", "TOI_CH", "TOI_TP", "SIFLSH",
    "FLUSHES", "FL_RDOUT", "CI_RDOUT", "INISWEEP", "SPW_CLK", "IDL", "IDH", "IG1", "IG2", "OD", "RD", "OPERATOR",
    "COMMENTS", "CON_FILE",
)  # fmt: skip
"""Keywords of the header extract, in this order; those of this CCD are found by their first letters."""
_MOST_CARDS = 60
BINS = 250
"""Pieces of a profile or histogram: more are not told apart in print. The extremes of each piece are drawn."""
_MOST_CHECKS = 24
FAR = 50.0
"""Medians of the sections of a quadrant that are further apart [ADU] are taken off its profiles."""
_NOTHING = 0.6
"""Pixels that are drawn for none, on a scale that has no 0."""


def page(result: ImageResult, stamp: npt.NDArray[np.uint8] | None, geometry: FrameGeometry | None, rules: str) -> Sheet:
    """The page of one image; of a file that is none (then without picture and geometry) it says why.

    ``rules`` names the table and block it was judged by.
    """
    sheet = Sheet()
    _title(sheet, result, rules)
    if result.problem is not None or stamp is None or geometry is None:
        _problem(sheet, result)
        return sheet
    _header(sheet, result)
    _stamp(sheet, result, stamp, geometry)
    _statistics(sheet, result, 4.6)
    _checks(sheet, result, 6.3)
    _histogram(sheet, result, 5.6, 6.56)
    _profiles(sheet, result, geometry, 8.95)
    return sheet


def _title(sheet: Sheet, result: ImageResult, rules: str) -> None:
    obsid = f"ObsID {result.obsid}" if result.obsid else "no ObsID"
    ccd = f"CCD{result.ccd}" if result.ccd else "no CCD"
    words = "   ".join(word for word in (obsid, ccd, result.test) if word)
    sheet.text(MARGIN, 0.4, cut(words, 60), fontsize=HEAD, weight="bold")
    sheet.text(WIDTH - MARGIN, 0.4, result.verdict.value, fontsize=HEAD, weight="bold", ha="right",
               color=COLOURS[result.verdict])  # fmt: skip
    name = result.file.rpartition("/")[2]
    sheet.text(MARGIN, 0.62, cut(name, 100), color=DIM)
    sheet.text(WIDTH - MARGIN, 0.62, cut(rules, 60), color=DIM, ha="right")


def _problem(sheet: Sheet, result: ImageResult) -> None:
    problem = result.problem.value if result.problem is not None else "no picture"
    sheet.text(MARGIN, 1.2, f"This file could not be measured: {problem}", fontsize=HEAD,
               color=COLOURS[result.verdict])  # fmt: skip
    sheet.text(MARGIN, 1.6, "\n".join(textwrap.wrap(f"It {result.explanation}.", 100)), fontsize=9)
    sheet.text(MARGIN, 2.4, "\n".join(textwrap.wrap(result.file, 110)), fontsize=TEXT, color=DIM)


# --- header and picture ----------------------------------------------------------------------------------------------


def _header(sheet: Sheet, result: ImageResult) -> None:
    sheet.text(MARGIN, 0.86, "header", weight="bold")
    lines = [f"{key:<9}{_card(result.header[key])}" for key in _keys(result)][:_MOST_CARDS]
    column = f", script column {result.column}" if result.column is not None else ""
    facts = f"{result.family.value}{column}; overscan {result.overscan_columns} columns, {result.overscan_rows} rows; "
    sheet.text(MARGIN, 4.3, f"{facts}rows {result.vstart} to {result.vend} were read", color=DIM)
    half = -(-len(lines) // 2)
    for place, part in enumerate((lines[:half], lines[half:])):
        sheet.mono(MARGIN + 1.75 * place, 1.02, [cut(line, 33) for line in part])


def _keys(result: ImageResult) -> Iterator[str]:
    """Keywords that are there, each once; of those that are told for each CCD only the ones of this."""
    told: set[str] = set()
    for wanted in _CARDS:
        for key in result.header:
            own = key.startswith(f"{wanted}_{result.ccd}") or key == f"{wanted}{result.ccd}"
            common = key in (f"{wanted}_T", f"{wanted}_B")
            if (key == wanted or own or common) and key not in told:
                told.add(key)
                yield key


def _card(value: str | int | float | bool) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).strip()


def _stamp(sheet: Sheet, result: ImageResult, stamp: npt.NDArray[np.uint8], geometry: FrameGeometry) -> None:
    side = 3.5
    axes = sheet.axes(WIDTH - MARGIN - side, 0.9, side, side * geometry.naxis2 / geometry.naxis1)
    extent = (-0.5, geometry.naxis1 - 0.5, -0.5, geometry.naxis2 - 0.5)
    axes.imshow(stamp, cmap="gray", vmin=0, vmax=255, origin="lower", extent=extent, aspect="auto",
                interpolation="none")  # fmt: skip
    axes.axhline(geometry.rows - 0.5, color=FIRST, linewidth=0.5)
    axes.axvline(geometry.columns - 0.5, color=FIRST, linewidth=0.5)
    axes.set_xticks([])
    axes.set_yticks([])
    spots = [spot for one in result.quadrants.values() for spot in one.spots if not math.isnan(spot.x)]
    axes.scatter([spot.x for spot in spots], [spot.y for spot in spots], s=30, facecolors="none", edgecolors=SECOND,
                 linewidths=0.8)  # fmt: skip
    for letter in QUADRANTS:
        upper, right = geometry.mirrored(letter)
        axes.text(0.97 if right else 0.03, 0.97 if upper else 0.03, letter, transform=axes.transAxes, fontsize=9,
                  color=INK, ha="right" if right else "left", va="top" if upper else "bottom",
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.85})  # fmt: skip
    circles = ", circles around the spots found" if spots else ""
    axes.set_xlabel(f"grey from percentile 30 to 70 of each quadrant{circles}", fontsize=SMALL, color=DIM, labelpad=2)


# --- numbers ---------------------------------------------------------------------------------------------------------


def _statistics(sheet: Sheet, result: ImageResult, top: float) -> None:
    sheet.text(MARGIN, top, "statistics [ADU]", weight="bold")
    names = ("mean", "std", "noise", "min", "p25", "p50", "p75", "max", "saturated", "lost", "missing", "fluence")
    lines = ["quadrant section " + "".join(f"{name:>11}" for name in names)]
    for letter, statistics in result.quadrants.items():
        for section in SECTIONS:
            one = statistics.section(section)
            numbers = (one.mean, one.std, one.noise, one.lowest, one.p25, one.median, one.p75, one.highest)
            line = f"{letter if section == 'pre' else '':<9}{SECTION_WORDS[section]:<8}"
            line += "".join(f"{_number(number):>11}" for number in numbers)
            if section == "pre":
                counts = (statistics.saturated, statistics.lost, statistics.missing_codes)
                line += "".join(f"{count:>11}" for count in counts) + f"{_number(statistics.fluence):>11}"
            lines.append(line)
    sheet.mono(MARGIN, top + 0.16, lines[:1], color=DIM)
    sheet.mono(MARGIN, top + 0.16 + LINE, lines[1:])


def _number(number: float) -> str:
    if not math.isfinite(number):
        return "-"
    return f"{number:.2f}" if abs(number) < 1e7 else f"{number:.4g}"


def _checks(sheet: Sheet, result: ImageResult, top: float) -> None:
    sheet.text(MARGIN, top, "checks", weight="bold")
    rows: dict[str, dict[str, ImageCheck]] = {}
    for check in result.checks:
        rows.setdefault(check.name, {})[check.quadrant] = check
    if not rows:
        sheet.text(MARGIN, top + 0.16, "no check is for this test", color=DIM)
        return
    sheet.mono(MARGIN, top + 0.16, [f"{'':<36}" + "".join(f"{letter:<15}" for letter in QUADRANTS)], color=DIM)
    step = LETTER * SMALL / 72
    names = list(rows)
    for line, name in enumerate(names[:_MOST_CHECKS]):
        y = top + 0.16 + LINE * (line + 1)
        checks = rows[name]
        sheet.mono(MARGIN, y, [f"{cut(name, 19):<20}{_limits(list(checks.values())):<16}"])
        plain = ["" for _ in QUADRANTS]
        for place, letter in enumerate(QUADRANTS):
            if letter not in checks:
                continue
            check = checks[letter]
            words = f"{_told(check)} {_MARKS[check.verdict]}"
            if check.verdict is ImageVerdict.PASS:
                plain[place] = words
            else:
                weight = "normal" if check.verdict is ImageVerdict.NOT_CHECKED else "bold"
                sheet.mono(MARGIN + step * (36 + 15 * place), y, [words], color=COLOURS[check.verdict], weight=weight)
        if any(plain):
            line_of = "".join(f"{words:<15}" for words in plain).rstrip()
            sheet.mono(MARGIN + step * 36, y, [line_of], color=GOOD)
    if len(names) > _MOST_CHECKS:
        more = f"and {len(names) - _MOST_CHECKS} more checks, in the table"
        sheet.mono(MARGIN, top + 0.16 + LINE * (_MOST_CHECKS + 1), [more], color=DIM)


def _limits(checks: Sequence[ImageCheck]) -> str:
    """The limits of a line; those of single quadrants where they differ are in the centre of what is expected."""
    known = {(check.low, check.high) for check in checks if math.isfinite(check.low) or math.isfinite(check.high)}
    if not known:
        return "not known"
    if len(known) > 1:
        return "by quadrant"
    low, high = known.pop()
    return f"{_short(low)}..{_short(high)}"


def _told(check: ImageCheck) -> str:
    """The value of a check, in as many figures as show on which side of its limits it lies."""
    limits, text = (check.low, check.high), _short(check.value)
    return text if math.isnan(check.value) or is_apart(text, check.value, limits) else apart(check.value, limits, 5)


def _short(number: float) -> str:
    if not math.isfinite(number):
        return "-" if math.isnan(number) else f"{number:+g}"
    if 1e4 <= abs(number) < 1e7:
        return f"{number:.0f}"
    return f"{number:.5g}" if abs(number) >= 1e-3 or number == 0 else f"{number:.1e}"


# --- curves ----------------------------------------------------------------------------------------------------------


def thinned(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], bins: int = BINS) -> tuple[
    npt.NDArray[np.float64], npt.NDArray[np.float64]
]:  # fmt: skip
    """A curve in at most two points for each of ``bins`` pieces, their lowest and highest; NaN is left out."""
    known = ~np.isnan(y)
    x, y = x[known], y[known]
    if x.size <= 2 * bins:
        return x, y
    edges = np.linspace(0, x.size, bins + 1).astype(int)[:-1]
    middle = np.repeat(x[edges], 2)
    ends = np.empty(2 * bins)
    ends[0::2], ends[1::2] = np.minimum.reduceat(y, edges), np.maximum.reduceat(y, edges)
    return middle, ends


def _profiles(sheet: Sheet, result: ImageResult, geometry: FrameGeometry, top: float) -> None:
    """Mean of each column above, mean of each row below, for the four quadrants."""
    sheet.text(MARGIN, top, "mean profiles [ADU], from the output node", weight="bold")
    left = 3.2
    for section in SECTIONS:
        sheet.text(left, top, f"— {SECTION_WORDS[section]}", color=SECTION_COLOURS[section])
        left += 0.7
    gap = 0.4
    width = INNER / 4 - gap
    for place, letter in enumerate(result.details):
        details = result.details[letter]
        x = MARGIN + gap + place * (width + gap)
        columns = sheet.axes(x, top + 0.22, width, 0.95)
        rows = sheet.axes(x, top + 1.42, width, 0.78)
        levels = _levels(result.quadrants[letter])
        for section in ("pre", "ove", "img"):  # the image has the smoothest row means: it would not be seen below
            part = geometry.section(section)
            at = np.arange(part.start, part.stop, dtype=float)
            _curve(columns, at, details.columns[part] - levels[section], section)
            values = details.rows[section] - levels[section]
            _curve(rows, np.arange(values.size, dtype=float), values, section)
        _scale(rows, [details.rows[section][geometry.image_rows] - levels[section] for section in SECTIONS])
        less = ", less medians" if any(levels.values()) else ""
        columns.set_xlim(-20, geometry.columns + 20)
        rows.set_xlim(-20, geometry.rows + 20)
        for axes, words in ((columns, "column"), (rows, "row")):
            axes.annotate(f"{letter} {words}{less}", (0.5, 1), xycoords="axes fraction", xytext=(0, 1.5), ha="center",
                          textcoords="offset points", fontsize=SMALL, color=DIM)  # fmt: skip
            _few_ticks(axes)


def _levels(statistics: QuadrantStatistics) -> dict[str, float]:
    """What is taken off each section: its median, where they are so far apart that nothing else would be seen."""
    medians = {section: statistics.section(section).median for section in SECTIONS}
    known = [median for median in medians.values() if not math.isnan(median)]
    if not known or max(known) - min(known) <= FAR:
        return dict.fromkeys(SECTIONS, 0.0)
    return {section: 0.0 if math.isnan(median) else median for section, median in medians.items()}


def _scale(axes: Axes, curves: Sequence[npt.NDArray[np.float64]]) -> None:
    """Have the image rows fill the height: what is beyond them, the parallel overscan of a flat, is far below."""
    values = np.concatenate(curves)
    values = values[~np.isnan(values)]
    if values.size and values.min() < values.max():
        margin = 0.05 * float(values.max() - values.min())
        axes.set_ylim(float(values.min()) - margin, float(values.max()) + margin)


def _curve(axes: Axes, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], section: str) -> None:
    axes.plot(*thinned(x, y), color=SECTION_COLOURS[section], linewidth=0.5)


def _few_ticks(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.ticklabel_format(useOffset=False)
    axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(4))


def _histogram(sheet: Sheet, result: ImageResult, x: float, y: float) -> None:
    """Pixels of each value in the read window; the rarest at both ends are left out, that the others can be seen."""
    sheet.text(x, 6.3, "histogram (99.98 % of pixels)", weight="bold")
    axes = sheet.axes(x, y, WIDTH - MARGIN - x, 2.0)
    together = np.sum([one.histogram for one in result.details.values()], axis=0)
    upto = np.cumsum(together)
    if not upto[-1]:
        axes.text(0.5, 0.5, "no pixel was read", transform=axes.transAxes, ha="center", fontsize=TEXT, color=DIM)
        return
    low, high = np.searchsorted(upto, (upto[-1] * 1e-4, upto[-1] * (1 - 1e-4))).tolist()
    margin = max(3, (high - low) // 20)
    low, high = max(0, low - margin), min(together.size - 1, high + margin)
    step = max(1, -(-(high - low + 1) // BINS))
    edges = np.arange(low, high + 1, step)
    for (letter, details), colour in zip(result.details.items(), (FIRST, SECOND, THIRD, INK), strict=False):
        counts = np.add.reduceat(details.histogram[: high + 1], edges)
        axes.step(edges, np.maximum(counts, _NOTHING), where="mid", color=colour, linewidth=0.7, label=letter)
    axes.set_yscale("log")
    axes.set_ylim(bottom=_NOTHING)
    axes.grid(True, color=GRID, linewidth=0.3)
    axes.set_xlabel(f"ADU (steps of {step})", fontsize=SMALL, color=DIM, labelpad=1)
    axes.set_ylabel("pixels", fontsize=SMALL, color=DIM, labelpad=1)
    axes.legend(fontsize=SMALL, frameon=False, handlelength=1.2, loc="lower right", bbox_to_anchor=(1.0, 0.985), ncol=4,
                columnspacing=1.0, borderpad=0.1)  # fmt: skip
